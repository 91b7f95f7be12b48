import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { Database, Secrets, type Actor, type ImportBatchId, type OrganisationId, type Tx } from '#libs/kernel';
import { castOfficers } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { Contacts } from './contacts.js';
import { exportJournalists } from './export.views.js';
import type { ImportRequest } from './import-request.js';
import type { ImportReport } from './imports.store.js';
import { settleMapping } from './mapping.js';
import { readTable } from './table-preview.js';

const contacts = new Contacts(new Secrets(Buffer.alloc(32, 1)));
const DEFAULTS = { language: 'zh-Hant', zone: 'Asia/Hong_Kong', consentSource: 'press club' } as const;
let fresh: FreshDatabase;
let db: Database;
let ada: Actor;
let organisation: OrganisationId;
let slugs = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await Database.open({ url: fresh.url, role: 'dateline_app' });
});
afterAll(async () => {
  await db?.close();
  await fresh?.drop();
});
beforeEach(newOrganisation);

async function newOrganisation(): Promise<void> {
  const cast = await castOfficers(db, `house-${(slugs += 1)}`);
  ada = cast.ada;
  organisation = cast.organisation.id;
}

function act<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(work);
}

async function request(file: string | Buffer, more: Partial<ImportRequest> = {}): Promise<ImportRequest> {
  const bytes = Buffer.from(file);
  const table = await readTable(bytes, { fileName: 'list.csv' });
  return { bytes, table, mapping: settleMapping(table.columns), defaults: DEFAULTS, ...more };
}

async function run(file: string | Buffer, more: Partial<ImportRequest> = {}): Promise<ImportReport> {
  const wanted = await request(file, more);
  return act((tx) => contacts.imports.run(tx, ada, wanted));
}

function undo(batch: ImportBatchId | null) {
  if (!batch) throw new Error('a dry run has no batch');
  return act((tx) => contacts.imports.undo(tx, ada, batch));
}

/** Everything an import may touch, as text: two of these are equal when nothing has changed. */
async function everything(): Promise<string> {
  const tables = [
    'journalist',
    'outlet',
    'beat',
    'media_list',
    'journalist_outlet',
    'journalist_beat',
    'media_list_member',
    'suppression',
  ];
  const rows = await Promise.all(
    tables.map((table) =>
      db.rows<{ t: string }>(`select t::text as t from ${table} t where organisation_id = $1 order by 1`, [
        organisation,
      ]),
    ),
  );
  return JSON.stringify(rows);
}

async function journalist(address: string) {
  return contacts.journalists.findByAddress(db, organisation, address);
}

const LIST = `電郵,姓名,媒體,線口,語言,同意日期,名單,備註
may@example.com,陳美,晚潮日報,財經、科技,繁體中文,2026-01-02,港聞,"四時後,截稿"
zhang@example.com,张维,观点周刊,科技,简体,2026年1月3日,,
`;

