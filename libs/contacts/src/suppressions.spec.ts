import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ContactsRoom } from '../../../test/support/contacts-room.js';

let room: ContactsRoom;
beforeAll(async () => {
  room = await ContactsRoom.open();
});
afterAll(() => room?.close());
beforeEach(() => room.newOrganisation());

describe('Suppressions', () => {
  test('outlive removal, erasure, merging and coming back', async () => {
    const anna = await room.add('anna@example.com');
    await room.suppress('anna@example.com');
    await room.act((tx) => room.contacts.journalists.remove(tx, room.ada, anna));
    const again = await room.add('Anna@example.com');
    expect((await room.contacts.journalists.get(room.db, room.organisation, again)).suppressed).toBe('unsubscribed');
    const second = await room.add('anna.b@example.com');
    await room.act((tx) => room.contacts.journalists.merge(tx, room.ada, second, again));
    expect((await room.contacts.journalists.get(room.db, room.organisation, second)).suppressed).toBe('unsubscribed');
    await room.act((tx) => room.contacts.journalists.erase(tx, room.ada, second));
    expect(await room.contacts.suppressions.isSuppressed(room.db, room.organisation, 'anna@example.com')).toBe(true);
    expect(await room.contacts.suppressions.standing(room.db, room.organisation, 'ANNA.B@example.com')).toMatchObject({
      reason: 'erased',
      address: null,
    });
  });

  test('cannot be cleared, changed or invented by the app itself', async () => {
    await room.suppress('anna@example.com');
    for (const sql of [
      `delete from suppression`,
      `update suppression set reason = 'bounced'`,
      `truncate suppression`,
      `insert into suppression_lifted select organisation_id, address_key, reason, note, suppressed_at, suppressed_by, now(), 'x', 'x' from suppression`,
      `delete from suppression_lifted`,
    ]) {
      await expect(room.db.rows(sql)).rejects.toThrow('permission denied');
    }
    await room.act((tx) => room.contacts.suppressions.lift(tx, room.ada, 'anna@example.com', 'asked'));
    await expect(room.owner.rows(`delete from suppression_lifted`)).rejects.toThrow('append-only');
  });

  test('are lifted only as a recorded act, with the old one kept', async () => {
    await room.suppress('anna@example.com', 'bounced');
    await expect(
      room.act((tx) => room.contacts.suppressions.lift(tx, room.ada, 'anna@example.com', ' ')),
    ).rejects.toMatchObject({
      field: 'reason',
    });
    await room.act((tx) => room.contacts.suppressions.lift(tx, room.ada, 'Anna@example.com', 'mailbox works again'));
    expect(await room.contacts.suppressions.isSuppressed(room.db, room.organisation, 'anna@example.com')).toBe(false);
    const kept = await room.db.rows(
      `select reason, lifted_because from suppression_lifted where organisation_id = $1`,
      [room.organisation],
    );
    expect(kept).toEqual([{ reason: 'bounced', lifted_because: 'mailbox works again' }]);
    expect(await room.auditTypes()).toEqual(['contacts.suppression-lifted']);
    await expect(
      room.act((tx) => room.contacts.suppressions.lift(tx, room.ada, 'anna@example.com', 'again')),
    ).rejects.toMatchObject({
      status: 404,
    });
  });

  test('keep the stronger reason: a bounce does not hide that someone unsubscribed', async () => {
    expect((await room.suppress('anna@example.com', 'bounced')).wasFree).toBe(true);
    expect((await room.suppress('anna@example.com', 'unsubscribed')).wasFree).toBe(false);
    await room.suppress('anna@example.com', 'bounced');
    expect(await room.contacts.suppressions.standing(room.db, room.organisation, 'anna@example.com')).toMatchObject({
      reason: 'unsubscribed',
    });
    const history = await room.db.rows(
      `select reason, lifted_because from suppression_lifted where organisation_id = $1`,
      [room.organisation],
    );
    expect(history).toEqual([{ reason: 'bounced', lifted_because: 'replaced: unsubscribed' }]);
  });

  test('hold an address that nobody has yet, and come in pages', async () => {
    for (const name of ['a', 'b', 'c']) await room.suppress(`${name}@example.com`);
    const first = await room.contacts.suppressions.page(room.db, room.organisation, { limit: 2 });
    const rest = await room.contacts.suppressions.page(room.db, room.organisation, {
      limit: 2,
      after: first[1]?.addressKey ?? Buffer.alloc(0),
    });
    expect([first.length, rest.length]).toEqual([2, 1]);
    const late = await room.add('b@example.com');
    expect((await room.contacts.journalists.get(room.db, room.organisation, late)).suppressed).toBe('unsubscribed');
  });

  test('cannot be read or touched by the newsroom', async () => {
    const { addressKey } = await room.suppress('anna@example.com');
    const newsroom = await room.newsroom();
    try {
      for (const sql of [
        `select from suppression`,
        `select from journalist`,
        `delete from suppression`,
        `select lift_suppression('${room.organisation}', '\\x${addressKey.toString('hex')}', 'x', 'x')`,
        `select suppress_address('${room.organisation}', '\\x${addressKey.toString('hex')}', 'erased', '', 'x')`,
      ]) {
        await expect(newsroom.rows(sql)).rejects.toThrow('permission denied');
      }
    } finally {
      await newsroom.close();
    }
  });

  test('leave no address to read: a keyed hash, a reason and a date', async () => {
    await room.suppress('anna@example.com');
    const [row] = await room.owner.rows<{ text: string }>(
      `select s::text as text from suppression s where organisation_id = $1`,
      [room.organisation],
    );
    expect(row?.text).not.toContain('anna');
  });
});
