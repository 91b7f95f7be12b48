import type { InlineNode, Mark, TextNode } from './document.js';
import { isLinkAddress } from './document.schema.js';
import { withScheme } from './link-href.js';
import { trimPiece, type Piece } from './passage.js';
import type { Sheet } from './sheet.js';

interface Marked {
  readonly text: string;
  readonly bold: boolean;
  readonly href: string | null;
}

/** The words of a piece as inline content: bold and links as the source has them, bare addresses linked, white space tidied. */
export function inlineNodes(sheet: Sheet, piece: Piece): readonly InlineNode[] {
  const nodes: InlineNode[] = [];
  for (const [at, run] of splitBreaks(tidyRuns(markedRuns(sheet, trimPiece(piece)))).entries()) {
    if (at > 0) nodes.push({ type: 'hardBreak' });
    for (const marked of run) nodes.push(...textNodesOf(marked));
  }
  return nodes;
}

/** The same without line breaks, for nodes that are one line. */
export function lineNodes(sheet: Sheet, piece: Piece): readonly TextNode[] {
  const text = plainText(piece);
  return text === '' ? [] : [{ type: 'text', text }];
}

/** The words of a piece, white space tidied. */
export function plainText(piece: Piece): string {
  return piece.passage.text
    .slice(piece.from, piece.to)
    .replace(/[^\S\u3000]+/g, ' ')
    .trim();
}

function markedRuns(sheet: Sheet, piece: Piece): Marked[] {
  const runs: { text: string; bold: boolean; href: string | null }[] = [];
  const { links, bold } = rangesOf(sheet, piece);
  let before: number | null = null;
  for (let unit = piece.from; unit < piece.to; unit += 1) {
    const offset = piece.passage.origins[unit]!;
    const from: number = offset >= 0 ? offset : (before ?? -1);
    before = from;
    const href = links.find((range) => from >= range.from && from < range.to)?.href ?? null;
    const isBold = bold.some((range) => from >= range.from && from < range.to);
    const last = runs.at(-1);
    const character = piece.passage.text[unit]!;
    if (last && last.bold === isBold && last.href === href) last.text += character;
    else runs.push({ text: character, bold: isBold, href });
  }
  return runs;
}

/** Only the ranges that touch this piece, so that long documents stay linear. */
function rangesOf(sheet: Sheet, piece: Piece) {
  const offsets = piece.passage.origins.slice(piece.from, piece.to).filter((offset) => offset >= 0);
  const first = offsets[0] ?? 0;
  const last = offsets.at(-1) ?? -1;
  const touches = (range: { from: number; to: number }) => range.from <= last && range.to > first;
  return { links: sheet.manuscript.links.filter(touches), bold: sheet.manuscript.bold.filter(touches) };
}

function tidyRuns(runs: readonly Marked[]): Marked[] {
  const tidy: Marked[] = [];
  for (const run of runs) {
    const endsOpen = tidy.length === 0 || /[ \n]$/.test(tidy[tidy.length - 1]!.text);
    let text = run.text.replace(/[^\S\n\u3000]*\n[^\S\n]*/g, '\n').replace(/[^\S\n\u3000]+/g, ' ');
    if (endsOpen) text = text.replace(/^ +/, '');
    if (text !== '') tidy.push({ ...run, text });
  }
  return tidy;
}

function splitBreaks(runs: readonly Marked[]): Marked[][] {
  const lines: Marked[][] = [[]];
  for (const run of runs) {
    for (const [at, text] of run.text.split('\n').entries()) {
      if (at > 0) lines.push([]);
      if (text !== '') lines[lines.length - 1]!.push({ ...run, text });
    }
  }
  return lines;
}

const ADDRESS =
  /(?:https?:\/\/|www\.)[^\s<>"'“”‘’，。、；：！？（）()「」『』【】\u4e00-\u9fff]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

function textNodesOf({ text, bold, href }: Marked): TextNode[] {
  const marks: Mark[] = bold ? [{ type: 'bold' }] : [];
  if (href !== null) return [{ type: 'text', text, marks: [...marks, { type: 'link', attrs: { href } }] }];
  const nodes: TextNode[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const written = match[0].replace(/[.,;:!?]+$/, '');
    const address = withScheme(written);
    if (!isLinkAddress(address)) continue;
    if (match.index > at) nodes.push(textNode(text.slice(at, match.index), marks));
    nodes.push(textNode(written, [...marks, { type: 'link', attrs: { href: address } }]));
    at = match.index + written.length;
  }
  if (at < text.length) nodes.push(textNode(text.slice(at), marks));
  return nodes;
}

function textNode(text: string, marks: readonly Mark[]): TextNode {
  return marks.length > 0 ? { type: 'text', text, marks } : { type: 'text', text };
}
