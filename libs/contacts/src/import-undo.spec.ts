import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ContactsRoom, MEDIA_LIST } from '../../../test/support/contacts-room.js';

let room: ContactsRoom;
beforeAll(async () => {
  room = await ContactsRoom.open();
});
afterAll(() => room?.close());
beforeEach(() => room.newOrganisation());

describe('Imports.undo', () => {
  test('puts everything back exactly, batch after batch', async () => {
    const empty = await room.everything();
    const first = await room.import(MEDIA_LIST);
    const between = await room.everything();
    const second = await room.import(
      'E-mail,Name,Outlet,Lists\nmay@example.com,May,Ebb,Launch\nnew@example.com,New,Tide,\n',
    );
    expect(await room.undo(second.batch)).toMatchObject({ removed: 1, restored: 1, kept: [] });
    expect(await room.everything()).toBe(between);
    expect(await room.undo(first.batch)).toMatchObject({ removed: 2, restored: 0, kept: [] });
    expect(await room.everything()).toBe(empty);
  });

  test('leaves alone who was edited since, and says who', async () => {
    const { batch } = await room.import(MEDIA_LIST);
    const may = await room.journalist('may@example.com');
    await room.act((tx) => room.contacts.journalists.edit(tx, room.ada, may!.id, { note: 'now at another desk' }));
    const report = await room.undo(batch);
    expect(report).toMatchObject({
      removed: 1,
      kept: [{ journalist: may!.id, address: 'may@example.com', name: '陳美' }],
    });
    expect(await room.journalist('may@example.com')).toMatchObject({
      note: 'now at another desk',
      outlets: ['晚潮日報'],
      lists: ['港聞'],
    });
  });

  test('takes being put on a list by hand, or a later import, for an edit too', async () => {
    const { batch } = await room.import(MEDIA_LIST);
    await room.import('E-mail,Name\nzhang@example.com,张维维\n');
    const list = await room.act((tx) => room.contacts.lists.createPicked(tx, room.ada, 'By hand'));
    const may = await room.journalist('may@example.com');
    await room.act((tx) => room.contacts.lists.pick(tx, room.ada, list, [may!.id]));
    expect((await room.undo(batch)).kept.map((one) => one.address).sort()).toEqual([
      'may@example.com',
      'zhang@example.com',
    ]);
  });

  test('keeps an outlet that a filter looks for', async () => {
    const { batch } = await room.import(MEDIA_LIST);
    await room.act(async (tx) =>
      room.contacts.lists.createFilter(tx, room.ada, 'Tide', {
        outlets: await room.contacts.lists.idsOf(tx, room.organisation, 'outlet', ['晚潮日報']),
      }),
    );
    await room.undo(batch);
    expect(await room.db.rows(`select name from outlet where organisation_id = $1`, [room.organisation])).toEqual([
      { name: '晚潮日報' },
    ]);
  });

  test('can be done once, and forgets what it needed to know', async () => {
    const { batch } = await room.import(MEDIA_LIST);
    await room.undo(batch);
    await expect(room.undo(batch)).rejects.toMatchObject({ code: 'contacts.import.nothing-to-undo' });
    expect(await room.db.rows(`select from import_change where organisation_id = $1`, [room.organisation])).toEqual([]);
    const [kept] = await room.contacts.imports.batches(room.db, room.organisation);
    expect(kept).toMatchObject({ id: batch, rowsIn: 2, created: 2, fileName: 'list.csv', undoneAt: expect.any(Date) });
  });

  test('does not bring back someone who was erased, nor any trace of them', async () => {
    const { batch } = await room.import(MEDIA_LIST);
    const may = await room.journalist('may@example.com');
    await room.act((tx) => room.contacts.journalists.erase(tx, room.ada, may!.id));
    const left = await room.db.rows(
      `select from import_change where organisation_id = $1 and after::text like '%may@%'`,
      [room.organisation],
    );
    expect(left).toEqual([]);
    expect(await room.undo(batch)).toMatchObject({ removed: 1, kept: [] });
    const again = await room.import(MEDIA_LIST);
    expect(again).toMatchObject({ created: 2, suppressed: 1 });
  });
});
