import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ContactsRoom, MEDIA_LIST, USUAL } from '../../../test/support/contacts-room.js';
import { exportJournalists } from './export.views.js';

let room: ContactsRoom;
beforeAll(async () => {
  room = await ContactsRoom.open();
});
afterAll(() => room?.close());
beforeEach(() => room.newOrganisation());

describe('exportJournalists', () => {
  async function exported(filter = {}): Promise<string> {
    let text = '';
    for await (const piece of exportJournalists(room.db, room.organisation, 'zh-Hant', filter)) text += piece;
    return text;
  }

  test('comes back through an import as it was, whatever stands in it', async () => {
    await room.import(MEDIA_LIST);
    for (const [address, name, note] of [
      ['-dash@example.com', '=HYPERLINK("http://x")', '@cmd\n+1'],
      ['+852@example.com', "'=quoted", 'a "quoted" word, and\n\nlines'],
      ["'t.hooft@example.com", "'t Hooft", '\t'],
    ] as const) {
      await room.act((tx) =>
        room.contacts.journalists.add(tx, room.ada, {
          ...USUAL,
          address,
          name,
          note,
          outlets: ['Guardian, The', '=Ebb'],
        }),
      );
    }
    const text = await exported();
    expect(text.startsWith('\ufeff"電郵","姓名"')).toBe(true);
    const before = await room.everything();
    expect(await room.import(text)).toMatchObject({ rowsIn: 5, unchanged: 5, rejected: 0 });
    expect(await room.everything()).toBe(before);
  });

  test('has no cell that a spreadsheet program would run', async () => {
    await room.act((tx) =>
      room.contacts.journalists.add(tx, room.ada, {
        ...USUAL,
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
    await room.import(MEDIA_LIST);
    await room.act((tx) =>
      room.contacts.suppressions.suppress(tx, room.organisation, 'may@example.com', { reason: 'complained', by: 'x' }),
    );
    expect(await exported({ suppressed: true })).toMatch(/"may@example\.com".*"complained"/);
  });
});
