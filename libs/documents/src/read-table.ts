import type { ParagraphNode, TableNode } from './document.js';
import { inlineNodes } from './inline-nodes.js';
import { BULLET } from './join-rule.js';
import type { Block } from './join-lines.js';
import { trimPiece, wholeOf, type Piece } from './passage.js';
import type { Sheet } from './sheet.js';

/** Not before a colon: 日期　　：… is a label set wide. */
const GAP = /(?:\t+| {3,}|\u3000{2,})(?!\s*[:：])/;

/** How many blocks from `at` on make up a table: cells of one table, or lines set in the same number of columns. 0 for none. */
export function tableSize(blocks: readonly Block[], at: number): number {
  const first = blocks[at]!;
  const table = first.rows[0]!.hint.cell?.table;
  if (table !== undefined) {
    const end = blocks.findIndex((block, index) => index > at && block.rows[0]!.hint.cell?.table !== table);
    return (end < 0 ? blocks.length : end) - at;
  }
  const columns = columnCount(first);
  if (columns < 2) return 0;
  const end = blocks.findIndex((block, index) => index > at && columnCount(block) !== columns);
  const size = (end < 0 ? blocks.length : end) - at;
  return size >= 2 ? size : 0;
}

function columnCount(block: Block): number {
  if (block.rows.length !== 1 || !['line', 'paragraph'].includes(block.rows[0]!.hint.kind)) return 0;
  if (BULLET.test(block.passage.text)) return 0;
  return block.passage.text.split(GAP).length;
}

/** Reads such blocks as a table; every row gets as many cells as the widest. */
export function readTable(sheet: Sheet, blocks: readonly Block[]): TableNode {
  const rows = blocks[0]!.rows[0]!.hint.cell ? markedRows(blocks) : columnRows(blocks);
  const width = Math.max(...rows.map((cells) => cells.length));
  const header = blocks.some((block) => block.rows[0]!.hint.cell?.header && block.rows[0]!.hint.cell.row === 0);
  const confidence = blocks[0]!.rows[0]!.hint.cell ? 'sure' : 'guess';
  return {
    type: 'table',
    content: rows.map((cells, row) => ({
      type: 'tableRow',
      content: Array.from({ length: width }, (_, column) => ({
        type: header && row === 0 ? 'tableHeader' : 'tableCell',
        content: (cells[column] ?? [])
          .map((piece) => paragraph(sheet, piece, confidence))
          .concat((cells[column] ?? []).length === 0 ? [{ type: 'paragraph', content: [] }] : []),
      })),
    })),
  };
}

function paragraph(sheet: Sheet, piece: Piece, confidence: 'sure' | 'guess'): ParagraphNode {
  sheet.claims.take(piece, { became: 'table', confidence, why: confidence === 'sure' ? 'table-style' : 'columns' });
  return { type: 'paragraph', content: inlineNodes(sheet, piece) };
}

function markedRows(blocks: readonly Block[]): Piece[][][] {
  const rows: Piece[][][] = [];
  let index = -1;
  let last = -1;
  for (const block of blocks) {
    const { cell } = block.rows[0]!.hint;
    if (!cell) continue;
    const { row, column } = cell;
    if (row !== last) index += 1;
    last = row;
    rows[index] ??= [];
    for (let at = 0; at <= column; at += 1) rows[index]![at] ??= [];
    rows[index]![column]!.push(trimPiece(wholeOf(block.passage)));
  }
  return rows;
}

function columnRows(blocks: readonly Block[]): Piece[][][] {
  return blocks.map(({ passage }) => {
    const cells: Piece[][] = [];
    let from = 0;
    for (const part of passage.text.split(/((?:\t+| {3,}|\u3000{2,})(?!\s*[:：]))/)) {
      if (!GAP.test(part)) cells.push([trimPiece({ passage, from, to: from + part.length })]);
      from += part.length;
    }
    return cells;
  });
}
