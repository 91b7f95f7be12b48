import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PressNode } from '#libs/documents';
import { instantAt } from '#libs/embargo';
import type { Actor, Language, MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { writeZip } from '../../libs/documents/fixtures/write-zip.mjs';
import { editionIn } from '../support/cast.js';
import { dateline, expectRefusal, type CommandRun } from '../support/cli.js';
import { World } from '../support/world.js';

let world: World;
let folder: string;
let everybody: MediaListId;
let before: string;

beforeAll(async () => {
  world = await World.start();
  folder = mkdtempSync(join(tmpdir(), 'dateline-bad-input-'));
  everybody = await world.journalists(4);
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** As Ada on the story's database, unless somebody else is named. */
function officer(args: readonly string[], who = 'ada'): Promise<CommandRun> {
  return dateline(args, {
    DATABASE_URL: world.settings.text('DATABASE_URL'),
    DATELINE_DATA: world.settings.text('DATELINE_DATA'),
    DATELINE_AS: `${who}@clear-harbour.example.org`,
  });
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const KEPT = ['release', 'release_version', 'embargo', 'approval', 'asset', 'journalist', 'media_list', 'import_batch'];

/** Everything an officer could have changed, as text. */
async function saved(): Promise<string> {
  const tables = await Promise.all(
    [...KEPT, 'suppression', 'audit_line'].map(async (table) => [
      table,
      await world.owner.first(
        `select count(*)::int as rows, md5(string_agg(t::text, '|' order by t::text)) as all from ${table} t`,
      ),
    ]),
  );
  return JSON.stringify(tables, undefined, 1);
}

/** Whatever a test prepares, it calls this before the command that is refused. */
async function remember(): Promise<void> {
  before = await saved();
}
beforeEach(remember);
afterEach(async () => {
  expect(await saved()).toBe(before);
});

describe('a release file', () => {
  const DOCX = readFileSync('libs/documents/fixtures/word-styles.zh-Hant.docx');

  test.each([
    ['noise.txt', Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 97 + (at >> 2)) % 256))],
    ['undecodable.txt', Buffer.from([0x48, 0xff, 0xff, 0xff, 0xfe, 0x48])],
    ['scan.txt', Buffer.from('%PDF-1.7 …')],
    ['empty.txt', Buffer.alloc(0)],
    ['cut.docx', DOCX.subarray(0, DOCX.length - 40)],
    ['bomb.docx', writeZip({ 'word/document.xml': '<w:document/>', 'word/media/a.png': Buffer.alloc(50_000_000) })],
  ])('that is no release is refused: %s', async (name, content) => {
    expectRefusal(await officer(['release', 'import', file(name, content)]), 'file', /\w/, /\w{3}/);
  });

  test('that is not there, or stands for a language that another has, is named', async () => {
    expectRefusal(await officer(['release', 'import', join(folder, 'none.txt')]), 'none', /cannot be read/, /path/);
    const fixture = readFileSync('libs/documents/fixtures/very-short.en.txt');
    const [one, two] = [file('one.txt', fixture), file('two.txt', fixture)];
    expectRefusal(
      await officer(['release', 'import', one, two]),
      'two.txt',
      /both read as en/,
      /one file per language/,
    );
  });
});

describe('a list of journalists', () => {
  test('without an address column shows how it was read, and how to say which column it is', async () => {
    const run = await officer(['journalists', 'import', file('names.csv', 'Name,Outlet\nMei,Echo\n')]);
    expectRefusal(run, 'address', /No column holds e-mail addresses/, /--map "Name=address"/);
    expect(run.out).toContain('Outlet');
  });

  test('that is no list, or unpacks to a hundred times its size, is refused', async () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 97 + (at >> 2)) % 256));
    const cut = Buffer.concat([Buffer.from('PK\x03\x04'), noise]);
    const [binary, broken] = await Promise.all([
      officer(['journalists', 'import', file('noise.csv', noise)]),
      officer(['journalists', 'import', file('broken.xlsx', cut)]),
    ]);
    expectRefusal(binary, 'file', /binary/, /CSV/);
    expectRefusal(broken, 'file', /\w/, /\w{3}/);
    const sheet = { 'xl/workbook.xml': '<workbook/>', 'xl/worksheets/sheet1.xml': Buffer.alloc(20_000_000, 32) };
    expectRefusal(await officer(['journalists', 'import', file('bomb.xlsx', writeZip(sheet))]), 'file', /\w/, /\w{3}/);
  });

  test('in which every address would inject a header saves nobody, and names line, field and reason', async () => {
    const rows = ['"eve@x.example\r\nBcc: all@x.example"', '"eve@x.example, all@x.example"', '"""eve@x""@y.example"'];
    const path = file('injection.csv', `E-mail,Language\r\n${rows.map((row) => `${row},en`).join('\r\n')}\r\n`);
    const run = await officer(['journalists', 'import', path, '--dry-run']);
    expect(run.out).toContain('3 rows = 0 created + 0 merged + 0 unchanged + 3 rejected');
    expect(run.out).toMatch(/Line 2–3 · E-mail: The address holds a line break/);
    expect(run.out).toMatch(/Line 4 · E-mail: The address holds a comma/);
    expect(run.out).toMatch(/Line 5 · E-mail: The address holds a quotation mark/);
    expect(run.code).toBe(1);
  });

  test('takes no such address by hand either, nor a name that would', async () => {
    const add = (address: string, name: string) =>
      officer(['journalists', 'add', address, '--name', name, '--language', 'en', '--consent-source', 'a card']);
    const [address, name] = await Promise.all([
      add('eve@x.example\r\nBcc: all@x.example', 'Eve'),
      add('eve@x.example', 'Eve\r\nBcc: all@x.example'),
    ]);
    expectRefusal(address, 'address', /line break/, /one line/);
    expectRefusal(name, 'name', /"name"/, /one line/);
  });
});

