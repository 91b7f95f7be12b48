import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { AuditLog } from '#libs/audit';
import { liftIfOpen, StopButton } from '#libs/embargo';
import { Database, newId, type DeliveryId, type DistributionId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { castOfficers, editionIn, type Officers } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { moveEmbargo, scheduledRelease, seedDelivery, type SeededDelivery } from '../../../test/support/scheduled.js';
import { LedgerStore, type Settlement, type ShardKey } from './ledger.store.js';

const GRACE_SECONDS = 60;

describe('the ledger', () => {
  const ledger = new LedgerStore();
  let database: FreshDatabase;
  let owner: Database;
  let db: Database;
  let officers: Officers;
  let release: Release;
  let key: ShardKey;
  let mei: SeededDelivery;

  beforeAll(async () => {
    database = await freshDatabase();
    owner = await Database.open({ url: database.url });
    db = await Database.open({ url: database.url, role: 'dateline_app' });
    officers = await castOfficers(owner);
  });
  afterAll(async () => {
    await db?.close();
    await owner?.close();
    await database?.drop();
  });

  /** A release whose embargo has lifted, with one message to Mei that is ready in a shard that is due. */
  beforeEach(async () => {
    // a sweep is for the whole database: leave it nothing of the test before
    await owner.rows(`update shard set token = null, worker = null, lease_until = null, due_at = null`);
    await owner.rows(`delete from delivery_unknown`);
    release = await scheduledRelease(owner, officers, { editions: [editionIn('en')], assets: {} });
    await moveEmbargo(owner, release.id, -1);
    await owner.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, release.epoch));
    mei = await seed();
    const row = await owner.first<{ distribution: DistributionId }>(
      `update distribution set state = 'sending' where release_id = $1 returning id as distribution`,
      [release.id],
    );
    key = { organisation: release.organisation, distribution: row?.distribution as DistributionId, shard: 0 };
    await owner.rows(
      `insert into shard (organisation_id, distribution_id, shard, due_at) values ($1, $2, 0, '-infinity')`,
      [key.organisation, key.distribution],
    );
  });

  const seed = () => {
    const address = `mei.${newId()}@ming.example`;
    return seedDelivery(owner, release, {
      address,
      language: 'en',
      addressKey: createHash('sha256').update(address).digest(),
    });
  };
  const take = async (worker = 'worker-1') => (await ledger.take(db, key, worker)) ?? 'not taken';
  const opened = async (token: string, id: DeliveryId = mei.delivery) =>
    (await ledger.openDots(db, key.organisation, key.distribution, [{ id, token }])).has(id);
  const settle = (settlement: Omit<Settlement, 'id'>) =>
    ledger.settle(db, key.organisation, key.distribution, [{ id: mei.delivery, ...settlement }]);
  const stateOf = async (id: DeliveryId = mei.delivery) =>
    (await owner.first<{ state: string }>(`select state from delivery where id = $1`, [id]))?.state;
  const shard = () =>
    owner.first<{ token: string | null; due: unknown }>(
      `select token, due_at as due from shard where distribution_id = $1`,
      [key.distribution],
    );
  /** As if its worker had been silent for longer than a lease. */
  const fallSilent = () =>
    owner.rows(`update shard set lease_until = clock_timestamp() - interval '1 second' where token is not null`);
  const graceOver = () => owner.rows(`update delivery_unknown set since = since - interval '1 hour'`);
  const sweep = () => ledger.sweep(db, GRACE_SECONDS);

  describe('takes a shard', () => {
    test('for one worker at a time, and for the next as soon as the lease is over, with no sweep between', async () => {
      expect(await take()).toMatch(/^[0-9a-f-]{36}$/);
      expect(await take('worker-2')).toBe('not taken');
      // taking is no progress: what was only taken is still due
      expect((await shard())?.due).not.toBeNull();
      await fallSilent();
      expect(await take('worker-2')).toMatch(/^[0-9a-f-]{36}$/);
    });

    test('and what an older worker left past its dot is unknown, never sent again', async () => {
      expect(await opened(await take())).toBe(true);
      await fallSilent();
      await take('worker-2');
      expect(await stateOf()).toBe('unknown');
    });

    test('and whoever is suppressed since gets nothing', async () => {
      await owner.rows(`select suppress_address($1, $2, 'unsubscribed', '', 'test')`, [
        key.organisation,
        mei.addressKey,
      ]);
      await take();
      expect(await stateOf()).toBe('suppressed');
    });
  });

  describe('lets a dot go', () => {
    test('once, for the worker that holds the shard', async () => {
      const token = await take();
      expect(await opened(token)).toBe(true);
      expect(await opened(token)).toBe(false);
      expect(await stateOf()).toBe('dot_pending');
    });

    test('under no token but the present one of its shard', async () => {
      await take();
      expect(await opened(newId())).toBe(false);
      expect(await stateOf()).toBe('ready');
    });

    test('under no lease that is over, although nobody else has taken the shard', async () => {
      const token = await take();
      await fallSilent();
      expect(await opened(token)).toBe(false);
      expect(await stateOf()).toBe('ready');
    });

    test('while no stop button is pressed', async () => {
      const token = await take();
      const stop = new StopButton(new AuditLog());
      const scope = { release: release.id };
      await owner.transaction((tx) => stop.press(tx, officers.chen, scope, 'a figure is wrong'));
      expect(await opened(token)).toBe(false);
      await owner.transaction((tx) => stop.raise(tx, officers.chen, scope, 'it was right'));
      expect(await opened(token)).toBe(true);
    });

    test('of no distribution that was cancelled', async () => {
      const token = await take();
      await owner.rows(`update distribution set state = 'cancelled' where id = $1`, [key.distribution]);
      expect(await opened(token)).toBe(false);
    });

    test('of no row of another epoch than the one that was approved', async () => {
      const token = await take();
      await owner.rows(`update delivery set epoch = epoch + 1 where id = $1`, [mei.delivery]);
      expect(await opened(token).catch(() => false)).toBe(false);
      expect(await stateOf()).toBe('ready');
    });

    test('to nobody who was suppressed in the very last moment', async () => {
      const token = await take();
      await owner.rows(`select suppress_address($1, $2, 'unsubscribed', '', 'test')`, [
        key.organisation,
        mei.addressKey,
      ]);
      expect(await opened(token)).toBe(false);
      expect(await stateOf()).toBe('ready');
    });
  });

  describe('takes a verdict', () => {
    test('only under the token under which the dot left', async () => {
      await opened(await take());
      expect((await settle({ token: newId(), state: 'refused' })).size).toBe(0);
      expect(await stateOf()).toBe('dot_pending');
    });

    test('late, from the worker that sent it, though the row was given up meanwhile', async () => {
      const token = await take();
      await opened(token);
      await fallSilent();
      await sweep();
      expect(await stateOf()).toBe('unknown');
      expect((await settle({ token, state: 'accepted', code: 250, observedAt: new Date().toISOString() })).size).toBe(
        1,
      );
      expect(await stateOf()).toBe('accepted');
    });

    test('about a row before its dot only from whoever holds the shard', async () => {
      const token = await take();
      await fallSilent();
      await take('worker-2');
      expect((await settle({ token, state: 'refused' })).size).toBe(0);
      expect(await stateOf()).toBe('ready');
    });
  });

  describe('sweeps up behind a worker that fell silent', () => {
    test('so that its shard is free and due for others', async () => {
      await take();
      expect(await sweep()).toMatchObject({ freed: 0 });
      await fallSilent();
      expect(await sweep()).toEqual({ freed: 1, lost: 0, decided: 0 });
      expect(await shard()).toMatchObject({ token: null, due: -Infinity });
    });

    test('and says unknown of what was past its dot, not that it may go again', async () => {
      await opened(await take());
      await fallSilent();
      expect(await sweep()).toEqual({ freed: 1, lost: 1, decided: 0 });
      expect(await stateOf()).toBe('unknown');
    });

    test('and holds what is unknown after the grace, unless the release says that it should go again', async () => {
      await opened(await take());
      await fallSilent();
      await sweep();
      expect(await sweep()).toMatchObject({ decided: 0 });
      await graceOver();
      expect(await sweep()).toMatchObject({ decided: 1 });
      expect(await stateOf()).toBe('held');
      expect(await opened(await take('worker-2'))).toBe(false);
    });

    test('and makes it ready for one more copy where the release says so', async () => {
      await owner.rows(`update distribution set unknown_policy = 'resend' where id = $1`, [key.distribution]);
      await opened(await take());
      await fallSilent();
      await sweep();
      await graceOver();
      expect(await sweep()).toMatchObject({ decided: 1 });
      expect(await stateOf()).toBe('ready');
      expect(await opened(await take('worker-2'))).toBe(true);
    });
  });

  describe('takes back', () => {
    test('what has not left, and says so of nothing that has', async () => {
      const ann = await seed();
      const token = await take();
      await opened(token);
      const taken = await owner.transaction((tx) =>
        ledger.recallDistribution(tx, key.organisation, key.distribution, 'cancelled', 'release_cancelled'),
      );
      expect([taken, await stateOf(), await stateOf(ann.delivery)]).toEqual([1, 'dot_pending', 'cancelled']);
      expect(await opened(token, ann.delivery)).toBe(false);
    });
  });

  test('has no place for two messages of one distribution to one address', async () => {
    const again = owner.rows(
      `insert into delivery select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid()))).* from delivery d where id = $1`,
      [mei.delivery],
    );
    await expect(again).rejects.toThrow(/unique/);
  });

  test('tells every step of a delivery, in order, at the instant its row has', async () => {
    const token = await take();
    await opened(token);
    await settle({ token, state: 'accepted', code: 250, reply: '250 ok', observedAt: new Date().toISOString() });
    const events = await owner.rows<{ state: string; at: Date }>(
      `select state, at from delivery_event where delivery_id = $1 order by id`,
      [mei.delivery],
    );
    expect(events.map((event) => event.state)).toEqual(['dot_pending', 'accepted']);
    const row = await owner.first<{ at: Date }>(`select updated_at as at from delivery where id = $1`, [mei.delivery]);
    expect(events.at(-1)?.at).toEqual(row?.at);
  });
});
