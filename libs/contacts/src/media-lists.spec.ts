import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, type JournalistId, type MediaListId } from '#libs/kernel';
import { ContactsRoom, USUAL } from '../../../test/support/contacts-room.js';

let room: ContactsRoom;
beforeAll(async () => {
  room = await ContactsRoom.open();
});
afterAll(() => room?.close());
beforeEach(() => room.newOrganisation());

describe('MediaLists', () => {
  test('find by filter whoever fits now: any value within a facet, every facet', async () => {
    const press = await room.add('a@example.com', { language: 'en', outlets: ['Tide'], beats: ['arts'] });
    await room.add('b@example.com', { language: 'en', outlets: ['Ebb'], beats: ['arts'] });
    const hans = await room.add('c@example.com', { language: 'zh-Hans', outlets: ['Tide'], beats: ['film'] });
    await room.add('d@example.com', { language: 'zh-Hant', outlets: ['Tide'], beats: ['arts'] });
    const list = await room.act(async (tx) =>
      room.contacts.lists.createFilter(tx, room.ada, 'Tide abroad', {
        languages: ['en', 'zh-Hans'],
        outlets: await room.contacts.lists.idsOf(tx, room.organisation, 'outlet', ['TIDE']),
        beats: await room.contacts.lists.idsOf(tx, room.organisation, 'beat', ['arts', 'film']),
      }),
    );
    const members = async () =>
      (await room.contacts.resolveAudience(room.db, room.organisation, { lists: [list] })).map((one) => one.journalist);
    expect(await members()).toEqual([press, hans].sort());
    await room.act((tx) => room.contacts.journalists.edit(tx, room.ada, hans, { beats: ['sport'] }));
    expect(await members()).toEqual([press]);
  });

  test('refuse empty filters, unknown outlets, names that are taken, and picking for a filter', async () => {
    const id = await room.add('a@example.com');
    const create = (filter: object) => room.act((tx) => room.contacts.lists.createFilter(tx, room.ada, 'F', filter));
    await expect(create({})).rejects.toMatchObject({ code: 'contacts.list.filter-form' });
    await expect(create({ languages: ['fr'] })).rejects.toMatchObject({ code: 'contacts.list.filter-form' });
    await expect(create({ outlets: [newId()] })).rejects.toMatchObject({ code: 'contacts.outlet.unknown' });
    const filter = await create({ languages: ['en'] });
    await expect(room.act((tx) => room.contacts.lists.createPicked(tx, room.ada, ' f '))).rejects.toMatchObject({
      code: 'contacts.list.taken',
    });
    await expect(room.act((tx) => room.contacts.lists.pick(tx, room.ada, filter, [id]))).rejects.toMatchObject({
      code: 'contacts.list.filter',
    });
    await expect(
      room.db.rows(`insert into media_list_member (organisation_id, list_id, journalist_id) values ($1, $2, $3)`, [
        room.organisation,
        filter,
        id,
      ]),
    ).rejects.toThrow('foreign key');
  });

  test('take journalists on and off, never those of another organisation', async () => {
    const id = await room.add('a@example.com');
    const other = await room.stranger();
    const stranger = await room.act((tx) =>
      room.contacts.journalists.add(tx, other.ada, { ...USUAL, address: 'x@example.com' }),
    );
    const list = await room.act((tx) => room.contacts.lists.createPicked(tx, room.ada, 'Press'));
    expect(await room.act((tx) => room.contacts.lists.pick(tx, room.ada, list, [id, id, stranger]))).toBe(1);
    expect(await room.act((tx) => room.contacts.lists.pick(tx, room.ada, list, [id]))).toBe(0);
    expect(await room.act((tx) => room.contacts.lists.drop(tx, room.ada, list, [id, stranger]))).toBe(1);
    await expect(room.act((tx) => room.contacts.lists.pick(tx, other.ada, list, [stranger]))).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe('resolveAudience', () => {
  test('means everybody once, in order of id, however many lists they are on', async () => {
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd'])
      ids.push(await room.add(`${name}@example.com`, { name, outlets: ['Tide', 'Ebb'] }));
    const [one, two] = await room.act(
      async (tx) =>
        [
          await room.contacts.lists.createPicked(tx, room.ada, 'one'),
          await room.contacts.lists.createPicked(tx, room.ada, 'two'),
        ] as const,
    );
    const [a, b, c, d] = ids as [JournalistId, JournalistId, JournalistId, JournalistId];
    await room.act((tx) => room.contacts.lists.pick(tx, room.ada, one, [a, b]));
    await room.act((tx) => room.contacts.lists.pick(tx, room.ada, two, [b, c]));
    const audience = await room.contacts.resolveAudience(room.db, room.organisation, {
      lists: [one, two, one],
      include: [d, b],
      exclude: [c],
    });
    expect(audience.map((member) => member.journalist)).toEqual([a, b, d].sort());
    expect(audience[0]).toMatchObject({ outlet: 'Ebb', language: 'zh-Hant', suppressed: null });
    expect(audience[0]?.addressKey).toHaveLength(32);
  });

  test('shows suppressed ones with their reason, so that the count explains itself', async () => {
    const a = await room.add('a@example.com');
    await room.suppress('A@example.com');
    const audience = await room.contacts.resolveAudience(room.db, room.organisation, { lists: [], include: [a] });
    expect(audience).toMatchObject([{ canonicalAddress: 'a@example.com', suppressed: 'unsubscribed' }]);
  });

  test('does not go on when a list is gone, or belongs to somebody else', async () => {
    const other = await room.stranger();
    const theirs = await room.act((tx) => room.contacts.lists.createPicked(tx, other.ada, 'theirs'));
    for (const list of [newId<MediaListId>(), theirs]) {
      await expect(room.contacts.resolveAudience(room.db, room.organisation, { lists: [list] })).rejects.toMatchObject({
        code: 'contacts.list.unknown',
      });
    }
    await expect(
      room.contacts.resolveAudience(room.db, room.organisation, { lists: ['x' as MediaListId] }),
    ).rejects.toMatchObject({
      code: 'contacts.audience.form',
    });
  });
});