describe('Imports.run', () => {
  test('brings journalists with outlets, beats, lists, language and consent', async () => {
    const report = await run(iconv.encode(LIST, 'gb18030'));
    expect(report).toMatchObject({
      rowsIn: 2,
      created: 2,
      merged: 0,
      unchanged: 0,
      rejected: 0,
      newOutlets: ['晚潮日報', '观点周刊'],
      newBeats: ['財經', '科技'],
      newLists: ['港聞'],
    });
    expect(await journalist('may@example.com')).toMatchObject({
      name: '陳美',
      outlets: ['晚潮日報'],
      beats: expect.arrayContaining(['財經', '科技']),
      lists: ['港聞'],
      language: 'zh-Hant',
      zone: 'Asia/Hong_Kong',
      consentSource: 'press club',
      consentDate: '2026-01-02',
      note: '四時後,截稿',
    });
    expect(await journalist('zhang@example.com')).toMatchObject({ language: 'zh-Hans', consentDate: '2026-01-03' });
  });

  test('says of every rejected row the line, the field and the reason, and imports the rest', async () => {
    const report = await run(
      `E-mail,Name,Language\na@example.com,Ann,en\n"b@example.com\r\nBcc: c@example.com",Bob,en\n,Cy,en\nd@example.com,Di,fr\ne@example.com,Ed,en,extra\n`,
    );
    expect(report).toMatchObject({ rowsIn: 5, created: 1, rejected: 4 });
    expect(report.rejections.map(({ line, lastLine, field, reason }) => [line, lastLine, field, reason])).toEqual([
      [3, 4, 'address', 'address-line-break'],
      [5, 5, 'address', 'address-empty'],
      [6, 6, 'language', 'language-unknown'],
      [7, 7, 'address', 'too-many-cells'],
    ]);
  });

  test('says the second time that nothing has changed', async () => {
    await run(LIST);
    const before = await everything();
    expect(await run(LIST)).toMatchObject({ rowsIn: 2, unchanged: 2, created: 0, merged: 0 });
    expect(await everything()).toBe(before);
  });

  test('merges into journalists it knows, and never lets an empty cell overwrite', async () => {
    await run(LIST);
    const report = await run(
      'E-mail,Name,Outlet,Language,Notes\nMAY@example.com,,Ebb,,\nzhang@example.com,张维维,,,\n',
    );
    expect(report).toMatchObject({ rowsIn: 2, merged: 2, created: 0 });
    expect(await journalist('may@example.com')).toMatchObject({
      name: '陳美',
      outlets: ['Ebb', '晚潮日報'],
      language: 'zh-Hant',
      note: '四時後,截稿',
    });
    expect(await journalist('zhang@example.com')).toMatchObject({ name: '张维维', language: 'zh-Hans' });
  });

  test('takes several rows of one address for one person, and tells of plus tags', async () => {
    const report = await run(
      'E-mail,Name,Outlet\na@example.com,Ann,Ebb\nA@Example.com,,Tide\na@example.com,Ann,\na+x@example.com,,\n',
    );
    expect(report).toMatchObject({
      rowsIn: 4,
      created: 2,
      merged: 1,
      unchanged: 1,
      plusTags: [{ line: 5, address: 'a+x@example.com' }],
    });
    expect(await journalist('a@example.com')).toMatchObject({ name: 'Ann', outlets: ['Ebb', 'Tide'] });
  });

  test('leaves suppressed people suppressed, and counts them', async () => {
    await act((tx) =>
      contacts.suppressions.suppress(tx, organisation, 'MAY@example.com', { reason: 'unsubscribed', by: 'x' }),
    );
    const report = await run(LIST + 'May@example.com,陳美美,,,,,,\n');
    expect(report).toMatchObject({ created: 2, merged: 1, suppressed: 1 });
    expect(await journalist('may@example.com')).toMatchObject({ suppressed: 'unsubscribed', name: '陳美美' });
    await undo(report.batch);
    expect(await contacts.suppressions.isSuppressed(db, organisation, 'may@example.com')).toBe(true);
  });

  test('puts every row on the lists it is told to, but on none that a filter finds', async () => {
    await run('E-mail\na@example.com\n', { lists: ['Launch'] });
    expect(await journalist('a@example.com')).toMatchObject({ lists: ['Launch'] });
    await act((tx) => contacts.lists.createFilter(tx, ada, 'English', { languages: ['en'] }));
    const report = await run('E-mail,Lists\nb@example.com,English\n');
    expect(report.rejections).toMatchObject([{ field: 'lists', reason: 'list-is-filter' }]);
  });

  test('rejects new journalists without a language when none is given for the file', async () => {
    const { language: _language, ...defaults } = DEFAULTS;
    const report = await run('E-mail,Language\na@example.com,\nb@example.com,en\n', { defaults });
    expect(report.rejections).toMatchObject([{ line: 2, field: 'language', reason: 'language-missing' }]);
  });

  test('saves nothing when the file turns out to be broken half way', async () => {
    const before = await everything();
    const good = `E-mail,Name\n${Array.from({ length: 3_000 }, (_, n) => `a${n}@example.com,x`).join('\n')}\n`;
    await expect(run(`${good}b@example.com,"never closed\n`)).rejects.toMatchObject({
      code: 'contacts.import.csv',
      field: 'line 3002',
    });
    expect(await everything()).toBe(before);
    expect(await contacts.imports.batches(db, organisation)).toEqual([]);
  });

  test('refuses defaults that do not fit', async () => {
    await expect(run(LIST, { defaults: { ...DEFAULTS, zone: 'UTC+8' } })).rejects.toMatchObject({ field: 'zone' });
    await expect(run(LIST, { defaults: { ...DEFAULTS, consentSource: '' } })).rejects.toMatchObject({
      field: 'consentSource',
    });
  });

  test('lets one import of an organisation run at a time', async () => {
    const wanted = await request(LIST);
    await act(async (tx) => {
      await contacts.imports.run(tx, ada, wanted);
      await expect(act((other) => contacts.imports.run(other, ada, wanted))).rejects.toMatchObject({
        code: 'contacts.import.busy',
      });
    });
  });

  test('tells the audit how many, never who', async () => {
    const { batch } = await run(LIST);
    const [line] = await db.rows<{ body: string }>(
      `select body from audit_line where organisation_id = $1 and subject = $2`,
      [organisation, `import:${batch}`],
    );
    expect(line?.body).toContain('"created": 2');
    expect(line?.body).not.toContain('example.com');
  });
});

