import { Problem, decoderFor, type Encoding } from '#libs/kernel';
import { csvRows, guessDelimiter } from './csv.js';
import { guessEncoding, type EncodingGuess } from './encoding.js';
import { fieldOfHeading } from './import-field.js';
import { readAddress } from './address.js';
import { guessMapping, type ColumnGuess } from './mapping.js';
import { TABLE_LIMITS, type Delimiter, type TableLayout, type TableRow } from './table.js';
import { Workbook } from './workbook.js';

export interface ReadTableOptions {
  /** For messages and the record of the import. */
  readonly fileName: string;
  /** Corrections of a wrong guess. */
  readonly encoding?: Encoding;
  readonly delimiter?: Delimiter;
  readonly sheet?: string;
}

/** What a file seems to hold, for a person to confirm before anything is imported. */
export interface TablePreview {
  readonly fileName: string;
  readonly layout: TableLayout;
  /** Line of the headings; null when the first row is a journalist already. Rows before it are `preamble`. */
  readonly headingLine: number | null;
  readonly preamble: readonly TableRow[];
  readonly columns: readonly ColumnGuess[];
  /** The first rows under the headings. */
  readonly sample: readonly TableRow[];
  /** Rows among the first 200 with characters that this encoding cannot read. */
  readonly unreadableRows: number;
}

const LOOKED_AT = 200;
const SHOWN = 10;
/** Titles and dates of issue stand above the headings in many office files. */
const MOST_PREAMBLE = 10;

/**
 * Looks at a CSV or XLSX file without importing anything.
 * Throws a Problem for files that are empty, binary, undecodable, damaged, too large, or of a format we do not read.
 */
export async function readTable(bytes: Buffer, options: ReadTableOptions): Promise<TablePreview> {
  refuseByBytes(bytes);
  const layout = isZip(bytes) ? await workbookLayout(bytes, options) : csvLayout(bytes, options);
  const rows: TableRow[] = [];
  for await (const some of allRows(bytes, layout)) {
    rows.push(...some);
    if (rows.length >= LOOKED_AT) break;
  }
  rows.splice(LOOKED_AT);
  if (rows.length === 0) throw empty();
  const heading = headingRow(rows);
  const below = heading === null ? rows : rows.slice(heading + 1);
  const headings = heading === null ? widest(below) : (rows[heading]?.cells ?? []).map((cell) => cell.trim());
  return {
    fileName: options.fileName,
    layout,
    headingLine: heading === null ? null : (rows[heading]?.line ?? null),
    preamble: heading === null ? [] : rows.slice(0, heading),
    columns: guessMapping(headings, below),
    sample: below.slice(0, SHOWN),
    unreadableRows: below.filter((row) => row.cells.some((cell) => cell.includes('\ufffd'))).length,
  };
}

/**
 * The journalists' rows of a file, some hundred at a time, without preamble and headings. Throws a Problem beyond
 * 250,000 of them.
 */
export async function* tableRows(bytes: Buffer, preview: TablePreview): AsyncGenerator<readonly TableRow[]> {
  const { headingLine, layout } = preview;
  let count = 0;
  for await (const some of allRows(bytes, layout)) {
    const rows = headingLine === null ? some : some.filter((row) => row.line > headingLine);
    count += rows.length;
    if (count > TABLE_LIMITS.rows) throw tooLarge(`It has more than ${TABLE_LIMITS.rows} rows.`);
    yield rows;
  }
}

async function* allRows(bytes: Buffer, layout: TableLayout): AsyncGenerator<readonly TableRow[]> {
  if (layout.format === 'csv') yield* csvRows(bytes, layout.encoding.encoding, layout.delimiter);
  else yield* (await Workbook.open(bytes)).rows(layout.sheet);
}

async function workbookLayout(bytes: Buffer, options: ReadTableOptions): Promise<TableLayout> {
  const sheets = (await Workbook.open(bytes)).sheets();
  return { format: 'xlsx', sheet: options.sheet ?? sheets[0] ?? '', sheets };
}

