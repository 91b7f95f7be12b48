import { afterEach, describe, expect, test } from '@jest/globals';
import { LaneViews } from '#libs/delivery';
import { Alarms } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { dateline } from '../support/cli.js';
import type { Rule } from '../support/sink.script.js';
import { until, World } from '../support/world.js';

/** One of the seven domains that a World's journalists work at: 20 of 140. */
const TROUBLED = 'outlet-3.example.com';
/** Two for each of a worker's four connections: one on the wire, one whose envelope leaves with its dot. */
const IN_HAND = 8;
/** A lane cools half a minute at the least: whoever waited for another's would be later than this. */
const LANE_WAITS_MS = 30_000;
const throttles: Rule = {
  phase: 'rcpt',
  to: `@${TROUBLED}`,
  answer: { code: 421, text: '4.7.28 Too many messages from you, slow down', then: 'fin' },
};
const refusesUs: Rule = {
  phase: 'dot',
  to: `@${TROUBLED}`,
  answer: { code: 550, text: '5.7.26 This mail has been blocked because the sender is unauthenticated' },
};

describe('one domain never delays another', () => {
  let world: World;
  afterEach(() => world?.stop());

  async function leaves(script: readonly Rule[]): Promise<{ release: Release; liftsAt: number }> {
    world = await World.start({ sink: { capture: 'raw', script } });
    const release = await world.scheduled(await world.journalists(140));
    await world.work();
    await world.work();
    return { release, liftsAt: await world.leavesIn(release, 1_000) };
  }

  const standing = async () =>
    (await new Alarms().standing(world.db))
      .filter(({ code }) => code.startsWith('smtp.'))
      .map(({ code, subject }) => ({ code, subject }));

  /** What ops do once the domain is itself again. */
  async function open(): Promise<string> {
    world.sink.script([]);
    const told = {
      DATABASE_URL: world.settings.text('DATABASE_URL'),
      DATELINE_AS: `${world.cast.organisation.slug}/chen@clear-harbour.example.org`,
      NO_COLOR: '1',
    };
    const listed = await dateline(['lanes'], told);
    expect(listed).toMatchObject({ code: 0, err: '', out: expect.stringMatching(new RegExp(`${TROUBLED} +held`)) });
    const opened = await dateline(['lanes', 'open', TROUBLED, '--reason', 'the domain is itself again'], told);
    expect(opened).toMatchObject({ code: 0, err: '' });
    return opened.out;
  }

  test('a domain that throttles us is left alone after a few messages; everybody else gets theirs on time', async () => {
    const { release, liftsAt } = await leaves([throttles]);
    await until('everybody else', async () => (await world.counts(release)).accepted === 120);
    const late = world.sink.messages.map((message) => message.at - liftsAt).sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(0);
    expect(late.at(-1)).toBeLessThan(LANE_WAITS_MS / 2);
    await until('a lane that both workers know', async () => (await new LaneViews(world.db).list()).length === 1);
    expect(await new LaneViews(world.db).list()).toMatchObject([
      { lane: TROUBLED, state: 'held', kind: 'throttled', reply: expect.stringContaining('4.7.28') },
    ]);
    // put off in the database, so that no worker comes for them before their time
    await until('nobody hammering', async () => {
      const row = await world.db.first<{ n: number }>(
        `select count(*)::int as n from delivery where state in ('ready', 'deferred') and next_at > clock_timestamp() + interval '5 s'`,
      );
      return row?.n === 20;
    });
    // throttling is no alarm: it passes by itself
    expect(await standing()).toEqual([]);
    const { ready = 0, deferred = 0 } = await world.counts(release);
    expect(ready + deferred).toBe(20);
    // those that were in hand when the first was sent away, and no more
    expect(deferred).toBeGreaterThan(0);
    expect(deferred).toBeLessThanOrEqual(IN_HAND);

    expect(await open()).toContain(`${TROUBLED} is open; ${ready} message`);
    await until('those that were not tried', async () => (await world.counts(release)).accepted === 120 + ready);
    // move the data, not the clock: the wait of those that were tried is over
    await world.owner.rows(`update delivery set next_at = clock_timestamp() where state = 'deferred'`);
    await world.owner.rows(`update shard set due_at = clock_timestamp() where due_at is not null`);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(await world.counts(release)).toEqual({ accepted: 140 });
    expect(new Set(world.sink.messages.map((message) => message.to)).size).toBe(140);
  });

  test('a domain that refuses us raises one alarm and touches no contact; everybody else gets theirs on time', async () => {
    const contacts = () => world.db.rows(`select * from journalist order by id`);
    const { release, liftsAt } = await leaves([refusesUs]);
    const before = await contacts();
    await until('everybody else', async () => (await world.counts(release)).accepted === 120);
    for (const message of world.sink.messages) expect(message.at - liftsAt).toBeLessThan(LANE_WAITS_MS / 2);
    await until('an alarm', async () => (await standing()).length > 0);
    expect(await standing()).toEqual([{ code: 'smtp.domain', subject: TROUBLED }]);
    const [alarm] = await new Alarms().standing(world.db);
    expect(alarm?.says).toMatch(/5\.7\.26.*dateline lanes open outlet-3\.example\.com/s);
    await until('nothing on the wire', async () => (await world.counts(release)).ready === 20);
    expect(world.sink.dots - 120).toBeLessThanOrEqual(IN_HAND);
    expect(await contacts()).toEqual(before);
    expect(await world.db.rows(`select from suppression`)).toEqual([]);

    await open();
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(await world.counts(release)).toEqual({ accepted: 140 });
    expect(new Set(world.sink.messages.map((message) => message.to)).size).toBe(140);
    expect(await standing()).toEqual([]);
    await until('a ledger bound into the chain', async () => (await world.verify()).faults.length === 0);
  });
});
