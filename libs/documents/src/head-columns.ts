import { displayWidth } from './display-width.js';
import { slicePassage, trimPiece, type Piece } from './passage.js';
import { releaseWord } from './release-words.js';
import { cueOf } from './section-words.js';
import { gapBetween, type Row, type Sheet } from './sheet.js';
import { isMoment } from './split-release-line.js';

const GAP = /\t+| {3,}|\u3000{2,}/g;
const REACHABLE = /[\w.+-]+@[\w-]+\.\w|(?:\+|\(|\b)\d[\d\s().-]{6,}\d/;

/**
 * Rows of a head that is set in columns (contacts on the left, release date on the right), column after column, so that
 * each reads from top to bottom. Rows of other heads come back as they are.
 */
export function headColumns(sheet: Sheet, rows: readonly Row[]): readonly Row[] {
  const ordered: Row[] = [];
  for (const group of groupsOf(sheet, rows)) {
    if (!group.some((row) => isSplit(row))) {
      ordered.push(...group);
      continue;
    }
    const columns: Row[][] = [];
    for (const row of group) for (const [column, cell] of cellsOf(row).entries()) (columns[column] ??= []).push(cell);
    ordered.push(...columns.flat());
  }
  return ordered;
}

/** Rows without a blank line between them. */
function groupsOf(sheet: Sheet, rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  for (const row of rows) {
    const last = groups.at(-1)?.at(-1);
    if (last && gapBetween(sheet, last.index, row.index).blanks === 0) groups[groups.length - 1]!.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** Two or more columns, one of which says something only a head says. */
function isSplit(row: Row): boolean {
  const cells = cellsOf(row);
  if (cells.length < 2 || row.hint.kind !== 'line') return false;
  return (
    cells.some(({ text, cue }) => releaseWord(text) !== null || cue?.kind === 'contacts') ||
    (cells.every(({ text }) => displayWidth(text) <= 50) &&
      cells.some(({ text }) => REACHABLE.test(text) || isMoment(text)))
  );
}

function cellsOf(row: Row): Row[] {
  const cells: Row[] = [];
  let from = 0;
  const push = (to: number) => {
    const piece: Piece = trimPiece({ passage: row.passage, from, to });
    if (piece.to > piece.from) cells.push(cellRow(row, piece));
  };
  for (const gap of row.text.matchAll(GAP)) {
    push(gap.index);
    from = gap.index + gap[0].length;
  }
  push(row.text.length);
  return cells;
}

function cellRow(row: Row, piece: Piece): Row {
  const passage = slicePassage(piece);
  return { ...row, passage, text: passage.text, width: displayWidth(passage.text), cue: cueOf(passage.text) };
}
