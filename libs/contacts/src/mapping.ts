import { Problem } from '#libs/kernel';
import { readAddress } from './address.js';
import { readCalendarDate } from './calendar-date.js';
import { fieldOfHeading, type ImportField } from './import-field.js';
import { readingLanguage } from './reading-language.js';
import type { TableRow } from './table.js';
import { readZone } from './zone.js';

/** What one column was taken for. */
export interface ColumnGuess {
  /** As it stands in the file; '' in a file without headings. */
  readonly heading: string;
  /** null: the column is left out. */
  readonly field: ImportField | null;
  /** 0 to 1; for a column that is left out, how sure nothing fits. */
  readonly confidence: number;
}

/** By column: what it means, null to leave it out. */
export type ColumnMapping = readonly (ImportField | null)[];

/** Several columns of these are joined; of the others only one may be mapped. */
const MANY = new Set<ImportField>(['outlet', 'beat', 'lists', 'note']);
const WEAKEST = 0.4;

/** Guesses every column from its heading, then from what its cells look like. The surest column gets a field. */
export function guessMapping(headings: readonly string[], sample: readonly TableRow[]): readonly ColumnGuess[] {
  const guesses = headings.map((heading, column) => {
    const cells = sample.map((row) => (row.cells[column] ?? '').trim()).filter((cell) => cell !== '');
    return { heading, ...surer(fieldOfHeading(heading), fieldOfCells(cells, heading), cells) };
  });
  const taken = new Set<ImportField>();
  const bySureness = guesses
    .map((_, column) => column)
    .sort((a, b) => (guesses[b]?.confidence ?? 0) - (guesses[a]?.confidence ?? 0));
  const result: ColumnGuess[] = guesses.map(({ heading }) => ({ heading, field: null, confidence: 0.5 }));
  for (const column of bySureness) {
    const guess = guesses[column];
    if (!guess?.field || guess.confidence < WEAKEST || taken.has(guess.field)) continue;
    taken.add(guess.field);
    result[column] = guess;
  }
  return result;
}

interface Guess {
  readonly field: ImportField | null;
  readonly confidence: number;
}

function surer(byHeading: Guess | undefined, byCells: Guess | undefined, cells: readonly string[]): Guess {
  // 郵箱編號 has the word for address in it and no address under it
  const empty = byHeading?.field === 'address' && byHeading.confidence < 0.9 && !cells.some(isAddress);
  const heading = empty ? undefined : byHeading;
  if (!heading || !byCells) return heading ?? byCells ?? { field: null, confidence: 0.5 };
  if (heading.field === byCells.field) return { field: heading.field, confidence: 0.4 + heading.confidence * 0.6 };
  return heading.confidence >= byCells.confidence ? heading : byCells;
}

function fieldOfCells(cells: readonly string[], heading: string): Guess | undefined {
  if (cells.length === 0) return undefined;
  const share = (fits: (cell: string) => boolean) => cells.filter(fits).length / cells.length;
  if (share(isAddress) >= 0.5) return { field: 'address', confidence: 0.5 + share(isAddress) * 0.4 };
  if (share((cell) => readingLanguage(cell) !== undefined) >= 0.8) return { field: 'language', confidence: 0.7 };
  if (share((cell) => readZone(cell) !== undefined) >= 0.8)
    return { field: 'zone', confidence: cells.some((c) => c.includes('/')) ? 0.9 : 0.45 };
  if (share((cell) => readCalendarDate(cell) !== undefined) >= 0.8) return { field: 'consentDate', confidence: 0.4 };
  // without a heading two to four Han characters are most often a person
  const isName = (cell: string) =>
    /^(?:\p{Script=Han}{2,4}|\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’.-]*){1,3})$/u.test(cell);
  return heading === '' && share(isName) >= 0.7 ? { field: 'name', confidence: WEAKEST } : undefined;
}

function isAddress(cell: string): boolean {
  return !('fault' in readAddress(cell));
}

/**
 * The guesses with a person's corrections.
 * @param corrections by heading, or by place written #1, #2, …: the field, or null to leave the column out
 * Throws a Problem when no such column exists, no column holds addresses, or two hold the same single-valued field.
 */
export function settleMapping(
  guesses: readonly ColumnGuess[],
  corrections: Readonly<Record<string, ImportField | null>> = {},
): ColumnMapping {
  const mapping: (ImportField | null)[] = guesses.map((guess) => guess.field);
  for (const [where, field] of Object.entries(corrections)) {
    const column = placeOf(where, guesses);
    // a field moved to another column leaves the guessed one
    if (field && !MANY.has(field)) mapping.forEach((other, at) => other === field && (mapping[at] = null));
    mapping[column] = field;
  }
  checkMapping(mapping, guesses);
  return mapping;
}

function placeOf(where: string, guesses: readonly ColumnGuess[]): number {
  const place = /^#(\d+)$/.exec(where)?.[1];
  const column = place ? Number(place) - 1 : guesses.findIndex((guess) => guess.heading.trim() === where.trim());
  if (column >= 0 && column < guesses.length) return column;
  throw new Problem({
    code: 'contacts.import.unknown-column',
    field: 'mapping',
    message: `The file has no column "${where}".`,
    remedy: `Use one of: ${headingsOf(guesses)}; or #1 to #${guesses.length}.`,
  });
}

function checkMapping(mapping: ColumnMapping, guesses: readonly ColumnGuess[]): void {
  if (!mapping.includes('address')) {
    throw new Problem({
      code: 'contacts.import.no-address-column',
      field: 'address',
      message: `No column holds e-mail addresses. Columns found: ${headingsOf(guesses)}.`,
      remedy:
        'Say which column holds them, or add one headed E-mail, 電郵 or 邮箱. If the headings look garbled, choose another encoding.',
    });
  }
  for (const field of mapping) {
    if (field === null || MANY.has(field) || mapping.indexOf(field) === mapping.lastIndexOf(field)) continue;
    throw new Problem({
      code: 'contacts.import.field-twice',
      field,
      message: `Two columns are both meant to be "${field}".`,
      remedy: 'Leave one of them out.',
    });
  }
}

function headingsOf(guesses: readonly ColumnGuess[]): string {
  return guesses.map((guess, column) => (guess.heading === '' ? `#${column + 1}` : guess.heading)).join(', ') || 'none';
}
