import { cleanText, escapeHtml, oneLine } from './escape.js';
import { safeHref } from './links.js';
import { wrapText } from './wrap-text.js';

export const SLOT_NAMES = ['greeting', 'address', 'unsubscribe', 'preferences'] as const;
/** What differs from recipient to recipient. `unsubscribe` and `preferences` are web addresses; an empty greeting leaves no trace. */
export type SlotName = (typeof SLOT_NAMES)[number];

export interface Slot {
  readonly name: SlotName;
  readonly part: 'html' | 'text';
  readonly context: 'html-text' | 'html-url' | 'text';
  /** Stands in the part, once or more, where the value goes. ASCII. */
  readonly token: string;
  /** Go around a value that is not empty. */
  readonly before: string;
  readonly after: string;
}

/** The value as it must stand in place of the token. Takes any text: nothing in it can end the element, address or line it stands in. */
export function fillSlot(slot: Slot, value: string): string {
  const written = writeValue(slot, value);
  return written === '' ? '' : slot.before + written + slot.after;
}

function writeValue(slot: Slot, value: string): string {
  if (slot.context === 'html-text') return escapeHtml(oneLine(value));
  if (slot.context === 'html-url') return escapeHtml(safeHref(value) ?? '#');
  if (slot.name === 'greeting') return wrapText(oneLine(value), { language: 'zh-Hant' }).join('\n');
  return cleanText(value).replace(/\s+/g, '');
}

/** A part as alternating fixed text and slots, in order: what is merged per recipient is everything that is not a string. */
export function splitAtSlots(
  content: string,
  part: 'html' | 'text',
  slots: readonly Slot[],
): readonly (string | Slot)[] {
  const byToken = new Map(slots.filter((slot) => slot.part === part).map((slot) => [slot.token, slot]));
  if (byToken.size === 0) return [content];
  const pattern = new RegExp(`(${[...byToken.keys()].map(literally).join('|')})`);
  return content
    .split(pattern)
    .map((piece) => byToken.get(piece) ?? piece)
    .filter((piece) => piece !== '');
}

/** Hands out the tokens of one rendering and remembers which were placed where. */
export class SlotSheet {
  private readonly placed = new Map<string, { readonly slot: Slot; count: number }>();

  constructor(private readonly nonce: string) {
    if (!/^[0-9A-Za-z]{16,80}$/.test(nonce)) throw new Error('A slot nonce is 16 to 80 ASCII letters and digits.');
  }

  /** A token for this place. `around` goes with a value that is not empty. */
  place(
    name: SlotName,
    part: Slot['part'],
    context: Slot['context'],
    around: { before?: string; after?: string } = {},
  ): string {
    const token = `@@${this.nonce}.${name}@@`;
    const key = `${part} ${name}`;
    const known = this.placed.get(key);
    if (known) known.count += 1;
    else {
      const slot = { name, part, context, token, before: around.before ?? '', after: around.after ?? '' };
      this.placed.set(key, { slot, count: 1 });
    }
    return token;
  }

  /** Begins the tokens that stand in for texts while MJML compiles; a number and `@@` complete one. */
  get leafMark(): string {
    return `@@${this.nonce}.leaf.`;
  }

  slots(): readonly Slot[] {
    return [...this.placed.values()].map((entry) => entry.slot);
  }

  /** Whether a finished part holds the tokens placed in it and no other text that reads like one. */
  owns(part: Slot['part'], content: string): boolean {
    const expected = [...this.placed.values()].filter((entry) => entry.slot.part === part);
    const marks = content.split(`@@${this.nonce}.`).length - 1;
    const total = expected.reduce((sum, entry) => sum + entry.count, 0);
    return marks === total && expected.every((entry) => content.split(entry.slot.token).length - 1 === entry.count);
  }
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
