import { gapBetween, textRows, type Row, type Sheet } from './sheet.js';

/** How the lines of a text were broken. */
export interface Wrapping {
  /** Paragraphs were cut into lines of about the same width. */
  readonly wrapped: boolean;
  /** That width in display columns; 0 when nothing is wide enough to tell. */
  readonly width: number;
  /** Blank lines between two lines of one paragraph. */
  readonly lineGap: number;
  /** Somewhere a wider gap sets paragraphs apart, so a gap of `lineGap` means "same paragraph". */
  readonly paragraphsApart: boolean;
  /** Whether this text puts a space between Han characters and Latin ones. */
  readonly spaced: boolean;
}

/** Narrower lines are addresses, headings and contacts, not columns of text. */
const NARROWEST = 34;

/** Reads from all lines together how the text was wrapped; each single join is then judged against that. */
export function measureWrapping(sheet: Sheet): Wrapping {
  const rows = textRows(sheet).filter(({ hint }) => hint.kind === 'line' || hint.kind === 'paragraph');
  const physical = rows.filter(({ hint }) => hint.kind === 'line').length * 2 >= rows.length;
  const wide = rows
    .filter((row) => row.cue === null && !/@|https?:/.test(row.text))
    .map(({ width }) => width)
    .filter((width) => width >= NARROWEST);
  const width = columnWidth(wide);
  const full = rows.filter((row) => row.width >= width * 0.8 && row.width <= width * 1.12);
  const pairs = openPairs(sheet, rows, width);
  const beyond = wide.filter((each) => each > width * 1.12).length;
  const enough = physical ? 2 : 5;
  const wrapped =
    width > 0 && pairs.length >= enough && pairs.length >= full.length * 0.3 && beyond <= wide.length * 0.25;
  const lineGap = wrapped ? mostCommon(pairs) : 0;
  return {
    wrapped,
    width,
    lineGap,
    paragraphsApart: hasWiderGaps(sheet, rows, lineGap, width),
    spaced: putsSpaces(rows),
  };
}

/** The width that most wide lines come close to from below: the column. Single longer lines do not move it. */
function columnWidth(wide: readonly number[]): number {
  let best = { width: 0, near: 0 };
  for (const width of new Set(wide)) {
    const near = wide.filter((each) => each <= width && each > width * 0.88).length;
    if (near > best.near || (near === best.near && width > best.width)) best = { width, near };
  }
  return best.width;
}

/** Blank lines after each full line that stops in the middle of a sentence. */
function openPairs(sheet: Sheet, rows: readonly Row[], width: number): number[] {
  const gaps: number[] = [];
  for (const [at, row] of rows.entries()) {
    const next = rows[at + 1];
    if (!next || next.cue?.strong || row.cue?.strong) continue;
    if (row.width < width * 0.8 || row.width > width * 1.12 || endsSentence(row.text)) continue;
    const gap = gapBetween(sheet, row.index, next.index);
    if (!gap.pageBreak && gap.blanks <= 3) gaps.push(gap.blanks);
  }
  return gaps;
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0;
}

/** Between two paragraphs of the text proper: what sets off head and contacts says nothing about paragraphs. */
function hasWiderGaps(sheet: Sheet, rows: readonly Row[], lineGap: number, width: number): boolean {
  let wider = 0;
  for (const [at, row] of rows.entries()) {
    const next = rows[at + 1];
    if (!next || next.cue !== null || row.cue !== null || next.width < width * 0.6) continue;
    if (endsSentence(row.text) && gapBetween(sheet, row.index, next.index).blanks > lineGap) wider += 1;
  }
  return wider >= 1;
}

function putsSpaces(rows: readonly Row[]): boolean {
  let spaced = 0;
  let tight = 0;
  for (const { text } of rows) {
    spaced += text.match(/\p{Script=Han} [A-Za-z0-9]|[A-Za-z0-9] \p{Script=Han}/gu)?.length ?? 0;
    tight += text.match(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/gu)?.length ?? 0;
  }
  return spaced > tight;
}

/** True when a line ends where a sentence may end, closing quotes and brackets included. */
export function endsSentence(text: string): boolean {
  return /[。！？!?.…‥；;:：︰](?:["'”’」』）)\]】》\s]|\[\d{1,2}\])*$|[」』”]\s*$/u.test(text.trimEnd());
}
