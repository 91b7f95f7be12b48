import type { PressDocument } from '#libs/documents';
import type { Language, LocalText } from '#libs/kernel';
import type { Market } from './locale.js';
import type { Slot } from './slots.js';

/** `embargo`: an advance copy that must not be used yet. `at_t`: what leaves at T, free for use. */
export type Variant = 'embargo' | 'at_t';

/** A point in time and the zone people speak of it in. */
export interface ZonedInstant {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly utcMs: number;
  /** IANA name, for example Asia/Hong_Kong. */
  readonly zone: string;
}

/** Who speaks. Chinese and English are both needed: Hong Kong's UEMO asks for the sender in both languages in every mail. */
export interface Sender {
  readonly name: LocalText;
  /** The press desk, printed beside the name. */
  readonly desk?: LocalText;
  readonly postalAddress: { readonly zh: string; readonly en: string };
  readonly phone?: string;
  readonly email?: string;
  readonly website?: string;
  readonly newsroomUrl: string;
  /** `#rrggbb`; darkened or lightened until text in it can be read. */
  readonly brandColour?: string;
}

/** One stored picture: what the mail shows and what the link under it downloads. */
export interface Picture {
  readonly previewUrl: string;
  /** Pixels. */
  readonly previewWidth: number;
  readonly previewHeight: number;
  readonly downloadUrl: string;
  /** JPEG, PNG, … as printed. */
  readonly format: string;
  /** Pixels of the download. */
  readonly width: number;
  readonly height: number;
  /** Bytes of the download. */
  readonly bytes: number;
}

export interface EditionInput {
  readonly document: PressDocument;
  readonly sender: Sender;
  readonly release: { readonly number: string; readonly version: number };
  readonly variant: Variant;
  /** T. */
  readonly instant: ZonedInstant;
  /** By asset id, as figures name them. */
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly kit?: { readonly url: string; readonly bytes: number };
  /** The same release in its other languages. */
  readonly otherEditions: readonly { readonly language: Language; readonly url: string }[];
  readonly webUrl?: string;
  /** Decides between the two Traditional Chinese wordings; Hong Kong when not given. */
  readonly market?: Market;
  /** Marks subject and mail as a test. */
  readonly test?: boolean;
  /** 16 or more random letters and digits, new for every rendering: the marks of the slots are made from it. */
  readonly slotNonce: string;
}

/** One mail, complete but for the slots. */
export interface RenderedEdition {
  readonly language: Language;
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  /** Lines end in LF; none is wider than 72 columns unless a single URL or word is. */
  readonly text: string;
  /** The release alone as plain text, without slots. */
  readonly story: string;
  readonly htmlBytes: number;
  /** Every slot that occurs; a token may occur more than once in its part. */
  readonly slots: readonly Slot[];
  /** What the mail should show and could not: pictures that were not handed in (by caption), parts of the sender. */
  readonly gaps: readonly Gap[];
}

export interface Gap {
  readonly what: 'picture' | 'sender';
  readonly name: string;
}
