import {
  describeRejection,
  type ColumnGuess,
  type ImportField,
  type ImportReport,
  type TableLayout,
  type TablePreview,
} from '#libs/contacts';
import type { Language } from '#libs/kernel';
import { columns, say } from '../terminal.js';

/** Below this a person should look at the sample before importing. */
const SURE = 0.9;
const SAMPLES = 3;
const SAMPLE_COLUMNS = 28;
const MOST_NAMES = 12;

/** How a file was read: format, encoding, what each column was taken for, and some of its cells. */
export function printPreview(table: TablePreview, corrections: Readonly<Record<string, ImportField | null>>): void {
  say.heading(table.fileName);
  say.line(describeLayout(table.layout));
  const heading = table.headingLine === null ? 'no headings' : `headings on line ${table.headingLine}`;
  const preamble = table.preamble.length > 0 ? `, ${table.preamble.length} lines above them left out` : '';
  say.line(`${heading}${preamble}`);
  say.table(
    ['column', 'heading', 'taken for', 'sure', 'first rows'],
    table.columns.map((guess, at) => [
      `#${at + 1}`,
      guess.heading,
      ...takenFor(guess, `#${at + 1}`, corrections),
      samplesOf(table, at),
    ]),
  );
  if (table.layout.format === 'csv' && table.layout.encoding.confidence < SURE)
    say.note('The encoding is a guess. If the text looks wrong, give the right one with --encoding.');
  if (table.unreadableRows > 0)
    say.note(`${table.unreadableRows} of the first rows hold characters that this encoding cannot read.`);
}

function samplesOf(table: TablePreview, column: number): string {
  const cells = table.sample.slice(0, SAMPLES).map((row) => short(row.cells[column] ?? ''));
  return cells.some((cell) => cell !== '') ? cells.join(' | ') : '';
}

function describeLayout(layout: TableLayout): string {
  if (layout.format === 'xlsx') {
    const others = layout.sheets.filter((sheet) => sheet !== layout.sheet);
    return `XLSX, sheet "${layout.sheet}"${others.length > 0 ? ` (others: ${others.join(', ')}; choose with --sheet)` : ''}`;
  }
  const { encoding, confidence, marked, alternatives } = layout.encoding;
  const delimiter = layout.delimiter === '\t' ? 'tab' : layout.delimiter;
  const [next] = alternatives;
  const sure = marked ? 'by its byte order mark' : `${percent(confidence)} sure`;
  const orElse = next && next.confidence >= 0.01 ? `, else ${next.encoding} ${percent(next.confidence)}` : '';
  return `CSV, ${encoding} (${sure}${orElse}), cells apart by "${delimiter}"`;
}

function takenFor(
  guess: ColumnGuess,
  place: string,
  corrections: Readonly<Record<string, ImportField | null>>,
): [string, string] {
  const corrected = [guess.heading.trim(), place].find((name) => name in corrections);
  if (corrected !== undefined) return [corrections[corrected] ?? '(left out)', 'as told'];
  if (guess.field === null) return ['(left out)', ''];
  // a field that was given to another column leaves the one it was guessed for
  if (Object.values(corrections).includes(guess.field)) return ['(left out)', 'as told'];
  return [guess.field, percent(guess.confidence)];
}

/** What became of every row; the numbers add up and stand last, where a long list of rejections does not hide them. */
export function printReport(report: ImportReport, fallback: Language | undefined): void {
  say.line();
  for (const rejection of report.rejections) {
    const value = rejection.value === '' ? '' : ` “${rejection.value}”`;
    say.bad(`${describeRejection(rejection, 'en')}${value}`);
  }
  if (fallback === undefined && report.rejections.some((one) => one.reason === 'language-missing'))
    say.line('  Rows without a language can be given one: --language zh-Hant');
  for (const { line, address } of report.plusTags)
    say.note(`Line ${line}: ${address} has a plus tag and may be somebody who is on the lists without it.`);
  const { rowsIn, created, merged, unchanged, rejected, batch } = report;
  const sum = `${rowsIn} rows = ${created} created + ${merged} merged + ${unchanged} unchanged + ${rejected} rejected`;
  if (batch) say.good(sum);
  else say.note(`Dry run, nothing was saved. It would be: ${sum}`);
  if (report.suppressed > 0) say.line(`  ${report.suppressed} of these people are suppressed, and stay so`);
  for (const [what, names] of [
    ['new outlets', report.newOutlets],
    ['new beats', report.newBeats],
    ['new media lists', report.newLists],
  ] as const) {
    if (names.length > 0) say.line(`  ${what}: ${some(names)}`);
  }
  if (batch) say.line(`  batch ${batch}; take it all back with: dateline journalists undo ${batch}`);
}

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

/** One line, not wider than a column of the table, without what a terminal would obey. */
function short(cell: string): string {
  const line = cell.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  if (columns(line) <= SAMPLE_COLUMNS) return line;
  let cut = '';
  for (const char of line) {
    if (columns(cut + char) > SAMPLE_COLUMNS - 1) break;
    cut += char;
  }
  return `${cut}…`;
}

function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}
