import { displayWidth } from './display-width.js';
import { endsSentence, type Wrapping } from './measure-wrapping.js';
import { gapBetween, type Row, type Sheet } from './sheet.js';

/** A bullet, a number or a dash that opens a list item. */
export const BULLET =
  /^(?:[•●▪▫‣◦·■◆◇○※➢➤✓✔►▶⁃∙]\s*|[-–*+]\s+|(?:\d{1,2}[.)]|[(（](?:\d{1,2}|[a-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）]|[a-z][.)]|[ivx]{1,4}[.)])\s+|(?:[(（](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|[一二三四五六七八九十]{1,3}[、．]|\d{1,2}[、．])\s*|[①-⑳]\s*)(?=\S)/u;

/** Lines that stay for themselves whatever their width: columns, telephone and e-mail lines. */
const STANDS_ALONE =
  /\S(?:\t| {3,}|\u3000{2,})\S|^(?:電話|电话|手機|手机|手提|傳真|传真|電郵|电邮|邮箱|郵箱|電子郵件|信箱|網址|网址|tel|telephone|phone|mobile|m|t|e|f|fax|e-?mail|web)\s*[:：︰]/iu;

const REACHABLE = /@|(?:\+|\(|\b)\d[\d\s().-]{7,}\d/;

/** Says whether `next` goes on with the paragraph that `rows` (its lines so far) belong to. */
export function continues(sheet: Sheet, wrapping: Wrapping, rows: readonly Row[], next: Row): boolean {
  const row = rows[rows.length - 1]!;
  const first = rows[0]!;
  const gap = gapBetween(sheet, row.index, next.index);
  const sameBlock = row.hint.block === next.hint.block;
  if (row.hint.kind !== next.hint.kind) return false;
  if (row.hint.kind !== 'line') {
    if (sameBlock) return !isSectionLine(row, next);
    if (row.hint.kind !== 'paragraph' || !wrapping.wrapped) return false;
  }
  if (next.cue?.strong || row.cue?.kind === 'end-mark' || row.cue?.kind === 'links') return false;
  if (BULLET.test(next.text) || standsAlone(next.text) || standsAlone(row.text)) return false;
  if (REACHABLE.test(row.text) && REACHABLE.test(next.text)) return false;
  if (wrapping.wrapped && row.width > wrapping.width * 1.15) return false;
  const open = !endsSentence(row.text);
  if (BULLET.test(first.text) && gap.blanks === 0 && next.indent > first.indent && !gap.pageBreak) return true;
  if (isIndented(row, next)) return false;
  if (/\p{Ll}[-‐‑\u00ad]$/u.test(row.text) && /^\p{Ll}/u.test(next.text) && gap.blanks <= wrapping.lineGap) return true;
  if (gap.blanks <= wrapping.lineGap && isQuoteOpen(rows) && !/^[「『“"]/u.test(next.text)) return true;
  if (!wrapping.wrapped) return looseJoin(row, next, gap, { open, sameBlock });
  const full = isFull(row, next, wrapping);
  if (next.cue && !(open && full)) return false;
  if (gap.pageBreak || (gap.blanks > wrapping.lineGap && gap.blanks > 1))
    return overBreak(row, next, gap, wrapping, open && full);
  if (gap.blanks > wrapping.lineGap) return open && full && goesOn(next.text) && gap.blanks === wrapping.lineGap + 1;
  if (full) return open || wrapping.paragraphsApart;
  // closer together than the lines of this text ever are: one line that was cut
  if (open && gap.blanks < wrapping.lineGap && row.width >= wrapping.width * 0.4) return true;
  return open && row.width >= wrapping.width * 0.75 && wrapping.paragraphsApart && wrapping.lineGap === 0;
}

/** A quotation mark opened and not closed: the sentence cannot be over. */
function isQuoteOpen(rows: readonly Row[]): boolean {
  // a quotation of more than twenty lines is one that somebody forgot to close
  const text = rows
    .slice(-20)
    .map((row) => row.text)
    .join('');
  return text.split(/[「“]/u).length > text.split(/[」”]/u).length && rows[rows.length - 1]!.width >= 40;
}

function standsAlone(text: string): boolean {
  return STANDS_ALONE.test(text.slice(BULLET.exec(text)?.[0].length ?? 0));
}

/** Lines of one block that a line break keeps apart: a heading and its text, an end mark and what follows. */
function isSectionLine(row: Row, next: Row): boolean {
  if (next.cue !== null && next.hint.kind === 'paragraph') return true;
  return row.cue !== null && row.hint.kind === 'paragraph' && row.cue.rest >= row.text.length;
}

/** Across a page the blank lines say nothing, so the sentence has the word. */
function overBreak(
  row: Row,
  next: Row,
  gap: { readonly pageBreak: boolean },
  wrapping: Wrapping,
  openAndFull: boolean,
): boolean {
  if (!openAndFull) return false;
  return gap.pageBreak || (goesOn(next.text) && row.width >= wrapping.width * 0.9);
}

/** Text whose paragraphs are single long lines: only a sentence cut in two is joined again. */
function looseJoin(
  row: Row,
  next: Row,
  gap: { readonly blanks: number; readonly pageBreak: boolean },
  at: { open: boolean; sameBlock: boolean },
): boolean {
  if (next.cue) return false;
  if (gap.pageBreak) return at.open && row.width >= 50 && goesOn(next.text);
  if (gap.blanks > 0) return false;
  // one paragraph to Markdown; short lines are kept apart all the same, for many write contacts that way
  if (at.sameBlock && (row.width >= 40 || /[，、,]$/.test(row.text))) return true;
  return at.open && row.width >= 56 && row.width <= 130 && next.width <= 130;
}

/** The first word of the next line would not have fitted: the line was broken because it was full. */
export function isFull(row: Row, next: Row, wrapping: Wrapping): boolean {
  const word = firstWord(next.text);
  const latin = /[A-Za-z0-9]$/.test(row.text) && /^[A-Za-z0-9]/.test(word);
  const slack = latin || /\p{Script=Latin}/u.test(word) ? 0.85 : 0.9;
  return row.width + displayWidth(word) + (latin ? 1 : 0) >= wrapping.width * slack;
}

function firstWord(text: string): string {
  return /^(?:[\p{Script=Latin}\d][^\s\p{Script=Han}]*|\S[，。、；：？！」』）》]*)/u.exec(text)?.[0] ?? '';
}

function isIndented(row: Row, next: Row): boolean {
  return next.indent - row.indent >= 2 && row.indent <= 2;
}

/** Begins with a small letter or with punctuation that cannot begin a sentence. */
function goesOn(text: string): boolean {
  return /^[a-zà-ÿ，。、；：？！」』）》,;:)\]]|^\p{Script=Han}/u.test(text);
}
