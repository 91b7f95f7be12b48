import { Parser } from 'htmlparser2';
import { Problem } from '#libs/kernel';
import { WorkbookArchive, broken } from './workbook-archive.js';
import { unescapeText, type CellStyles } from './workbook-cell.js';
import { SheetReader, localName } from './workbook-sheet.js';
import type { TableRow } from './table.js';

interface Sheet {
  readonly name: string;
  readonly part: string;
  readonly hidden: boolean;
}

/**
 * A workbook read part by part, without ever holding a sheet in memory (ECMA-376 part 1, section 18). Formulas give the
 * value that was last computed, rich text its plain text, dates ISO dates; phonetic guides are left out.
 */
export class Workbook {
  private constructor(
    private readonly archive: WorkbookArchive,
    private readonly all: readonly Sheet[],
    private readonly styles: CellStyles,
  ) {}

  /** Throws a Problem for files that are no workbook, damaged, or bombs. */
  static async open(bytes: Buffer): Promise<Workbook> {
    const archive = await WorkbookArchive.open(bytes);
    if (!archive.has('xl/workbook.xml')) throw notAWorkbook(archive);
    const { sheets, startsIn1904 } = await readSheets(archive);
    if (sheets.length === 0) throw broken(new Error('no sheet'));
    return new Workbook(archive, sheets, { dates: await readDateStyles(archive), startsIn1904 });
  }

  /** Names in the order of the tabs, hidden ones last. */
  sheets(): string[] {
    return [...this.all].sort((a, b) => Number(a.hidden) - Number(b.hidden)).map((sheet) => sheet.name);
  }

  /** Rows with anything in them, some hundred at a time. Throws a Problem when the sheet is unknown, damaged or too large. */
  async *rows(sheetName: string): AsyncGenerator<readonly TableRow[]> {
    const sheet = this.all.find((one) => one.name === sheetName);
    if (!sheet) throw unknownSheet(sheetName, this.sheets());
    const strings = await readSharedStrings(this.archive);
    const reader = new SheetReader(strings, this.styles);
    const parser = new Parser(reader, { xmlMode: true });
    for await (const piece of this.archive.text(sheet.part)) {
      parser.write(piece);
      yield reader.take();
    }
    parser.end();
    yield reader.take();
  }
}

async function readSheets(archive: WorkbookArchive): Promise<{ sheets: Sheet[]; startsIn1904: boolean }> {
  const targets = new Map<string, string>();
  await walk(archive, 'xl/_rels/workbook.xml.rels', (tag, at) => {
    if (tag === 'Relationship' && at.Id && at.Target && at.Type?.endsWith('/worksheet')) targets.set(at.Id, at.Target);
  });
  const sheets: Sheet[] = [];
  let startsIn1904 = false;
  await walk(archive, 'xl/workbook.xml', (tag, at) => {
    if (tag === 'workbookPr') startsIn1904 = ['1', 'true'].includes(at.date1904 ?? '');
    const target = tag === 'sheet' ? targets.get(relationId(at)) : undefined;
    if (target)
      sheets.push({ name: at.name ?? '', part: partName(target), hidden: (at.state ?? 'visible') !== 'visible' });
  });
  return { sheets, startsIn1904 };
}

/** Which cell formats show dates: the built-in ones, and any whose pattern holds a year or a day. */
async function readDateStyles(archive: WorkbookArchive): Promise<readonly boolean[]> {
  const patterns = new Map<number, string>();
  const dates: boolean[] = [];
  let inCellFormats = false;
  await walk(archive, 'xl/styles.xml', (tag, at) => {
    if (tag === 'numFmt') patterns.set(Number(at.numFmtId), at.formatCode ?? '');
    // cellStyleXfs comes first and holds xf of its own
    else if (tag === 'cellXfs' || tag === 'cellStyleXfs') inCellFormats = tag === 'cellXfs';
    else if (tag === 'xf' && inCellFormats) dates.push(isDateFormat(Number(at.numFmtId ?? 0), patterns));
    else if (tag === 'cellStyles' || tag === 'dxfs') inCellFormats = false;
  });
  return dates;
}

/** Built-in formats that are dates, in every locale: 14-17 and 22, and 27-36 and 50-58 of East Asian Excel (18.8.30). */
function isDateFormat(id: number, patterns: ReadonlyMap<number, string>): boolean {
  const pattern = patterns.get(id);
  if (pattern !== undefined) return /[ydg]/i.test(pattern.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, ''));
  return (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
}

/** They are all held in memory; 100,000 journalists need about 30 MB. */
const SHARED_STRING_BYTES = 128 * 1024 * 1024;

async function readSharedStrings(archive: WorkbookArchive): Promise<readonly string[]> {
  const strings: string[] = [];
  let current = '';
  let reading = false;
  let phonetic = false;
  const parser = new Parser(
    {
      onopentag: (name) => {
        const tag = localName(name);
        if (tag === 'si') current = '';
        else if (tag === 'rPh') phonetic = true;
        else if (tag === 't') reading = !phonetic;
      },
      ontext: (text) => {
        if (reading) current += text;
      },
      onclosetag: (name) => {
        const tag = localName(name);
        if (tag === 'si') strings.push(unescapeText(current));
        else if (tag === 'rPh') phonetic = false;
        else if (tag === 't') reading = false;
      },
    },
    { xmlMode: true },
  );
  for await (const piece of archive.text('xl/sharedStrings.xml', SHARED_STRING_BYTES)) parser.write(piece);
  parser.end();
  return strings;
}

/** Calls `open` for every element of a small part. */
async function walk(
  archive: WorkbookArchive,
  part: string,
  open: (tag: string, attributes: Record<string, string>) => void,
): Promise<void> {
  const parser = new Parser({ onopentag: (name, attributes) => open(localName(name), attributes) }, { xmlMode: true });
  for await (const piece of archive.text(part, SMALL_PART_BYTES)) parser.write(piece);
  parser.end();
}

/** Sheet names and cell formats; Excel's own stay below one megabyte. */
const SMALL_PART_BYTES = 16 * 1024 * 1024;

function relationId(attributes: Record<string, string>): string {
  const key = Object.keys(attributes).find((name) => name.endsWith(':id'));
  return key ? (attributes[key] ?? '') : '';
}

function partName(target: string): string {
  return target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;
}

function notAWorkbook(archive: WorkbookArchive): Problem {
  const what = archive.has('word/document.xml')
    ? 'a Word document'
    : archive.has('xl/workbook.bin')
      ? 'a binary workbook (.xlsb)'
      : 'an archive';
  return new Problem({
    code: 'contacts.import.not-a-workbook',
    field: 'file',
    message: `The file is ${what}, not an .xlsx workbook.`,
    remedy: 'Save the list as .xlsx or as CSV UTF-8 and import that.',
  });
}

function unknownSheet(name: string, sheets: readonly string[]): Problem {
  return new Problem({
    code: 'contacts.import.unknown-sheet',
    field: 'sheet',
    message: `The workbook has no sheet "${name}".`,
    remedy: `Choose one of: ${sheets.join(', ')}.`,
  });
}
