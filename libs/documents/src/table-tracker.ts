import type { LineHint, ManuscriptBuilder } from './manuscript.js';

interface OpenTable {
  readonly table: number;
  readonly firstLine: number;
  row: number;
  column: number;
  inCell: boolean;
  header: boolean;
  widest: number;
  nested: boolean;
}

/** Follows table tags and tells data tables from those that only lay out a page (one column, or tables in tables). */
export class TableTracker {
  private readonly stack: OpenTable[] = [];
  private count = 0;

  constructor(private readonly builder: ManuscriptBuilder) {}

  opened(name: string): void {
    const top = this.stack.at(-1);
    if (name === 'table') {
      if (top) top.nested = true;
      this.count += 1;
      this.stack.push({
        table: this.count,
        firstLine: this.builder.lines.length,
        row: -1,
        column: -1,
        inCell: false,
        header: false,
        widest: 0,
        nested: false,
      });
    } else if (top && name === 'tr') {
      top.row += 1;
      top.column = -1;
    } else if (top && (name === 'td' || name === 'th')) {
      top.column += 1;
      top.widest = Math.max(top.widest, top.column + 1);
      top.inCell = true;
      top.header = name === 'th';
    }
  }

  closed(name: string): void {
    const top = this.stack.at(-1);
    if (!top) return;
    if (name === 'td' || name === 'th') top.inCell = false;
    if (name !== 'table') return;
    this.stack.pop();
    if (top.nested || top.widest < 2 || this.holdsProse(top)) this.asPlainBlocks(top);
  }

  /** Where a block that ends now stands, or null outside of cells. */
  current(): LineHint['cell'] | null {
    const top = this.stack.at(-1);
    if (!top?.inCell) return null;
    return { table: top.table, row: top.row, column: top.column, header: top.header };
  }

  /** A cell with a heading or a good deal of text is a column of a page, not a figure in a table. */
  private holdsProse(table: OpenTable): boolean {
    const inside = this.builder.lines.slice(table.firstLine);
    const long = inside.filter((line) => line.to - line.from > 300).length;
    return inside.some((line) => line.hint.kind === 'heading') || long > 0;
  }

  private asPlainBlocks(table: OpenTable): void {
    for (let at = table.firstLine; at < this.builder.lines.length; at += 1) {
      const line = this.builder.lines[at]!;
      if (line.hint.kind !== 'cell' || line.hint.cell?.table !== table.table) continue;
      this.builder.lines[at] = { ...line, hint: { kind: 'paragraph', block: line.hint.block } };
    }
  }
}