function csvLayout(bytes: Buffer, options: ReadTableOptions): TableLayout {
  const guess = guessEncoding(bytes);
  const encoding: EncodingGuess = options.encoding ? { ...guess, encoding: options.encoding, confidence: 1 } : guess;
  refuseUndecodable(bytes, encoding, options.encoding !== undefined);
  return { format: 'csv', encoding, delimiter: options.delimiter ?? guessDelimiter(bytes, encoding.encoding) };
}

/** The row with the most known headings, if it stands above the first address; null when there is none. */
function headingRow(rows: readonly TableRow[]): number | null {
  const firstAddress = rows.findIndex((row) => row.cells.some((cell) => !('fault' in readAddress(cell))));
  const last = Math.min(firstAddress === -1 ? rows.length : firstAddress, MOST_PREAMBLE + 1);
  let best: { at: number; known: number } | null = null;
  for (let at = 0; at < last; at += 1) {
    const known = rows[at]?.cells.filter((cell) => fieldOfHeading(cell) !== undefined).length ?? 0;
    if (known > (best?.known ?? 0)) best = { at, known };
  }
  if (best) return best.at;
  // headings nobody has taught us are still headings when they stand above the first address
  return last > 0 ? last - 1 : null;
}

function widest(rows: readonly TableRow[]): string[] {
  return Array.from({ length: Math.max(...rows.map((row) => row.cells.length)) }, () => '');
}

function isZip(bytes: Buffer): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

const SIGNATURES: readonly (readonly [string, string])[] = [
  ['25504446', 'a PDF'],
  ['d0cf11e0', 'an old .xls workbook, or one with a password'],
  ['89504e47', 'a picture'],
  ['ffd8ff', 'a picture'],
  ['47494638', 'a picture'],
  ['1f8b', 'a compressed archive'],
  ['7b5c727466', 'an RTF document'],
];

function refuseByBytes(bytes: Buffer): void {
  if (bytes.length === 0) throw empty();
  if (bytes.length > TABLE_LIMITS.fileBytes)
    throw tooLarge(`It has more than ${TABLE_LIMITS.fileBytes / 1024 / 1024} MB.`);
  const start = bytes.subarray(0, 8).toString('hex');
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (known) throw binary(known[1]);
}

/** One character in ten may be damaged before we say that this is not the encoding at all. */
const MOST_UNREADABLE = 0.1;

function refuseUndecodable(bytes: Buffer, { encoding, confidence }: EncodingGuess, chosen: boolean): void {
  const text = decoderFor(encoding).write(bytes.subarray(0, 1024 * 1024));
  const control = text.match(/[\0-\x08\x0e-\x1f]/g)?.length ?? 0;
  if (control > text.length / 200) throw binary('a binary file');
  const beyondAscii = text.match(/[^\0-\x7f]/gu)?.length ?? 0;
  const unreadable = text.match(/[\ufffd\ue000-\uf8ff]/g)?.length ?? 0;
  if (confidence > 0 && unreadable <= Math.max(2, beyondAscii * MOST_UNREADABLE)) return;
  throw new Problem({
    code: 'contacts.import.undecodable',
    field: 'encoding',
    message: chosen
      ? `The file is not ${encoding}: ${unreadable} characters cannot be read.`
      : 'The file is in none of the encodings we know.',
    remedy: 'Choose another encoding, or save the list as CSV UTF-8 or .xlsx and import that.',
  });
}

function binary(what: string): Problem {
  return new Problem({
    code: 'contacts.import.binary',
    field: 'file',
    message: `The file is ${what}, not a list of journalists.`,
    remedy: 'Save the list as .xlsx or as CSV UTF-8 and import that.',
  });
}

function empty(): Problem {
  return new Problem({
    code: 'contacts.import.empty',
    field: 'file',
    message: 'The file holds no rows.',
    remedy: 'Check that the right file and sheet were chosen.',
  });
}

function tooLarge(why: string): Problem {
  return new Problem({
    code: 'contacts.import.too-large',
    field: 'file',
    message: `The file is too large. ${why}`,
    remedy: 'Split it into several files and import them one after the other.',
  });
}
