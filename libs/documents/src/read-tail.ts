import type { Section } from './divide-sections.js';
import type {
  BoilerplateNode,
  EndMarkNode,
  ImageDownloadNode,
  ListNode,
  NotesNode,
  ParagraphNode,
  WebsiteNode,
} from './document.js';
import { inlineNodes, plainText } from './inline-nodes.js';
import type { Block } from './join-lines.js';
import { BULLET } from './join-rule.js';
import { isLinkAddress } from './document.schema.js';
import { withScheme } from './link-href.js';
import { pieceText, trimPiece, wholeOf, type Piece } from './passage.js';
import { findUrl } from './section-words.js';
import type { Sheet } from './sheet.js';
import type { Became, Claim } from './claims.js';

export function readEndMark(sheet: Sheet, section: Section): EndMarkNode {
  const piece = wholeOf(section.blocks[0]!.passage);
  sheet.claims.take(piece, { became: 'endMark', confidence: 'sure', why: 'end-mark' });
  return { type: 'endMark', attrs: { text: plainText(piece) } };
}

/** Heading and text of a section that has both: the heading may share its line with the beginning of the text. */
function partHeading(
  sheet: Sheet,
  section: Section,
  became: Became,
): { readonly title: string; readonly pieces: readonly Piece[]; readonly blocks: readonly Block[] } {
  const first = section.blocks[0]!;
  const others = section.blocks.slice(1);
  const { passage } = first;
  const end = section.cue?.rest ?? boldLead(sheet, first) ?? 0;
  const heading = trimPiece({ passage, from: 0, to: end });
  const rest = trimPiece({ passage, from: end, to: passage.text.length });
  sheet.claims.take(heading, { became, confidence: 'sure', why: 'section-heading', signpost: false });
  const title = plainText(heading).replace(/^[\s■◆●▍|#*【《<[]+|[\s:：︰\]】》>*]+$/gu, '');
  const pieces =
    rest.to > rest.from
      ? [rest, ...others.map(({ passage: each }) => trimPiece(wholeOf(each)))]
      : others.map(({ passage: each }) => trimPiece(wholeOf(each)));
  return { title, pieces, blocks: rest.to > rest.from ? section.blocks : others };
}

/** Length of the bold words that open a block, for "<b>About X</b> X is …". */
function boldLead(sheet: Sheet, block: Block): number | null {
  const { origins } = block.passage;
  const range = sheet.manuscript.bold.find(({ from, to }) => origins[0]! >= from && origins[0]! < to);
  if (!range) return null;
  const end = origins.findIndex((offset) => offset >= range.to);
  return end < 0 ? origins.length : end;
}

export function readNotes(sheet: Sheet, section: Section): NotesNode {
  const { title, pieces, blocks } = partHeading(sheet, section, 'notes');
  const content = listsAndParagraphs(sheet, pieces, blocks, 'notes');
  return {
    type: 'notes',
    attrs: { title },
    content: content.length > 0 ? content : [{ type: 'paragraph', content: [] }],
  };
}

export function readBoilerplate(sheet: Sheet, section: Section): BoilerplateNode {
  const { title, pieces } = partHeading(sheet, section, 'boilerplate');
  const content = pieces.map((piece): ParagraphNode => {
    sheet.claims.take(piece, { became: 'boilerplate', confidence: 'sure', why: 'below-heading' });
    return { type: 'paragraph', content: inlineNodes(sheet, piece) };
  });
  return {
    type: 'boilerplate',
    attrs: { title },
    content: content.length > 0 ? content : [{ type: 'paragraph', content: [] }],
  };
}

function listsAndParagraphs(
  sheet: Sheet,
  pieces: readonly Piece[],
  blocks: readonly Block[],
  became: 'notes',
): (ParagraphNode | ListNode)[] {
  const content: (ParagraphNode | ListNode)[] = [];
  for (const [at, piece] of pieces.entries()) {
    const { hint } = blocks[at]!.rows[0]!;
    const bullet = hint.kind === 'item' ? '' : BULLET.exec(pieceText(piece))?.[0];
    const claim: Claim = { became, confidence: 'sure', why: 'below-heading' };
    if (bullet === undefined) {
      sheet.claims.take(piece, claim);
      content.push({ type: 'paragraph', content: inlineNodes(sheet, piece) });
      continue;
    }
    const from = piece.from + bullet.length;
    if (bullet !== '')
      sheet.claims.take({ ...piece, to: from }, { became, confidence: 'sure', why: 'bullet', signpost: true });
    const rest = { ...piece, from };
    sheet.claims.take(rest, claim);
    const type = (hint.kind === 'item' ? hint.ordered : /^[\d(（①-⑳一二三四五六七八九十a-z]/u.test(bullet))
      ? 'orderedList'
      : 'bulletList';
    const item = {
      type: 'listItem' as const,
      content: [{ type: 'paragraph' as const, content: inlineNodes(sheet, rest) }],
    };
    const last = content.at(-1);
    if (last && last.type === type) content[content.length - 1] = { type, content: [...last.content, item] };
    else content.push({ type, content: [item] });
  }
  return content;
}

/** The download line; its address may stand in it, behind its words, or below it. */
export function readDownload(sheet: Sheet, section: Section): ImageDownloadNode {
  const pieces = section.blocks.map(({ passage }) => trimPiece(wholeOf(passage)));
  const others = pieces.slice(1);
  sheet.claims.take(pieces[0]!, { became: 'imageDownload', confidence: 'likely', why: 'download-words' });
  for (const piece of others)
    sheet.claims.take(piece, { became: 'imageDownload', confidence: 'sure', why: 'link-below' });
  const href = pieces.map((piece) => hrefIn(sheet, piece)).find((each) => each !== null) ?? null;
  return { type: 'imageDownload', attrs: { text: pieces.map(plainText).join(' '), href } };
}

/** The web address a piece leads to: its link, or the address it spells out. */
export function hrefIn(sheet: Sheet, piece: Piece): string | null {
  const offsets = piece.passage.origins.slice(piece.from, piece.to).filter((offset) => offset >= 0);
  const [first = 0, last = -1] = [offsets[0], offsets.at(-1)];
  const link = sheet.manuscript.links.find(({ from, to, href }) => from <= last && to > first && /^https?:/.test(href));
  if (link) return link.href;
  const text = pieceText(piece);
  const found = findUrl(text);
  if (!found) return null;
  const written = text.slice(found.from, found.to);
  const address = /^https?:/i.test(written) ? withScheme(written) : `https://${written}`;
  return isLinkAddress(address, ['http:', 'https:']) ? address : null;
}

/** The line that names the web site of the house. */
export function readWebsite(sheet: Sheet, block: Block): WebsiteNode | null {
  const piece = trimPiece(wholeOf(block.passage));
  const href = hrefIn(sheet, piece);
  if (href === null) return null;
  sheet.claims.take(piece, { became: 'website', confidence: 'sure', why: 'website-words' });
  return { type: 'website', attrs: { text: plainText(piece), href } };
}
