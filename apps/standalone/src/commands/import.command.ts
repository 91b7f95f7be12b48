import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import {
  IMPORT_FIELDS,
  readTable,
  settleMapping,
  type ColumnMapping,
  type Delimiter,
  type ImportField,
  type ImportReport,
  type ImportRequest,
  type TablePreview,
} from '#libs/contacts';
import {
  ENCODINGS,
  type Encoding,
  isId,
  LANGUAGES,
  Problem,
  type Actor,
  type ImportBatchId,
  type Language,
} from '#libs/kernel';
import type { House } from '../house.js';
import { paint, say } from '../terminal.js';
import { AS, asOfficer, type CommandContext } from './context.js';
import { printPreview, printReport } from './import-report.js';

interface Options {
  readonly as?: string;
  readonly encoding?: Encoding;
  readonly delimiter?: Delimiter | 'tab';
  readonly sheet?: string;
  readonly map?: string[];
  readonly list?: string[];
  readonly zone?: string;
  readonly consentSource?: string;
  readonly consentDate?: string;
  readonly language?: Language;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Fields for --map: ${IMPORT_FIELDS.join(', ')}; or none, to leave a column out.

Look first, import then:
  $ dateline journalists import press-list.csv --dry-run
  $ dateline journalists import press-list.csv --list "Harbour desk" --consent-source "press club list 2026"

The Chinese looks wrong in the preview, or a column was taken for something else:
  $ dateline journalists import old.csv --encoding big5 --map "辦公室=address" "#4=none"

Take it all back:
  $ dateline journalists imports
  $ dateline journalists undo BATCH`;

export function addImporting(journalists: Command, context: CommandContext): void {
  journalists
    .command('import <file>')
    .description('import a media list (CSV or XLSX): shows how it was read, then what became of every row')
    .option('--dry-run', 'say exactly what would happen, and change nothing')
    .addOption(new Option('--encoding <encoding>', 'when the guess is wrong').choices(ENCODINGS))
    .addOption(new Option('--delimiter <character>', 'when the guess is wrong').choices([',', ';', '|', 'tab']))
    .option('--sheet <name>', 'of an XLSX file (default: the first)')
    .option('--map <column=field...>', 'when a column was taken for something else; a column by heading or #number')
    .option('--list <names...>', 'put every row on these media lists too; made when new')
    .option('--zone <zone>', 'for rows without a time zone (default: the organisation’s)')
    .addOption(new Option('--language <language>', 'for rows without a language').choices(LANGUAGES))
    .option('--consent-source <text>', 'for rows without one: where the consent of these people comes from')
    .option('--consent-date <date>', 'for rows without one: 2026-11-23')
    .option('--json', 'print one JSON document')
    .option(...AS)
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: Options) =>
      asOfficer(context, options.as, async (house, by) => {
        const report = await importFile(house, by, file, options);
        // a file of which nothing could be used is not what was asked for
        if (report.rowsIn > 0 && report.rejected === report.rowsIn) context.state.exitCode = 1;
      }),
    );
  addBatches(journalists, context);
}

async function importFile(house: House, by: Actor, file: string, options: Options): Promise<ImportReport> {
  const bytes = bytesOf(file);
  const table = await readTable(bytes, {
    fileName: basename(file),
    ...(options.encoding ? { encoding: options.encoding } : {}),
    ...(options.delimiter ? { delimiter: options.delimiter === 'tab' ? '\t' : options.delimiter } : {}),
    ...(options.sheet ? { sheet: options.sheet } : {}),
  });
  const corrections = (options.map ?? []).map(readCorrection);
  if (!options.json) printPreview(table, Object.fromEntries(corrections));
  const { zone } = await house.accounts.organisation(house.db, by.organisation);
  const request = requestOf(bytes, table, { ...options, zone: options.zone ?? zone }, corrections);
  if (
    !options.json &&
    !table.columns.some((_, at) => request.mapping[at] === 'consentSource') &&
    !options.consentSource
  )
    say.note(`No column says where the consent comes from; it is kept as "${request.defaults.consentSource}".`);
  const report = await house.db.transaction((tx) =>
    options.dryRun
      ? house.contacts.imports.plan(tx, by.organisation, request)
      : house.contacts.imports.run(tx, by, request),
  );
  clearProgress();
  if (options.json) say.line(JSON.stringify({ layout: table.layout, mapping: request.mapping, ...report }));
  else printReport(report, options.language);
  return report;
}

function requestOf(
  bytes: Buffer,
  table: TablePreview,
  options: Options & { readonly zone: string },
  corrections: readonly (readonly [string, ImportField | null])[],
): ImportRequest {
  return {
    bytes,
    table,
    mapping: settled(table, Object.fromEntries(corrections)),
    defaults: {
      zone: options.zone,
      consentSource: options.consentSource ?? `imported from ${table.fileName}`,
      ...(options.language ? { language: options.language } : {}),
      ...(options.consentDate ? { consentDate: options.consentDate } : {}),
    },
    ...(options.list ? { lists: options.list } : {}),
    progress: showProgress,
  };
}

function settled(table: TablePreview, corrections: Readonly<Record<string, ImportField | null>>): ColumnMapping {
  try {
    return settleMapping(table.columns, corrections);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'contacts.import.no-address-column') throw cause;
    const { code, message, remedy } = cause;
    const column = table.columns[0]?.heading || '#1';
    throw new Problem({
      code,
      field: 'address',
      message,
      remedy: `${remedy} For example: --map "${column}=address".`,
      cause,
    });
  }
}

function readCorrection(text: string): readonly [string, ImportField | null] {
  const at = text.lastIndexOf('=');
  const field = text.slice(at + 1).trim();
  const column = text.slice(0, at).trim();
  if (at > 0 && field === 'none') return [column, null];
  const known = IMPORT_FIELDS.find((one) => one.toLowerCase() === field.toLowerCase());
  if (at > 0 && known) return [column, known];
  throw new Problem({
    code: 'cli.map',
    field: '--map',
    message: `"${text}" is no column=field.`,
    remedy: `Write a heading or #number, an equals sign, and one of: ${IMPORT_FIELDS.join(', ')}, none.`,
  });
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Problem({
      code: 'file.unreadable',
      field: 'file',
      message: `${file} cannot be read.`,
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
}

/** On standard error, so that standard output stays a document. */
function showProgress(rows: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${paint('dim', `${rows} rows…`, process.stderr)}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
}

function addBatches(journalists: Command, context: CommandContext): void {
  journalists
    .command('imports')
    .description('list past imports, the latest first, with what became of their rows')
    .option('--json', 'print one JSON document')
    .option(...AS)
    .action((options: { as?: string; json?: boolean }) =>
      asOfficer(context, options.as, async (house, by) => {
        const batches = await house.contacts.imports.batches(house.db, by.organisation);
        if (options.json) return say.line(JSON.stringify(batches));
        if (batches.length === 0) return say.line('Nothing has been imported yet.');
        say.table(
          ['batch', 'when', 'file', 'rows', 'created', 'merged', 'unchanged', 'rejected', ''],
          batches.map((one) => [
            one.id,
            one.importedAt.toISOString().slice(0, 16).replace('T', ' '),
            one.fileName,
            ...[one.rowsIn, one.created, one.merged, one.unchanged, one.rejected].map(String),
            one.undoneAt ? 'undone' : '',
          ]),
        );
      }),
    );
  journalists
    .command('undo <batch>')
    .description('put everything back as it was before an import; who was edited since is left alone and named')
    .option(...AS)
    .action((batch: string, options: { as?: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        const id = batchNamed(batch);
        const undone = await house.db.transaction((tx) => house.contacts.imports.undo(tx, by, id));
        say.good(`${undone.removed} removed, ${undone.restored} as before`);
        for (const one of undone.kept) say.note(`left alone, edited since: ${one.name} <${one.address}>`);
      }),
    );
}

function batchNamed(text: string): ImportBatchId {
  if (isId(text)) return text as ImportBatchId;
  throw new Problem({
    code: 'cli.batch',
    field: 'batch',
    message: `"${text}" is no import batch.`,
    remedy: 'Copy it from "dateline journalists imports".',
  });
}