describe('a release on its way to approval', () => {
  async function draft(
    languages: readonly Language[],
    change: (parts: readonly PressNode[]) => readonly PressNode[] = (parts) => parts,
    by: Actor = world.cast.ada,
  ): Promise<Release> {
    const release = await world.db.transaction(async (tx) => {
      const editions = languages.map((language) => editionIn(language));
      const content = { editions: editions.map((one) => ({ ...one, content: change(one.content) })), assets: {} };
      const made = await world.desk.write(tx, by, content);
      await world.releases.chooseAudience(tx, by, made.id, { lists: [everybody] });
      await world.desk.setEmbargo(tx, by, made.id, instantAt(Date.now() + 3_600_000, 'Asia/Hong_Kong'));
      return world.releases.get(tx, by.organisation, made.id);
    });
    await remember();
    return release;
  }

  test.each([
    ['headline', 'headline'],
    ['dateline', 'dateline'],
    ['paragraph', 'body'],
    ['mediaContact', 'media contact'],
  ])('without its %s is not submitted', async (type, field) => {
    const release = await draft(['zh-Hant', 'en'], (parts) => parts.filter((part) => part.type !== type));
    expectRefusal(await officer(['release', 'submit', release.number]), field, /has no/, /\w{3}/);
  });

  test('takes no T that has passed, has no known zone, does not exist or happens twice', async () => {
    const { number } = await draft(['zh-Hant', 'en']);
    const embargo = (at: string, ...zone: string[]) => officer(['release', 'embargo', number, '--at', at, ...zone]);
    const [past, mars, gap, twice, nonsense] = await Promise.all([
      embargo('2020-01-01 09:00'),
      embargo('2027-01-01 09:00', '--zone', 'Mars/Olympus'),
      embargo('2027-03-28 01:30', '--zone', 'Europe/London'),
      embargo('2027-10-31 01:30', '--zone', 'Europe/London'),
      embargo('next Tuesday'),
    ]);
    expectRefusal(past, 'embargo', /has passed/, /lies ahead/);
    expectRefusal(mars, 'zone', /Mars\/Olympus/, /Asia\/Hong_Kong/);
    expectRefusal(gap, 'time', /does not exist/, /2027-03-28T00:59\+00:00.*2027-03-28T02:00\+01:00/);
    expectRefusal(twice, 'offset', /happens twice/, /2027-10-31T01:30\+01:00.*2027-10-31T01:30\+00:00/);
    expectRefusal(nonsense, 'time', /next Tuesday/, /\w{3}/);
  });

  test('is not submitted to nobody, nor to readers of a language it has no edition in', async () => {
    const inOneLanguage = await draft(['en']);
    const missing = await officer(['release', 'submit', inOneLanguage.number]);
    expectRefusal(missing, 'edition zh-Hant', /2 of its recipients read zh-Hant/, /Add that edition/);
    const { ada } = world.cast;
    await world.db.transaction(async (tx) => {
      const empty = await world.contacts.lists.createPicked(tx, ada, 'nobody yet');
      await world.releases.chooseAudience(tx, ada, inOneLanguage.id, { lists: [empty] });
    });
    await remember();
    expectRefusal(await officer(['release', 'submit', inOneLanguage.number]), 'audience', /to nobody/, /media lists/);
  });

  test('is not approved by its author, nor by who may not approve, nor scheduled before it is approved', async () => {
    const dan = await world.db.transaction((tx) =>
      world.accounts.addOfficer(tx, world.cast.organisation.id, {
        name: 'Dan',
        address: 'dan@clear-harbour.example.org',
        roles: ['author', 'approver', 'releaser'],
      }),
    );
    const release = await draft(['zh-Hant', 'en'], undefined, dan);
    await world.db.transaction((tx) => world.desk.submit(tx, dan, release.id));
    await remember();
    const { number } = release;
    const [own, ada, early] = await Promise.all([
      officer(['release', 'approve', number], 'dan'),
      officer(['release', 'approve', number], 'ada'),
      officer(['release', 'schedule', number], 'chen'),
    ]);
    expectRefusal(own, 'approver', /\w/, /another/i);
    expectRefusal(ada, 'officer', /role "approver"/, /Ask an officer/);
    expectRefusal(early, 'state', /\w/, /\w{3}/);
  });

  test('is asked for by a number that exists, by an officer who exists', async () => {
    expectRefusal(await officer(['release', 'submit', 'REL-1999-0001']), 'release', /REL-1999-0001/, /\w{3}/);
    expectRefusal(await officer(['releases'], 'nobody'), 'officer', /no officer/, /dateline officers/);
  });
});

test('words that make no command end with code 2 and the way to --help', async () => {
  const runs = await Promise.all([
    officer(['relase']),
    officer(['journalists', 'import', 'x.csv', '--encoding', 'latin1']),
    officer(['suppress', 'a@x.example', '--reason', 'dislike']),
  ]);
  for (const run of runs) {
    expect(run).toMatchObject({ code: 2, err: expect.stringMatching(/--help/) });
  }
});
