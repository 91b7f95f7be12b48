import type { Confidence } from './claims.js';
import { displayWidth } from './display-width.js';
import type { Block } from './join-lines.js';
import { BULLET } from './join-rule.js';
import { endsSentence } from './measure-wrapping.js';
import { pieceText, type Piece } from './passage.js';
import { readAttributionLine } from './read-quote.js';
import type { Sheet } from './sheet.js';

/** Why a block is a subhead, or null: its style, its bold or bracketed line, or a short line without a full stop above a paragraph. */
export function looksLikeSubhead(
  sheet: Sheet,
  block: Block,
  piece: Piece,
  next: Block | undefined,
): { readonly confidence: Confidence; readonly why: string } | null {
  const text = pieceText(piece);
  const { hint } = block.rows[0]!;
  if (!/[\p{L}\p{N}]/u.test(text)) return null;
  if (hint.kind === 'heading') return { confidence: 'sure', why: 'heading-style' };
  if (piece.from > 0 || block.rows.length > 1 || hint.kind === 'quote' || hint.kind === 'caption') return null;
  if (!isShortPhrase(text)) return null;
  if (next && /^[【《〈[][^【】[\]]{2,40}[】》〉\]]$/u.test(text))
    return { confidence: 'likely', why: 'bracketed-line' };
  if (isAllBold(sheet, piece)) return { confidence: 'sure', why: 'bold-line' };
  // "When: Monday": a line of a programme, not a heading
  if (!next || /https?:|www\.|@|^[^\s:：]{2,14}[:：]\s*\S/.test(text) || /[。．]/u.test(text)) return null;
  return standsAbove(text, next) ? { confidence: 'likely', why: 'short-line' } : null;
}

function isShortPhrase(text: string): boolean {
  const widest = /\p{Script=Han}/u.test(text) ? 56 : 72;
  const asks = /[？?！!]$/.test(text) && !/[。.]/.test(text);
  if (displayWidth(text) > widest || (endsSentence(text) && !asks)) return false;
  return !/[，,、；;：:–—-]$/u.test(text) && readAttributionLine(text) === null;
}

function standsAbove(text: string, next: Block): boolean {
  const width = displayWidth(text);
  const below = displayWidth(next.passage.text);
  if (next.rows[0]!.hint.kind === 'item' || BULLET.test(next.passage.text)) return true;
  return below > Math.max(40, width) || (below > width && endsSentence(next.passage.text));
}

function isAllBold(sheet: Sheet, piece: Piece): boolean {
  const offsets = piece.passage.origins.slice(piece.from, piece.to).filter((offset) => offset >= 0);
  return sheet.manuscript.bold.some(({ from, to }) => offsets.every((offset) => offset >= from && offset < to));
}