describe('Imports.plan', () => {
  const cell = (...texts: string[]) => fc.constantFrom('', ...texts);
  const row = fc.tuple(
    fc.constantFrom('a@x.example', 'A@X.example', 'b@x.example', 'c+t@x.example', 'bad', 'd@x.example'),
    cell('Ann', 'Bob'),
    cell('Ebb', 'Tide', 'Ebb; Tide'),
    cell('en', '简体', '中文', 'fr'),
    cell('Launch', 'Press'),
  );
  const file = fc
    .array(row, { minLength: 1, maxLength: 12 })
    .map((rows) => ['E-mail,Name,Outlet,Language,Lists', ...rows.map((cells) => cells.join(','))].join('\n'));

  test('says exactly what the import then does, and changes nothing itself', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, async (first, second) => {
        await newOrganisation();
        await run(first);
        const before = await everything();
        const wanted = await request(second);
        const planned = await act((tx) => contacts.imports.plan(tx, organisation, wanted));
        expect(await everything()).toBe(before);
        const done = await act((tx) => contacts.imports.run(tx, ada, wanted));
        expect({ ...planned, batch: null }).toEqual({ ...done, batch: null });
        expect(done.rowsIn).toBe(done.created + done.merged + done.unchanged + done.rejected);
      }),
      { numRuns: 15 },
    );
  });

  test('remembers addresses that come again thousands of rows later', async () => {
    const many = Array.from({ length: 2_500 }, (_, n) => `a${n}@example.com,`).join('\n');
    const wanted = await request(`E-mail,Name\n${many}\nA0@example.com,Ann\n`);
    const report = await act((tx) => contacts.imports.plan(tx, organisation, wanted));
    expect(report).toMatchObject({ rowsIn: 2_501, created: 2_500, merged: 1 });
  });
});

