import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Assets } from '#libs/assets';
import { Alarms, Links, openLog, Secrets, systemClock, type Clock } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { World } from '../../../test/support/world.js';
import { dkimKeyFrom } from './dkim.identity.js';
import { DistributionStore } from './distribution.store.js';
import { Letters } from './letters.js';
import { Prepare } from './prepare.js';
import { Sealing } from './sealed.js';

const SHARDS = 3;

describe('a preparation', () => {
  let world: World;
  let release: Release;
  let distribution: string;

  /** Nine recipients in three shards, planned and not prepared. */
  beforeEach(async () => {
    world = await World.start();
    release = await world.scheduled(await world.journalists(9));
    distribution = await world.db.transaction(async (tx) => {
      const id = await new DistributionStore().plan(tx, release, 1n);
      const by = { kind: 'process', organisation: release.organisation, name: 'ticker' } as const;
      const fact = { type: 'release.preparing', epoch: release.epoch } as const;
      await world.releases.move(tx, by, release, 'preparing', fact);
      return id ?? '';
    });
    await world.owner.rows(`update delivery set shard = position % ${SHARDS}`);
    await world.owner.rows(`update distribution set shards = ${SHARDS}`);
    await world.owner.rows(
      `insert into shard (organisation_id, distribution_id, shard, due_at)
       select organisation_id, distribution_id, n, due_at from shard, generate_series(1, ${SHARDS - 1}) n`,
    );
  });
  afterEach(() => world.stop());

  function prepare(clock: Clock, signal = new AbortController().signal) {
    const { settings, db, accounts, releases } = world;
    const newsroomUrl = settings.text('NEWSROOM_URL');
    const tools = {
      db,
      clock,
      log: openLog('test', 'silent'),
      alarms: new Alarms(),
      links: new Links(Secrets.from(settings)),
      newsroomUrl,
      dkim: dkimKeyFrom(settings),
      sealing: Sealing.from(settings),
    };
    const letters = new Letters(accounts, releases, Assets.from(settings), newsroomUrl);
    return new Prepare(tools, releases, letters).run({ distribution, epoch: release.epoch }, signal);
  }

  const messages = () =>
    world.owner.rows<{ id: string; sha256: string }>(
      `select d.id, encode(d.message_sha256, 'hex') as sha256
         from delivery d join delivery_message m on m.delivery_id = d.id where d.state = 'ready' order by d.id`,
    );

  test('that was interrupted is taken up where it stopped, and what was ready stays as it was', async () => {
    const interrupted = new AbortController();
    const clock = { ...systemClock, sleep: async () => interrupted.abort('closing') };
    expect(await prepare(clock, interrupted.signal)).toMatchObject({ word: 'snooze' });
    const before = await messages();
    expect(before).toHaveLength(9 / SHARDS);
    expect(await world.state(release.id)).toBe('preparing');
    expect(await prepare(systemClock)).toEqual({ word: 'done' });
    const after = await messages();
    expect(after).toHaveLength(9);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(await world.state(release.id)).toBe('prepared');
  });

  test('is not called done while another worker has rows of it in hand', async () => {
    await world.owner.transaction(async (tx) => {
      await tx.rows(`select from delivery where position = 4 for update`);
      await prepare(systemClock);
      expect(await world.state(release.id)).toBe('preparing');
    });
    await prepare(systemClock);
    expect(await messages()).toHaveLength(9);
    expect(await world.state(release.id)).toBe('prepared');
  });

  test('makes no message for somebody who was suppressed since the audience was frozen', async () => {
    const { ada } = world.cast;
    const address = await world.owner.first<{ it: string }>(`select canonical_address as it from delivery limit 1`);
    await world.db.transaction((tx) => world.desk.suppress(tx, ada, address?.it ?? '', { reason: 'unsubscribed' }));
    await prepare(systemClock);
    expect(await messages()).toHaveLength(8);
    expect(await world.counts(release)).toEqual({ ready: 8, suppressed: 1 });
  });
});
