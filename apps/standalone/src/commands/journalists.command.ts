import { writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { exportJournalists, type JournalistFilter, type JournalistForm } from '#libs/contacts';
import { LANGUAGES, Problem, type Language } from '#libs/kernel';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands, type CommandContext } from './context.js';
import { addImporting } from './import.command.js';
import { listNamed } from './list-named.js';
import { wholeNumber } from './whole-number.js';

export const journalistsCommands: AddCommands = (program, context) => {
  const journalists = program
    .command('journalists')
    .description('the people you write to: import, undo an import, list, add, export');
  addImporting(journalists, context);
  addListing(journalists, context);
  addAdding(journalists, context);
  addExport(journalists, context);
};

interface FilterOptions {
  readonly as?: string;
  readonly search?: string;
  readonly language?: Language;
  readonly list?: string;
  readonly suppressed?: boolean;
}

function filtered(command: Command): Command {
  return command
    .option('--search <text>', 'part of a name, address or outlet')
    .addOption(new Option('--language <language>', 'only who reads this language').choices(LANGUAGES))
    .option('--list <name>', 'only members of this media list')
    .option('--suppressed', 'only those who must not get mail')
    .option(...AS);
}

function addListing(journalists: Command, context: CommandContext): void {
  filtered(journalists.command('list').description('list journalists in order of address'))
    .option('--limit <n>', 'how many at most', wholeNumber('--limit'), 100)
    .option('--json', 'print one JSON document')
    .action((options: FilterOptions & { limit: number; json?: boolean }) =>
      asOfficer(context, options.as, async (house, by) => {
        const filter = await filterOf(options, (name) => listNamed(house.contacts, house.db, by, name));
        const page = await house.contacts.page(house.db, by.organisation, filter, { limit: options.limit });
        if (options.json) return say.line(JSON.stringify(page.journalists));
        if (page.journalists.length === 0) return say.line('Nobody. Import a list: dateline journalists import FILE');
        say.table(
          ['address', 'name', 'outlet', 'language', 'lists', ''],
          page.journalists.map((one) => [
            one.address,
            one.name,
            one.outlets.join('; '),
            one.language,
            one.lists.join('; '),
            one.suppressed ? `suppressed: ${one.suppressed}` : '',
          ]),
        );
        if (page.next)
          say.note(`Only the first ${options.limit}; see more with --limit, or narrow them with --search.`);
      }),
    );
}

async function filterOf<Id>(
  options: FilterOptions,
  idOf: (name: string) => Promise<Id>,
): Promise<Omit<JournalistFilter, 'list'> & { list?: Id }> {
  return {
    ...(options.search ? { search: options.search } : {}),
    ...(options.language ? { language: options.language } : {}),
    ...(options.list ? { list: await idOf(options.list) } : {}),
    ...(options.suppressed ? { suppressed: true } : {}),
  };
}

interface AddOptions {
  readonly as?: string;
  readonly name: string;
  readonly language: Language;
  readonly zone?: string;
  readonly outlet?: string[];
  readonly beat?: string[];
  readonly consentSource: string;
  readonly consentDate?: string;
  readonly note?: string;
}

function addAdding(journalists: Command, context: CommandContext): void {
  journalists
    .command('add <address>')
    .description('add one journalist')
    .requiredOption('--name <name>', 'as it stands in the address line of a mail')
    .addOption(
      new Option('--language <language>', 'the edition this person reads').choices(LANGUAGES).makeOptionMandatory(),
    )
    .option('--zone <zone>', 'IANA zone where this person works (default: the organisation’s)')
    .option('--outlet <names...>', 'who this person works for')
    .option('--beat <names...>', 'what this person covers')
    .requiredOption('--consent-source <text>', 'where the consent comes from, for example "asked by mail"')
    .option('--consent-date <date>', '2026-11-23')
    .option('--note <text>', 'for officers only')
    .option(...AS)
    .action((address: string, options: AddOptions) =>
      asOfficer(context, options.as, async (house, by) => {
        const { zone } = await house.accounts.organisation(house.db, by.organisation);
        const form = formOf(address, options, zone);
        await house.db.transaction((tx) => house.contacts.journalists.add(tx, by, form));
        say.good(`${form.name} reads ${form.language}, ${form.zone}`);
        const suppressed = await house.contacts.suppressions.standing(house.db, by.organisation, address);
        if (suppressed) say.note(`This address is suppressed (${suppressed.reason}) and gets nothing.`);
      }),
    );
}

function formOf(address: string, options: AddOptions, zone: string): JournalistForm & { name: string } {
  return {
    address,
    name: options.name,
    language: options.language,
    zone: options.zone ?? zone,
    outlets: options.outlet ?? [],
    beats: options.beat ?? [],
    consentSource: options.consentSource,
    consentDate: options.consentDate ?? null,
    note: options.note ?? '',
  };
}

function addExport(journalists: Command, context: CommandContext): void {
  filtered(journalists.command('export <file>'))
    .description('write journalists as CSV (UTF-8, opens in Excel, comes back unchanged through an import)')
    .addOption(new Option('--headings <language>', 'language of the first line').choices(LANGUAGES).default('en'))
    .action((file: string, options: FilterOptions & { headings: Language }) =>
      asOfficer(context, options.as, async (house, by) => {
        const csv = await house.db.transaction(async (tx) => {
          const filter = await filterOf(options, (name) => listNamed(house.contacts, tx, by, name));
          const parts: string[] = [];
          for await (const part of exportJournalists(tx, by.organisation, options.headings, filter)) parts.push(part);
          return parts.join('');
        });
        writeNew(file, csv);
        say.good(
          `${file}: ${csv.split('\r\n').length - 2} journalists. It holds personal data; keep it where it is safe.`,
        );
      }),
    );
}

/** Readable by its owner only. Never over a file that is there. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new Problem({
      code: exists ? 'file.exists' : 'file.unwritable',
      field: file,
      message: exists ? `${file} exists already.` : `${file} cannot be written.`,
      remedy: exists ? 'Give another name, or move that file away first.' : 'Check the folder and its permissions.',
      cause,
    });
  }
}
