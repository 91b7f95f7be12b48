import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import {
  LANGUAGES,
  Problem,
  type Actor,
  type JournalistId,
  type Language,
  type MediaListId,
  type Tx,
} from '#libs/kernel';
import type { House } from '../house.js';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands, type CommandContext } from './context.js';

interface AddOptions {
  readonly as?: string;
  readonly addresses?: string;
  readonly language?: Language[];
  readonly beat?: string[];
  readonly outlet?: string[];
}

const EXAMPLES = `
Picked by hand, one address per line; on a list that exists they are added:
  $ dateline list-add "Harbour desk" --addresses harbour.txt

Found anew each time it is used; within an option any value fits, and every option given must fit:
  $ dateline list-add "English, science" --language en --beat science health`;

export const listsCommands: AddCommands = (program, context) => {
  addShowing(program, context);
  program
    .command('list-add <name>')
    .description('make a media list: picked from a file of addresses, or found by language, beat and outlet')
    .option('--addresses <file>', 'one address per line; - reads standard input')
    .addOption(new Option('--language <languages...>', 'who reads one of these').choices(LANGUAGES))
    .option('--beat <names...>', 'who covers one of these')
    .option('--outlet <names...>', 'who works for one of these')
    .option(...AS)
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: AddOptions) =>
      asOfficer(context, options.as, async (house, by) => {
        const filtering = options.language ?? options.beat ?? options.outlet;
        if ((options.addresses === undefined) === (filtering === undefined)) throw pickedOrFound();
        const list = await house.db.transaction((tx) =>
          options.addresses === undefined
            ? makeFilter(house, tx, by, { name, ...options })
            : pickFrom(house, tx, by, { name, file: options.addresses }),
        );
        say.good(`"${name}": ${await describeMembers(house, by, list)}`);
      }),
    );
};

function addShowing(program: Command, context: CommandContext): void {
  program
    .command('lists')
    .description('list the media lists with how many are on each')
    .option('--json', 'print one JSON document')
    .option(...AS)
    .action((options: { as?: string; json?: boolean }) =>
      asOfficer(context, options.as, async (house, by) => {
        const lists = await house.contacts.lists.all(house.db, by.organisation);
        const rows = [];
        for (const { id, name, kind } of lists) rows.push({ id, name, kind, ...(await membersOf(house, by, id)) });
        if (options.json) return say.line(JSON.stringify(rows));
        if (rows.length === 0) return say.line('No media lists yet. Make one: dateline list-add NAME …');
        say.table(
          ['name', 'kind', 'journalists', 'of them suppressed'],
          rows.map((row) => [row.name, row.kind, String(row.members), String(row.suppressed)]),
        );
      }),
    );
}

async function membersOf(house: House, by: Actor, list: MediaListId): Promise<{ members: number; suppressed: number }> {
  const members = await house.contacts.resolveAudience(house.db, by.organisation, { lists: [list] });
  return { members: members.length, suppressed: members.filter((one) => one.suppressed).length };
}

async function describeMembers(house: House, by: Actor, list: MediaListId): Promise<string> {
  const { members, suppressed } = await membersOf(house, by, list);
  return `${members} ${members === 1 ? 'journalist' : 'journalists'}${suppressed > 0 ? `, ${suppressed} of them suppressed` : ''}`;
}

async function makeFilter(
  house: House,
  tx: Tx,
  by: Actor,
  { name, language, beat, outlet }: AddOptions & { name: string },
): Promise<MediaListId> {
  const { lists } = house.contacts;
  return lists.createFilter(tx, by, name, {
    ...(language ? { languages: language } : {}),
    ...(beat ? { beats: await lists.idsOf(tx, by.organisation, 'beat', beat) } : {}),
    ...(outlet ? { outlets: await lists.idsOf(tx, by.organisation, 'outlet', outlet) } : {}),
  });
}

/** All of them or none: an address that nobody has is named, and nothing is changed. */
async function pickFrom(
  house: House,
  tx: Tx,
  by: Actor,
  { name, file }: { name: string; file: string },
): Promise<MediaListId> {
  const { lists, journalists } = house.contacts;
  const picked: JournalistId[] = [];
  for (const { line, address } of addressesIn(file)) {
    const found = await journalists.findByAddress(tx, by.organisation, address).catch((cause: unknown) => {
      throw onLine(line, cause);
    });
    if (!found) throw stranger(line, address);
    picked.push(found.id);
  }
  const known = await lists.findByName(tx, by.organisation, name);
  const list = known?.id ?? (await lists.createPicked(tx, by, name));
  await lists.pick(tx, by, list, picked);
  return list;
}

function addressesIn(file: string): { line: number; address: string }[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new Problem({
      code: 'file.unreadable',
      field: '--addresses',
      message: `${file} cannot be read.`,
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((address, at) => ({ line: at + 1, address: address.trim() }))
    .filter(({ address }) => address !== '');
}

function onLine(line: number, cause: unknown): unknown {
  if (!(cause instanceof Problem)) return cause;
  const { code, message, remedy } = cause;
  return new Problem({ code, field: `--addresses, line ${line}`, message, remedy, cause });
}

function stranger(line: number, address: string): Problem {
  return new Problem({
    code: 'cli.list.stranger',
    field: `--addresses, line ${line}`,
    message: `No journalist here has the address ${address}. Nothing was changed.`,
    remedy: 'Import or add that journalist first, or take the line out.',
  });
}

function pickedOrFound(): Problem {
  return new Problem({
    code: 'cli.list.kind',
    field: '--addresses',
    message: 'A media list is either picked from addresses or found by language, beat and outlet.',
    remedy: 'Give --addresses FILE, or one or more of --language, --beat and --outlet; not both.',
  });
}
