import { createHash } from 'node:crypto';
import { Problem } from '#libs/kernel';
import { sharedHeaders, type SharedFields } from './headers.js';
import { encodeQuotedPrintable } from './quoted-printable.js';

/** A gap of a rendered edition that takes a value of each recipient's own; `libs/rendering` makes them. */
export interface LetterSlot {
  readonly name: string;
  readonly part: 'html' | 'text';
  readonly context: string;
  /** The text that stands in the gap; occurs in its part once or more. */
  readonly token: string;
}

/** Everything all copies share: one version in one language and variant, dated T. */
export interface Letter<Slot extends LetterSlot = LetterSlot> extends SharedFields {
  readonly html: string;
  readonly text: string;
  readonly slots: readonly Slot[];
}

/**
 * A letter encoded once for everybody. A copy is: its own head, then `segments[0]`, value `places[0]`, `segments[1]`, …
 * Every segment and every encoded value is a run of whole lines, so nothing has to be encoded, folded or escaped again
 * when they are put together, and DKIM can canonicalise each by itself.
 */
export interface Skeleton<Slot extends LetterSlot = LetterSlot> {
  readonly fields: SharedFields;
  readonly slots: readonly Slot[];
  /** One more than `places`; the first begins with the shared header lines, the last ends with the closing boundary. */
  readonly segments: readonly Buffer[];
  /** Which slot's value stands after segment i: an index into `slots`. */
  readonly places: readonly number[];
  /** Bytes of `segments[0]` that are headers, with the empty line after them. */
  readonly headLength: number;
}

const PART_HEADERS = {
  text: 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
  html: 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
} as const;

/**
 * Encodes a letter: multipart/alternative of text/plain and text/html, both UTF-8 in quoted-printable, so 7-bit clean on
 * every server. A part that does not end in a line break gets one. Throws a Problem for a header that cannot be sent and
 * for slots that are missing from their part or stand in one another's way.
 */
export function buildSkeleton<Slot extends LetterSlot>(letter: Letter<Slot>): Skeleton<Slot> {
  // `=_` never occurs in quoted-printable, so the boundary cannot occur in a body or in anybody's value (RFC 2045 6.7)
  const boundary = `=_${createHash('sha256').update(letter.text).update('\0').update(letter.html).digest('hex').slice(0, 32)}`;
  const head = Buffer.from(`${sharedHeaders(letter, boundary)}\r\n`, 'utf8');
  const segments: Buffer[] = [];
  const places: number[] = [];
  let pending: Buffer[] = [head];
  for (const part of ['text', 'html'] as const) {
    pending.push(Buffer.from(`--${boundary}\r\n${PART_HEADERS[part]}`));
    for (const piece of cut(part, letter)) {
      if (typeof piece === 'string') {
        pending.push(encodeQuotedPrintable(piece));
      } else {
        segments.push(Buffer.concat(pending));
        places.push(piece);
        pending = [];
      }
    }
    // the line break before a boundary belongs to the boundary (RFC 2046 section 5.1.1)
    pending.push(Buffer.from('\r\n'));
  }
  pending.push(Buffer.from(`--${boundary}--\r\n`));
  segments.push(Buffer.concat(pending));
  const { subject, from, replyTo, date, language, list, feedbackId } = letter;
  return {
    fields: { subject, from, replyTo, date, language, list, feedbackId },
    slots: letter.slots,
    segments,
    places,
    headLength: head.length,
  };
}

/** Texts of one part and, between them, the slots as indexes into the letter's list. */
function cut(part: 'html' | 'text', letter: Letter): (string | number)[] {
  const pieces: (string | number)[] = [letter[part].endsWith('\n') ? letter[part] : `${letter[part]}\n`];
  letter.slots.forEach((slot, index) => {
    if (slot.part !== part) return;
    let found = 0;
    for (let p = 0; p < pieces.length; p++) {
      const piece = pieces[p];
      if (typeof piece !== 'string' || slot.token === '') continue;
      const between = piece.split(slot.token);
      if (between.length === 1) continue;
      found += between.length - 1;
      const woven = between.flatMap((text, i) => (i === 0 ? [text] : [index, text]));
      pieces.splice(p, 1, ...woven);
      p += woven.length - 1;
    }
    if (found === 0) {
      throw new Problem({
        code: 'delivery.slot.missing',
        field: slot.name,
        message: `The ${part} part has no place for "${slot.name}".`,
        remedy: 'Render the edition again; every slot needs its own token.',
      });
    }
  });
  return pieces;
}

const SKELETON_FORMAT = 1;

/** A skeleton as bytes to be stored: format, length of the JSON, JSON, segments. */
export function packSkeleton(skeleton: Skeleton): Buffer {
  const about = Buffer.from(
    JSON.stringify({ ...skeleton, segments: skeleton.segments.map((segment) => segment.length) }),
    'utf8',
  );
  const start = Buffer.alloc(5);
  start.writeUInt8(SKELETON_FORMAT, 0);
  start.writeUInt32BE(about.length, 1);
  return Buffer.concat([start, about, ...skeleton.segments]);
}

/** The other way; throws when the bytes are of another format or cut short. */
export function unpackSkeleton<Slot extends LetterSlot>(bytes: Buffer): Skeleton<Slot> {
  if (bytes.length < 5 || bytes[0] !== SKELETON_FORMAT)
    throw new Error('These bytes are not a letter skeleton of format 1.');
  let at = 5 + bytes.readUInt32BE(1);
  const about = JSON.parse(bytes.toString('utf8', 5, at)) as Omit<Skeleton<Slot>, 'segments'> & { segments: number[] };
  const segments = about.segments.map((length) => bytes.subarray(at, (at += length)));
  if (at !== bytes.length) throw new Error('The letter skeleton is cut short or has bytes left over.');
  return { ...about, segments };
}
