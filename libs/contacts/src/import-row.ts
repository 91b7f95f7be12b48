import type { Language } from '#libs/kernel';
import { readAddress, type AddressWarning } from './address.js';
import { readCalendarDate } from './calendar-date.js';
import { unguardCell } from './formula-guard.js';
import type { ImportField } from './import-field.js';
import { LONGEST } from './journalist.js';
import { readLabels, type Label, type LabelKind } from './label.js';
import { readLineText, readParagraphs } from './line-text.js';
import type { ColumnMapping } from './mapping.js';
import { readingLanguage } from './reading-language.js';
import type { Rejection, RejectionReason } from './rejection.js';
import type { TableRow } from './table.js';
import { readZone } from './zone.js';

/** What one row says about a journalist; '' where it says nothing. */
export interface JournalistDraft {
  readonly row: TableRow;
  readonly canonical: string;
  readonly address: string;
  readonly warnings: readonly AddressWarning[];
  readonly name: string;
  readonly language: Language | '';
  readonly zone: string;
  readonly consentSource: string;
  readonly consentDate: string;
  readonly note: string;
  readonly outlets: readonly Label[];
  readonly beats: readonly Label[];
  readonly lists: readonly Label[];
}

type Cells = Readonly<Partial<Record<ImportField, string>>>;

/** Thrown and caught inside this file only, to leave a row at its first fault. */
class Fault extends Error {
  constructor(
    readonly field: ImportField,
    readonly reason: RejectionReason,
  ) {
    super(reason);
  }
}

/**
 * Reads the rows of one file.
 * @param chinese which script a cell means that says only "Chinese"; undefined rejects such rows
 */
export class RowReader {
  constructor(
    private readonly mapping: ColumnMapping,
    private readonly chinese: Language | undefined,
  ) {}

  /** A draft, or the first thing that is wrong with the row. */
  read(row: TableRow): JournalistDraft | Rejection {
    const cells = this.cellsOf(row);
    try {
      if (row.cells.slice(this.mapping.length).some((cell) => cell.trim() !== ''))
        throw new Fault('address', 'too-many-cells');
      return this.draftOf(row, cells);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return rejection(row, fault.field, fault.reason, cells[fault.field] ?? '');
    }
  }

  /** Whom the row is about, without reading the rest of it; undefined when the address is none. */
  addressOf(row: TableRow): string | undefined {
    const address = readAddress(this.cellsOf(row).address ?? '');
    return 'fault' in address ? undefined : address.canonical;
  }

  private cellsOf(row: TableRow): Cells {
    const cells: Partial<Record<ImportField, string>> = {};
    this.mapping.forEach((field, column) => {
      const cell = unguardCell(row.cells[column] ?? '');
      // several columns may hold outlets, beats, lists or notes
      if (field && cell !== '') cells[field] = cells[field] === undefined ? cell : `${cells[field]}\n${cell}`;
    });
    return cells;
  }

  private draftOf(row: TableRow, cells: Cells): JournalistDraft {
    for (const [field, cell] of Object.entries(cells) as [ImportField, string][]) {
      if (cell.includes('\ufffd')) throw new Fault(field, 'undecodable');
    }
    const address = readAddress(cells.address ?? '');
    if ('fault' in address) throw new Fault('address', `address-${address.fault}`);
    return {
      row,
      canonical: address.canonical,
      address: address.typed,
      warnings: address.warnings,
      name: personName(cells),
      language: this.language(cells.language ?? ''),
      zone: zone(cells.zone ?? ''),
      consentSource: line(cells, 'consentSource', LONGEST.consentSource),
      consentDate: consentDate(cells.consentDate ?? ''),
      note: note(cells),
      outlets: labels(cells, 'outlet'),
      beats: labels(cells, 'beat'),
      lists: labels(cells, 'lists'),
    };
  }

  private language(cell: string): Language | '' {
    if (cell.trim() === '') return '';
    const language = readingLanguage(cell.trim());
    if (language === 'ambiguous') {
      if (this.chinese) return this.chinese;
      throw new Fault('language', 'language-ambiguous');
    }
    if (language === undefined) throw new Fault('language', 'language-unknown');
    return language;
  }
}

/** Makes the record of a rejected row. */
export function rejection(row: TableRow, field: ImportField, reason: RejectionReason, cell: string): Rejection {
  // U+2400 and on are pictures of the control characters
  const visible = cell.replace(/[\0-\x1f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)));
  return { line: row.line, lastLine: row.lastLine, field, reason, value: visible.slice(0, 80) };
}

/** The name as one; family and given name join as their script wants: 陳大文, May Chan. */
function personName(cells: Cells): string {
  const whole = line(cells, 'name', LONGEST.name);
  if (whole !== '') return whole;
  const family = line(cells, 'familyName', LONGEST.name / 2);
  const given = line(cells, 'givenName', LONGEST.name / 2);
  return /\p{Script=Han}/u.test(family) ? `${family}${given}` : `${given} ${family}`.trim();
}

function line(cells: Cells, field: ImportField, mostCharacters: number): string {
  const read = readLineText(cells[field] ?? '', mostCharacters);
  if ('fault' in read) throw new Fault(field, read.fault);
  return read.value;
}

function note(cells: Cells): string {
  const read = readParagraphs(cells.note ?? '', LONGEST.note);
  if ('fault' in read) throw new Fault('note', read.fault);
  return read.value;
}

function labels(cells: Cells, kind: LabelKind): readonly Label[] {
  const read = readLabels(cells[kind] ?? '', kind);
  if ('fault' in read) throw new Fault(kind, read.fault);
  return read.labels;
}

function zone(cell: string): string {
  if (cell.trim() === '') return '';
  return readZone(cell.trim()) ?? fail('zone', 'zone-unknown');
}

function consentDate(cell: string): string {
  if (cell.trim() === '') return '';
  const date = readCalendarDate(cell.trim());
  if (date === 'ambiguous') throw new Fault('consentDate', 'date-ambiguous');
  return date ?? fail('consentDate', 'date-unknown');
}

function fail(field: ImportField, reason: RejectionReason): never {
  throw new Fault(field, reason);
}
