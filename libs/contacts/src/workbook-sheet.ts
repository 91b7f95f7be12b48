import { Problem } from '#libs/kernel';
import { TABLE_LIMITS, type TableRow } from './table.js';
import { cellText, type CellStyles } from './workbook-cell.js';

/** Excel stops at 32,767 characters; the rest of a longer one is not worth memory. */
const LONGEST_CELL = 40_000;

/** Collects finished rows while the parser walks a sheet. */
export class SheetReader {
  private finished: TableRow[] = [];
  private cells: string[] = [];
  private line = 0;
  private column = -1;
  private type = 'n';
  private style = 0;
  private value = '';
  private reading = false;
  private phonetic = false;

  constructor(
    private readonly strings: readonly string[],
    private readonly styles: CellStyles,
  ) {}

  take(): TableRow[] {
    const rows = this.finished;
    this.finished = [];
    return rows;
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    const tag = localName(name);
    if (tag === 'row') {
      this.line = Number(attributes.r) || this.line + 1;
      this.cells = [];
      this.column = -1;
    } else if (tag === 'c') {
      this.column = columnOf(attributes.r) ?? this.column + 1;
      if (this.column >= TABLE_LIMITS.columns) throw tooWide();
      this.type = attributes.t ?? 'n';
      this.style = Number(attributes.s ?? 0);
      this.value = '';
    } else if (tag === 'rPh') {
      this.phonetic = true;
    } else if (tag === 'v' || tag === 't') {
      this.reading = !this.phonetic;
    }
  }

  ontext(text: string): void {
    if (this.reading && this.value.length < LONGEST_CELL) this.value += text;
  }

  onclosetag(name: string): void {
    const tag = localName(name);
    if (tag === 'v' || tag === 't') this.reading = false;
    else if (tag === 'rPh') this.phonetic = false;
    else if (tag === 'c') this.endCell();
    else if (tag === 'row') this.endRow();
  }

  private endCell(): void {
    const text =
      this.type === 's'
        ? (this.strings[Number(this.value)] ?? '')
        : cellText(this.value, this.type, this.style, this.styles);
    if (text === '') return;
    while (this.cells.length < this.column) this.cells.push('');
    this.cells[this.column] = text;
  }

  private endRow(): void {
    if (!this.cells.some((cell) => cell.trim() !== '')) return;
    this.finished.push({ line: this.line, lastLine: this.line, cells: this.cells });
  }
}

/** Some programs write `x:row`. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Zero-based: A1 is 0, AB7 is 27. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference ?? '')?.[1];
  if (!letters) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function tooWide(): Problem {
  return new Problem({
    code: 'contacts.import.too-wide',
    field: 'file',
    message: `The sheet has more than ${TABLE_LIMITS.columns} columns.`,
    remedy: 'Delete the columns that are not needed, save, and import again.',
  });
}
