import { displayWidth } from './display-width.js';
import { fold } from './fold.js';
import type { Block } from './join-lines.js';
import { trimPiece, type Piece } from './passage.js';

/** Lines of contacts in reading order: columns one after the other, each with its lines from top to bottom. */
export interface ContactColumn {
  readonly lines: readonly ContactLine[];
}

export interface ContactLine {
  readonly piece: Piece;
  /** A blank line or a new block stands above. */
  readonly apart: boolean;
}

interface Line {
  readonly cells: readonly Cell[];
  readonly apart: boolean;
}

interface Cell {
  readonly piece: Piece;
  /** Display column where the cell begins. */
  readonly start: number;
}

/** Puts contact blocks into reading order, whatever their layout: stacked, side by side, or a table. */
export function layOutContacts(blocks: readonly Block[], first: Piece | null): readonly ContactColumn[] {
  const columns: ContactColumn[] = [];
  let lines: Line[] = first ? [{ cells: cellsOf(first), apart: false }] : [];
  let cells: Block[] = [];
  const closeLines = () => {
    columns.push(...columnsOf(lines));
    lines = [];
  };
  const closeTable = () => {
    if (cells.length > 0) columns.push(...tableColumns(cells));
    cells = [];
  };
  for (const block of blocks) {
    if (block.rows[0]!.hint.cell) {
      closeLines();
      if (cells.length > 0 && cells[0]!.rows[0]!.hint.cell?.table !== block.rows[0]!.hint.cell.table) closeTable();
      cells.push(block);
      continue;
    }
    closeTable();
    for (const [at, piece] of splitAtBreaks(block).entries())
      lines.push({ cells: cellsOf(piece), apart: at === 0 && block.gapBefore > 0 });
  }
  closeLines();
  closeTable();
  return columns.filter((column) => column.lines.length > 0);
}

/** A block with hard line breaks as its lines. */
export function splitAtBreaks({ passage }: Pick<Block, 'passage'>): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const part of passage.text.split('\n')) {
    pieces.push({ passage, from, to: from + part.length });
    from += part.length + 1;
  }
  return pieces.map(trimPiece).filter(({ from: start, to }) => to > start);
}

const GAP = /\t+| {2,}|\u3000{2,}/g;

/** The cells of a line, parted by tabs or runs of spaces; a label that stands apart from its value stays with it. */
function cellsOf(piece: Piece): Cell[] {
  const text = piece.passage.text.slice(piece.from, piece.to);
  const cells: Cell[] = [];
  let from = 0;
  const push = (to: number) => {
    const cell = trimPiece({ passage: piece.passage, from: piece.from + from, to: piece.from + to });
    if (cell.to > cell.from) cells.push({ piece: cell, start: displayWidth(text.slice(0, from)) });
  };
  for (const gap of text.matchAll(GAP)) {
    if (/[:：︰]\s*$/u.test(text.slice(from, gap.index)) && displayWidth(text.slice(from, gap.index)) <= 14) continue;
    push(gap.index);
    from = gap.index + gap[0].length;
  }
  push(text.length);
  return cells;
}

type Kind = 'phone' | 'email' | 'words';

function kindOf(text: string): Kind {
  if (/@/.test(text)) return 'email';
  return (fold(text).match(/\d/g)?.length ?? 0) >= 6 ? 'phone' : 'words';
}

function textOf(cell: Cell): string {
  return cell.piece.passage.text.slice(cell.piece.from, cell.piece.to);
}

/** Side by side when some line holds two numbers or two addresses; else every line is read across. */
function columnsOf(lines: readonly Line[]): ContactColumn[] {
  const parallel = lines.filter(({ cells }) => {
    const kinds = cells.map((cell) => kindOf(textOf(cell)));
    return cells.length >= 2 && kinds[0] !== 'words' && kinds.every((kind) => kind === kinds[0]);
  });
  const count = Math.max(0, ...parallel.map(({ cells }) => cells.length));
  if (count < 2 || !lines.some(({ cells }) => cells.length === count && kindOf(textOf(cells[0]!)) === 'words')) {
    return [
      {
        lines: lines.flatMap(({ cells, apart }) =>
          cells.map((cell, at) => ({ piece: cell.piece, apart: apart && at === 0 })),
        ),
      },
    ];
  }
  const starts = startsOf(lines, count);
  const columns: ContactLine[][] = Array.from({ length: count }, () => []);
  for (const { cells, apart } of lines) {
    for (const [at, cell] of cells.entries()) {
      const column = cells.length === count ? at : nearest(starts, cell.start);
      columns[column]!.push({ piece: cell.piece, apart });
    }
  }
  return columns.map((column) => ({ lines: column }));
}

function startsOf(lines: readonly Line[], count: number): number[] {
  const full = lines.filter(({ cells }) => cells.length === count);
  return Array.from({ length: count }, (_, column) => {
    const starts = full.map(({ cells }) => cells[column]!.start).sort((a, b) => a - b);
    return starts[Math.floor(starts.length / 2)]!;
  });
}

function nearest(starts: readonly number[], start: number): number {
  let best = 0;
  for (const [column, each] of starts.entries())
    if (Math.abs(each - start) < Math.abs(starts[best]! - start)) best = column;
  return best;
}

/** A table of contacts: cells of several lines are persons; rows of one kind mean persons in columns; else persons in rows. */
function tableColumns(blocks: readonly Block[]): ContactColumn[] {
  const grid = new Map<number, Map<number, ContactLine[]>>();
  for (const block of blocks) {
    const { cell } = block.rows[0]!.hint;
    if (!cell) continue;
    const { row, column } = cell;
    const cells = grid.get(row) ?? new Map<number, ContactLine[]>();
    grid.set(row, cells);
    const lines = cells.get(column) ?? [];
    cells.set(column, lines);
    for (const piece of splitAtBreaks(block)) lines.push({ piece, apart: false });
  }
  const rows = [...grid.values()];
  const all = rows.flatMap((cells) => [...cells.values()]);
  if (all.some((lines) => lines.length >= 3)) return all.map((lines) => ({ lines }));
  const width = Math.max(...rows.map((cells) => cells.size));
  const sideBySide = rows.some((cells) => cells.size >= 2 && sameKind([...cells.values()]));
  if (!sideBySide) return rows.map((cells) => ({ lines: [...cells.values()].flat() }));
  // in a table with a first column of labels each other column is a person
  return Array.from({ length: width }, (_, column) => ({ lines: rows.flatMap((cells) => cells.get(column) ?? []) }));
}

function sameKind(cells: readonly (readonly ContactLine[])[]): boolean {
  const kinds = cells.map((lines) =>
    kindOf(lines.map(({ piece }) => piece.passage.text.slice(piece.from, piece.to)).join(' ')),
  );
  return kinds[0] !== 'words' && kinds.every((kind) => kind === kinds[0]);
}
