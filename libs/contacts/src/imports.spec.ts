import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { ContactsRoom, MEDIA_LIST, USUAL } from '../../../test/support/contacts-room.js';

let room: ContactsRoom;
beforeAll(async () => {
  room = await ContactsRoom.open();
});
afterAll(() => room?.close());
beforeEach(() => room.newOrganisation());

describe('Imports.run', () => {
  test('brings journalists with outlets, beats, lists, language and consent', async () => {
    const report = await room.import(iconv.encode(MEDIA_LIST, 'gb18030'));
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
    expect(await room.journalist('may@example.com')).toMatchObject({
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
    expect(await room.journalist('zhang@example.com')).toMatchObject({
      language: 'zh-Hans',
      consentDate: '2026-01-03',
    });
  });

  test('says of every rejected row the line, the field and the reason, and imports the rest', async () => {
    const report = await room.import(
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
    await room.import(MEDIA_LIST);
    const before = await room.everything();
    expect(await room.import(MEDIA_LIST)).toMatchObject({ rowsIn: 2, unchanged: 2, created: 0, merged: 0 });
    expect(await room.everything()).toBe(before);
  });

  test('merges into journalists it knows, and never lets an empty cell overwrite', async () => {
    await room.import(MEDIA_LIST);
    const report = await room.import(
      'E-mail,Name,Outlet,Language,Notes\nMAY@example.com,,Ebb,,\nzhang@example.com,张维维,,,\n',
    );
    expect(report).toMatchObject({ rowsIn: 2, merged: 2, created: 0 });
    expect(await room.journalist('may@example.com')).toMatchObject({
      name: '陳美',
      outlets: ['Ebb', '晚潮日報'],
      language: 'zh-Hant',
      note: '四時後,截稿',
    });
    expect(await room.journalist('zhang@example.com')).toMatchObject({ name: '张维维', language: 'zh-Hans' });
  });

  test('takes several rows of one address for one person, and tells of plus tags', async () => {
    const report = await room.import(
      'E-mail,Name,Outlet\na@example.com,Ann,Ebb\nA@Example.com,,Tide\na@example.com,Ann,\na+x@example.com,,\n',
    );
    expect(report).toMatchObject({
      rowsIn: 4,
      created: 2,
      merged: 1,
      unchanged: 1,
      plusTags: [{ line: 5, address: 'a+x@example.com' }],
    });
    expect(await room.journalist('a@example.com')).toMatchObject({ name: 'Ann', outlets: ['Ebb', 'Tide'] });
  });

  test('leaves suppressed people suppressed, and counts them', async () => {
    await room.act((tx) =>
      room.contacts.suppressions.suppress(tx, room.organisation, 'MAY@example.com', {
        reason: 'unsubscribed',
        by: 'x',
      }),
    );
    const report = await room.import(MEDIA_LIST + 'May@example.com,陳美美,,,,,,\n');
    expect(report).toMatchObject({ created: 2, merged: 1, suppressed: 1 });
    expect(await room.journalist('may@example.com')).toMatchObject({ suppressed: 'unsubscribed', name: '陳美美' });
    await room.undo(report.batch);
    expect(await room.contacts.suppressions.isSuppressed(room.db, room.organisation, 'may@example.com')).toBe(true);
  });

  test('puts every row on the lists it is told to, but on none that a filter finds', async () => {
    await room.import('E-mail\na@example.com\n', { lists: ['Launch'] });
    expect(await room.journalist('a@example.com')).toMatchObject({ lists: ['Launch'] });
    await room.act((tx) => room.contacts.lists.createFilter(tx, room.ada, 'English', { languages: ['en'] }));
    const report = await room.import('E-mail,Lists\nb@example.com,English\n');
    expect(report.rejections).toMatchObject([{ field: 'lists', reason: 'list-is-filter' }]);
  });

  test('rejects new journalists without a language when none is given for the file', async () => {
    const { language: _language, ...defaults } = USUAL;
    const report = await room.import('E-mail,Language\na@example.com,\nb@example.com,en\n', { defaults });
    expect(report.rejections).toMatchObject([{ line: 2, field: 'language', reason: 'language-missing' }]);
  });

  test('saves nothing when the file turns out to be broken half way', async () => {
    const before = await room.everything();
    const good = `E-mail,Name\n${Array.from({ length: 3_000 }, (_, n) => `a${n}@example.com,x`).join('\n')}\n`;
    await expect(room.import(`${good}b@example.com,"never closed\n`)).rejects.toMatchObject({
      code: 'contacts.import.csv',
      field: 'line 3002',
    });
    expect(await room.everything()).toBe(before);
    expect(await room.contacts.imports.batches(room.db, room.organisation)).toEqual([]);
  });

  test('refuses defaults that do not fit', async () => {
    await expect(room.import(MEDIA_LIST, { defaults: { ...USUAL, zone: 'UTC+8' } })).rejects.toMatchObject({
      field: 'zone',
    });
    await expect(room.import(MEDIA_LIST, { defaults: { ...USUAL, consentSource: '' } })).rejects.toMatchObject({
      field: 'consentSource',
    });
  });

  test('lets one import of an organisation run at a time', async () => {
    const wanted = await room.request(MEDIA_LIST);
    await room.act(async (tx) => {
      await room.contacts.imports.run(tx, room.ada, wanted);
      await expect(room.act((other) => room.contacts.imports.run(other, room.ada, wanted))).rejects.toMatchObject({
        code: 'contacts.import.busy',
      });
    });
  });

  test('tells the audit how many, never who', async () => {
    const { batch } = await room.import(MEDIA_LIST);
    const [line] = await room.db.rows<{ body: string }>(
      `select body from audit_line where organisation_id = $1 and subject = $2`,
      [room.organisation, `import:${batch}`],
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
        await room.newOrganisation();
        await room.import(first);
        const before = await room.everything();
        const wanted = await room.request(second);
        const planned = await room.act((tx) => room.contacts.imports.plan(tx, room.organisation, wanted));
        expect(await room.everything()).toBe(before);
        const done = await room.act((tx) => room.contacts.imports.run(tx, room.ada, wanted));
        expect({ ...planned, batch: null }).toEqual({ ...done, batch: null });
        expect(done.rowsIn).toBe(done.created + done.merged + done.unchanged + done.rejected);
      }),
      { numRuns: 15 },
    );
  });

  test('remembers addresses that come again thousands of rows later', async () => {
    const many = Array.from({ length: 2_500 }, (_, n) => `a${n}@example.com,`).join('\n');
    const wanted = await room.request(`E-mail,Name\n${many}\nA0@example.com,Ann\n`);
    const report = await room.act((tx) => room.contacts.imports.plan(tx, room.organisation, wanted));
    expect(report).toMatchObject({ rowsIn: 2_501, created: 2_500, merged: 1 });
  });
});
