import type { InlineNode, ListNode, ParagraphNode, TableNode } from '#libs/documents';
import { inlineText } from '#libs/documents';
import { captionOf } from './captions.js';
import { cleanText, oneLine } from './escape.js';
import { safeHref } from './links.js';
import type { Mail } from './mail.js';
import { attributionOf, type BodyText, datelineText, type NumberedFigure } from './outline.js';
import { type WrapOptions, wrapText } from './wrap-text.js';

type Indents = Pick<WrapOptions, 'indent' | 'firstIndent'>;

/** Quotations stand four columns in, so that they can be told from the text without a mark in front of every line. */
const QUOTE: Indents = { indent: '    ' };

export function wrapped(text: string, mail: Mail, indents: Indents = {}): readonly string[] {
  return text === '' ? [] : wrapText(text, { language: mail.language, ...indents });
}

/** A line across half the width; drawn with hyphens, which every screen and screen reader takes lightly. */
export function rule(): string {
  return '-'.repeat(36);
}

export function headingLines(text: string, mail: Mail): readonly string[] {
  return text === '' ? [rule()] : [rule(), ...wrapped(text, mail), ''];
}

/** The body, block by block with an empty line between; the dateline opens the first paragraph. */
export function bodyLines(mail: Mail): readonly string[] {
  const { body, dateline } = mail.outline;
  const opening = dateline ? datelineText(dateline) : '';
  const [first] = body;
  const blocks = body.map((block, place) => {
    if (!('type' in block)) return figureLines(block, mail);
    if (place === 0 && block.type === 'paragraph') return paragraphLines(block, mail, {}, opening);
    return blockLines(block, mail);
  });
  const alone = opening !== '' && !(first && 'type' in first && first.type === 'paragraph');
  const all = alone ? [wrapped(opening.replace(/ – $/u, ''), mail), ...blocks] : blocks;
  return parted(all);
}

export function blockLines(block: BodyText, mail: Mail): readonly string[] {
  switch (block.type) {
    case 'paragraph':
      return paragraphLines(block, mail);
    case 'subhead':
      return wrapped(oneLine(inlineText(block.content)), mail, {
        firstIndent: '■ ',
        indent: mail.chinese ? '   ' : '  ',
      });
    case 'pressQuote':
      return quoteLines(block, mail);
    case 'bulletList':
    case 'orderedList':
      return listLines(block, mail);
    case 'table':
      return tableLines(block, mail);
  }
}

function paragraphLines(paragraph: ParagraphNode, mail: Mail, indents: Indents = {}, opening = ''): readonly string[] {
  const text = cleanText(inlineText(paragraph.content)).trim();
  const links = addressesOf(paragraph.content, text).map((href) => `${indents.indent ?? ''}${href}`);
  return [...wrapped(opening + text, mail, indents), ...links];
}

/** Where the links of a text lead, unless the text spells it out. */
function addressesOf(content: readonly InlineNode[], text: string): readonly string[] {
  const found = new Set<string>();
  for (const node of content) {
    if (node.type !== 'text') continue;
    const link = node.marks?.find((mark) => mark.type === 'link');
    const href = link ? safeHref(link.attrs.href) : null;
    if (href === null || text.includes(href) || text.includes(href.replace(/\/$/, '')) || /^(?:mailto|tel):/.test(href))
      continue;
    found.add(href);
  }
  return [...found];
}

function quoteLines(quote: Extract<BodyText, { type: 'pressQuote' }>, mail: Mail): readonly string[] {
  const by = attributionOf(quote);
  const { dashBeforeSpeaker, comma } = mail.wording;
  const speaker = by ? [by.speaker, by.title].filter((part) => part !== '').join(comma) : '';
  return [
    ...quote.content.flatMap((paragraph) => paragraphLines(paragraph, mail, QUOTE)),
    ...(speaker === '' ? [] : wrapped(`${dashBeforeSpeaker}${speaker}`, mail, QUOTE)),
  ];
}

function listLines(list: ListNode, mail: Mail): readonly string[] {
  return list.content.flatMap((item, place) => {
    const bullet = list.type === 'bulletList' ? ' - ' : `${String(place + 1).padStart(2)}. `;
    const indent = ' '.repeat(bullet.length);
    return item.content.flatMap((paragraph, position) =>
      paragraphLines(paragraph, mail, { firstIndent: position === 0 ? bullet : indent, indent }),
    );
  });
}

/** Tables as entries, one a row: columns would not survive a proportional font, a narrow screen or being read aloud. */
function tableLines(table: TableNode, mail: Mail): readonly string[] {
  const rows = table.content.map((row) =>
    row.content.map((cell) => oneLine(cell.content.map((paragraph) => inlineText(paragraph.content)).join(' '))),
  );
  const headed = rows.length > 1 && (table.content[0]?.content.every((cell) => cell.type === 'tableHeader') ?? false);
  const heads = headed ? (rows[0] ?? []) : [];
  return rows.slice(headed ? 1 : 0).flatMap((cells) =>
    cells
      .map((text, column) => (text === '' || !heads[column] ? text : `${heads[column]}${mail.wording.colon}${text}`))
      .filter((text) => text !== '')
      .flatMap((text, place) => wrapped(text, mail, { firstIndent: place === 0 ? ' - ' : '   ', indent: '   ' })),
  );
}

/** Name, caption and credit, what the file is, and where it lies. */
export function figureLines(figure: NumberedFigure, mail: Mail): readonly string[] {
  const { wording, outline, input } = mail;
  const { asset, href } = figure.node.attrs;
  const picture = asset === null ? undefined : input.pictures.get(asset);
  const name = outline.figureCount > 1 ? `${wording.picture(figure.number)}${wording.colon}` : '';
  const { text, credit } = captionOf(figure, wording);
  const address = safeHref(picture?.downloadUrl ?? href ?? '');
  return [
    ...wrapped(`${name}${text}${credit}`, mail),
    ...(picture
      ? wrapped(wording.file(oneLine(picture.format), picture.width, picture.height, picture.bytes), mail)
      : []),
    ...(address === null ? [] : [address]),
  ];
}

/** Groups of lines with an empty line between them; groups without lines vanish. */
export function parted(groups: readonly (readonly string[])[]): readonly string[] {
  return groups.filter((lines) => lines.length > 0).flatMap((lines, place) => (place === 0 ? lines : ['', ...lines]));
}
