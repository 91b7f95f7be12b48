import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { until, World } from '../support/world.js';

describe('provable', () => {
  let world: World;
  afterEach(() => world?.stop());

  async function sent(): Promise<void> {
    world = await World.start();
    const release = await world.scheduled(await world.journalists(24));
    await world.work();
    await world.leavesIn(release, 500);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    await until('a sealed ledger', async () => {
      const { events, sealed } = await world.verify();
      return events === sealed;
    });
  }

  test('the ledger says of each recipient exactly what the mail server saw, to the byte', async () => {
    await sent();
    const ledger = await world.db.rows<{ id: string; address: string; sha256: Buffer }>(
      `select id, canonical_address as address, message_sha256 as sha256 from delivery where state = 'accepted'`,
    );
    expect(ledger.map((row) => row.address).sort()).toEqual(world.sink.messages.map((message) => message.to).sort());
    for (const message of world.sink.messages) {
      const row = ledger.find((one) => one.address === message.to);
      expect(message.messageId).toContain(row?.id ?? 'no row');
      expect(
        createHash('sha256')
          .update(message.raw ?? '')
          .digest(),
      ).toEqual(row?.sha256);
    }
    const report = await world.verify();
    expect(report).toMatchObject({ faults: [], deliveries: 24 });
    expect(report.events).toBe(24 * 3);
  });

  const FORGERIES: readonly { readonly what: string; readonly sql: string; readonly table?: string }[] = [
    {
      what: 'an accepted row turned refused',
      sql: `update delivery set state = 'refused' where id = (select id from delivery limit 1)`,
    },
    {
      what: 'an event reworded',
      table: 'delivery_event',
      sql: `update delivery_event set body = replace(body, '"code":250', '"code":251') where state = 'accepted'`,
    },
    {
      what: 'an event removed',
      table: 'delivery_event',
      sql: `delete from delivery_event where id = (select min(id) + 5 from delivery_event)`,
    },
    {
      what: 'two events swapped',
      table: 'delivery_event',
      sql: `update delivery_event e set body = o.body from delivery_event o
             where e.id = (select min(id) from delivery_event) and o.id = (select max(id) from delivery_event)`,
    },
    {
      what: 'an audit line edited',
      table: 'audit_line',
      sql: `update audit_line set body = replace(body, 'officer', 'process') where seq = 3`,
    },
    { what: 'an audit line removed', table: 'audit_line', sql: `delete from audit_line where seq = 4` },
    {
      what: 'a seal removed',
      table: 'ledger_seal',
      sql: `delete from ledger_seal where last_id = (select max(last_id) from ledger_seal)`,
    },
  ];

  test('finds every forgery, and raises no false alarm', async () => {
    await sent();
    expect((await world.verify()).faults).toEqual([]);
    for (const forgery of FORGERIES) {
      const trigger = forgery.table ? `${forgery.table}_append_only` : undefined;
      await world.owner
        .transaction(async (tx) => {
          if (trigger) await tx.rows(`alter table ${forgery.table} disable trigger ${trigger}`);
          expect(await tx.run(forgery.sql)).toBeGreaterThan(0);
          if (trigger) await tx.rows(`alter table ${forgery.table} enable trigger ${trigger}`);
          const { LedgerVerify } = await import('#libs/delivery');
          const report = await new LedgerVerify(world.owner).within(tx, world.cast.organisation.id);
          expect([forgery.what, report.faults.length > 0]).toEqual([forgery.what, true]);
          throw new Error('undo');
        })
        .catch((error: unknown) => {
          if ((error as Error).message !== 'undo') throw error;
        });
    }
    expect((await world.verify()).faults).toEqual([]);
  });

  test('a chain cut off at its end is found by a head that was kept elsewhere', async () => {
    await sent();
    const { head } = await world.verify();
    const [seq = '0', hash = ''] = head.split(':');
    await world.owner.rows(`alter table audit_line disable trigger audit_line_append_only`);
    await world.owner.rows(`alter table ledger_seal disable trigger ledger_seal_append_only`);
    await world.owner.rows(`delete from audit_line where seq = $1`, [seq]);
    await world.owner.rows(`delete from ledger_seal where audit_seq = $1`, [seq]);
    const { LedgerVerify } = await import('#libs/delivery');
    const report = await new LedgerVerify(world.db).run(world.cast.organisation.id, [
      { seq: Number(seq), hash: Buffer.from(hash, 'hex') },
    ]);
    expect(report.faults).toContainEqual(expect.objectContaining({ what: 'truncated' }));
  });
});