describe('Imports.undo', () => {
  test('puts everything back exactly, batch after batch', async () => {
    const empty = await everything();
    const first = await run(LIST);
    const between = await everything();
    const second = await run('E-mail,Name,Outlet,Lists\nmay@example.com,May,Ebb,Launch\nnew@example.com,New,Tide,\n');
    expect(await undo(second.batch)).toMatchObject({ removed: 1, restored: 1, kept: [] });
    expect(await everything()).toBe(between);
    expect(await undo(first.batch)).toMatchObject({ removed: 2, restored: 0, kept: [] });
    expect(await everything()).toBe(empty);
  });

  test('leaves alone who was edited since, and says who', async () => {
    const { batch } = await run(LIST);
    const may = await journalist('may@example.com');
    await act((tx) => contacts.journalists.edit(tx, ada, may!.id, { note: 'now at another desk' }));
    const report = await undo(batch);
    expect(report).toMatchObject({
      removed: 1,
      kept: [{ journalist: may!.id, address: 'may@example.com', name: '陳美' }],
    });
    expect(await journalist('may@example.com')).toMatchObject({
      note: 'now at another desk',
      outlets: ['晚潮日報'],
      lists: ['港聞'],
    });
  });

  test('takes being put on a list by hand, or a later import, for an edit too', async () => {
    const { batch } = await run(LIST);
    await run('E-mail,Name\nzhang@example.com,张维维\n');
    const list = await act((tx) => contacts.lists.createPicked(tx, ada, 'By hand'));
    const may = await journalist('may@example.com');
    await act((tx) => contacts.lists.pick(tx, ada, list, [may!.id]));
    expect((await undo(batch)).kept.map((one) => one.address).sort()).toEqual(['may@example.com', 'zhang@example.com']);
  });

  test('keeps an outlet that a filter looks for', async () => {
    const { batch } = await run(LIST);
    await act(async (tx) =>
      contacts.lists.createFilter(tx, ada, 'Tide', {
        outlets: await contacts.lists.idsOf(tx, organisation, 'outlet', ['晚潮日報']),
      }),
    );
    await undo(batch);
    expect(await db.rows(`select name from outlet where organisation_id = $1`, [organisation])).toEqual([
      { name: '晚潮日報' },
    ]);
  });

  test('can be done once, and forgets what it needed to know', async () => {
    const { batch } = await run(LIST);
    await undo(batch);
    await expect(undo(batch)).rejects.toMatchObject({ code: 'contacts.import.nothing-to-undo' });
    expect(await db.rows(`select from import_change where organisation_id = $1`, [organisation])).toEqual([]);
    const [kept] = await contacts.imports.batches(db, organisation);
    expect(kept).toMatchObject({ id: batch, rowsIn: 2, created: 2, fileName: 'list.csv', undoneAt: expect.any(Date) });
  });

  test('does not bring back someone who was erased, nor any trace of them', async () => {
    const { batch } = await run(LIST);
    const may = await journalist('may@example.com');
    await act((tx) => contacts.journalists.erase(tx, ada, may!.id));
    const left = await db.rows(`select from import_change where organisation_id = $1 and after::text like '%may@%'`, [
      organisation,
    ]);
    expect(left).toEqual([]);
    expect(await undo(batch)).toMatchObject({ removed: 1, kept: [] });
    const again = await run(LIST);
    expect(again).toMatchObject({ created: 2, suppressed: 1 });
  });
});

describe('exportJournalists', () => {
  async function exported(filter = {}): Promise<string> {
    let text = '';
    for await (const piece of exportJournalists(db, organisation, 'zh-Hant', filter)) text += piece;
    return text;
  }

  test('comes back through an import as it was, whatever stands in it', async () => {
    await run(LIST);
    for (const [address, name, note] of [
      ['-dash@example.com', '=HYPERLINK("http://x")', '@cmd\n+1'],
      ['+852@example.com', "'=quoted", 'a "quoted" word, and\n\nlines'],
      ["'t.hooft@example.com", "'t Hooft", '\t'],
    ] as const) {
      await act((tx) =>
        contacts.journalists.add(tx, ada, { ...DEFAULTS, address, name, note, outlets: ['Guardian, The', '=Ebb'] }),
      );
    }
    const text = await exported();
    expect(text.startsWith('\ufeff"電郵","姓名"')).toBe(true);
    const before = await everything();
    expect(await run(text)).toMatchObject({ rowsIn: 5, unchanged: 5, rejected: 0 });
    expect(await everything()).toBe(before);
  });

  test('has no cell that a spreadsheet program would run', async () => {
    await act((tx) =>
      contacts.journalists.add(tx, ada, {
        ...DEFAULTS,
        address: '=1@example.com',
        name: '@SUM(A1)',
        note: '+1',
        outlets: ['-x'],
      }),
    );
    const cells = [...(await exported()).matchAll(/"((?:[^"]|"")*)"/g)].map((match) => match[1] ?? '');
    expect(cells.filter((one) => /^[=+\-@\t\r]/.test(one))).toEqual([]);
    expect(cells).toEqual(expect.arrayContaining(["'=1@example.com", "'@SUM(A1)", "'+1", "'-x"]));
  });

  test('shows who is suppressed', async () => {
    await run(LIST);
    await act((tx) =>
      contacts.suppressions.suppress(tx, organisation, 'may@example.com', { reason: 'complained', by: 'x' }),
    );
    expect(await exported({ suppressed: true })).toMatch(/"may@example\.com".*"complained"/);
  });
});
