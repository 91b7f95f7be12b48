import { Schema, type AttributeSpec, type MarkSpec, type NodeSpec } from 'prosemirror-model';

/**
 * The rules of `PressDocument` for ProseMirror: what may stand where, and what an attribute may hold. Runs in a browser
 * too. A part that is not written yet is an empty node (a headline without text), so that every draft keeps the order;
 * `missingParts` says what is still empty.
 */
export const pressSchema = new Schema({
  nodes: {
    doc: {
      content:
        'label? urgency? headline subheadline* dateline block+ endMark? ' +
        'notes* imageDownload* figure* mediaContact* boilerplate* website?',
      attrs: { language: { validate: oneOf('zh-Hant', 'zh-Hans', 'en') } },
    },
    label: line(),
    urgency: {
      ...line(),
      attrs: {
        kind: { validate: oneOf('immediate', 'embargo') },
        wall: { default: null, validate: matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/) },
        zone: { default: null, validate: matching(/^[A-Za-z0-9_+/-]{1,64}$/) },
      },
    },
    headline: line(),
    subheadline: line(),
    dateline: atom({
      place: lineText(''),
      date: { default: null, validate: matching(/^\d{4}-\d{2}-\d{2}$/) },
      text: lineText(''),
    }),
    paragraph: { content: 'inline*', group: 'block' },
    subhead: { ...line(), group: 'block', attrs: { level: { default: 2, validate: oneOf(2, 3) } } },
    pressQuote: {
      content: 'paragraph+',
      group: 'block',
      attrs: { speaker: lineTextOrNull(), title: lineTextOrNull() },
    },
    bulletList: { content: 'listItem+', group: 'block list' },
    orderedList: { content: 'listItem+', group: 'block list' },
    listItem: { content: 'paragraph+' },
    table: { content: 'tableRow+', group: 'block' },
    tableRow: { content: '(tableCell | tableHeader)+' },
    tableCell: { content: 'paragraph+' },
    tableHeader: { content: 'paragraph+' },
    figure: {
      ...atom({
        asset: lineTextOrNull(),
        alt: lineText(''),
        caption: lineText(''),
        credit: lineText(''),
        href: { default: null, validate: webAddressOrNull },
      }),
      group: 'block',
    },
    endMark: atom({ text: lineText() }),
    notes: { content: '(paragraph | list)+', attrs: { title: lineText('') } },
    imageDownload: atom({ text: lineText(), href: { default: null, validate: webAddressOrNull } }),
    mediaContact: atom({
      organisation: lineText(''),
      name: lineText(''),
      role: lineText(''),
      phones: { default: [], validate: lineTexts },
      emails: { default: [], validate: lineTexts },
      note: lineText(''),
    }),
    boilerplate: { content: 'paragraph+', attrs: { title: lineText('') } },
    website: atom({ text: lineText(), href: { validate: webAddress } }),
    text: { group: 'inline' },
    hardBreak: { inline: true, group: 'inline' },
  },
  marks: {
    bold: {},
    link: { attrs: { href: { validate: linkAddress } }, inclusive: false } satisfies MarkSpec,
  },
});

function line(): NodeSpec {
  return { content: 'text*' };
}

function atom(attrs: Record<string, AttributeSpec>): NodeSpec {
  return { atom: true, attrs };
}

function lineText(byDefault?: string): AttributeSpec {
  return byDefault === undefined ? { validate: oneLine } : { default: byDefault, validate: oneLine };
}

function oneLine(value: unknown): void {
  if (typeof value !== 'string') throw new RangeError('must be text');
  refuseControls(value);
}

function lineTextOrNull(): AttributeSpec {
  return { default: null, validate: (value: unknown) => (value === null ? undefined : oneLine(value)) };
}

function lineTexts(value: unknown): void {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw new RangeError('must be a list of texts');
  for (const item of value) refuseControls(item as string);
}

const LONE_SURROGATE = /\p{Cs}/u;
/** C0, C1, line and paragraph separators: in a mail header or an address they would start a new line. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export function refuseControls(text: string): void {
  if (CONTROL.test(text)) throw new RangeError('must be one line without control characters');
  if (LONE_SURROGATE.test(text)) throw new RangeError('holds half of a character');
}

function oneOf(...allowed: readonly (string | number)[]): (value: unknown) => void {
  return (value) => {
    if (!allowed.includes(value as string)) throw new RangeError(`must be ${allowed.join(' or ')}`);
  };
}

function matching(pattern: RegExp): (value: unknown) => void {
  return (value) => {
    if (value === null) return;
    if (typeof value !== 'string' || !pattern.test(value)) throw new RangeError('has not the form it should have');
  };
}

/** True for what a link in a release may lead to. */
export function isLinkAddress(
  href: unknown,
  schemes: readonly string[] = ['http:', 'https:', 'mailto:', 'tel:'],
): href is string {
  if (typeof href !== 'string' || /[\u0000-\u0020\u007f-\u009f\u2028\u2029]/.test(href) || LONE_SURROGATE.test(href))
    return false;
  return URL.canParse(href) && schemes.includes(new URL(href).protocol);
}

function linkAddress(value: unknown): void {
  if (!isLinkAddress(value))
    throw new RangeError('must be an address that begins with https://, http://, mailto: or tel:');
}

function webAddress(value: unknown): void {
  if (!isLinkAddress(value, ['http:', 'https:']))
    throw new RangeError('must be a web address that begins with https:// or http://');
}

function webAddressOrNull(value: unknown): void {
  if (value !== null) webAddress(value);
}
