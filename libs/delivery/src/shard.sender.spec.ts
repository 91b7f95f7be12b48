import { describe, expect, test } from '@jest/globals';
import type { ClockWatch } from '#libs/embargo';
import {
  newId,
  openLog,
  systemClock,
  type Database,
  type DeliveryId,
  type DistributionId,
  type OrganisationId,
} from '#libs/kernel';
import { readLaneRules } from './lane.rules.js';
import type { LaneStore } from './lane.store.js';
import { Lanes } from './lanes.js';
import type { DistributionRow, LedgerStore, Settlement, Waiting } from './ledger.store.js';
import { buildSkeleton } from './mime.js';
import { packPieces } from './pieces.js';
import { placeOf, Sealing } from './sealed.js';
import { Sending, type SendingTools } from './sending.js';
import { ShardSender } from './shard.sender.js';
import type { Gate } from './session.smtp.js';
import type { Relay } from './relay.port.js';
import type { Verdict } from './verdict.js';

const accepted: Verdict = { word: 'accepted', code: 250, reply: '250 ok' };
const stopped: Verdict = { word: 'stopped', phase: 'body', why: 'The gate is closed.' };

/** A shard of three messages over a ledger and a relay that are played; what left and what was settled is noted. */
function shardOf(
  played: {
    /** What the ledger opens of the rows asked for; all when not given. */
    readonly opens?: (id: DeliveryId) => boolean;
    readonly send?: (gate: Gate) => Promise<Verdict>;
    readonly trusted?: boolean;
  } = {},
) {
  const key = { organisation: newId<OrganisationId>(), distribution: newId<DistributionId>(), shard: 0 };
  const sealing = new Sealing(Buffer.alloc(32, 7));
  const pieces = (id: DeliveryId) =>
    sealing.seal(
      packPieces({ head: Buffer.from(`Message-ID: <${id}>\r\n`), values: [] }),
      placeOf(key.organisation, key.distribution, id),
    );
  const rows = Array.from({ length: 3 }, (_, n): Waiting => {
    const id = newId<DeliveryId>();
    return { id, address: `r${n}@outlet-${n}.example`, language: 'en', attempts: 0, pieces: pieces(id) };
  });
  const left: string[] = [];
  const settled: Settlement[] = [];
  const ledger: Partial<LedgerStore> = {
    openDots: async (_db, _organisation, _distribution, asked) =>
      new Set(asked.map(({ id }) => id).filter((id) => played.opens?.(id) ?? true)),
    settle: async (_db, _organisation, _distribution, group) => {
      settled.push(...group);
      return new Set(group.map(({ id }) => id));
    },
    waiting: async () => [],
    stillWaiting: async () => new Set(rows.map(({ id }) => id)),
    mayLeave: async () => true,
  };
  const relay: Partial<Relay> = {
    room: async () => undefined,
    giveRoomBack: () => undefined,
    send: async (message, gate) => {
      const verdict = played.send ? await played.send(gate) : (await gate()) ? accepted : stopped;
      if (verdict.word === 'accepted') left.push(message.to);
      return verdict;
    },
  };
  const lost = new AbortController();
  const tools: SendingTools = {
    db: {} as Database,
    ledger: ledger as LedgerStore,
    leases: undefined as unknown as SendingTools['leases'],
    sealing,
    clock: systemClock,
    watch: { trusted: () => played.trusted ?? true, databaseNow: () => systemClock.now() } as ClockWatch,
    relay: relay as Relay,
    lanes: new Lanes({ connections: 4, clock: systemClock, rules: readLaneRules('') }),
    laneStore: { postpone: async () => undefined } as unknown as LaneStore,
    lane: { name: 'relay.example', connections: 4 },
    log: openLog('test', 'silent'),
    worker: 'worker-1',
  };
  const distribution = { ...key, id: key.distribution, liftsAt: new Date() } as unknown as DistributionRow;
  const letter = {
    subject: 'News',
    from: { name: 'Desk', address: 'desk@press.example' },
    date: 0,
    language: 'en',
    html: '<p>News</p>',
    text: 'News',
    slots: [],
  } as const;
  const sending = new Sending(tools, distribution, new Map([['en', buildSkeleton(letter)]]));
  const lease = { key, token: newId(), lost: lost.signal };
  const run = (which = rows) => new ShardSender(tools, sending, lease, new AbortController().signal).run(which);
  const states = () =>
    Object.fromEntries(settled.map(({ id, state }) => [rows.findIndex((row) => row.id === id), state]));
  return { rows, run, left, states, settled, lost };
}

describe('the sender of a shard', () => {
  test('sends what the ledger opens, each once', async () => {
    const { run, left, states, rows } = shardOf();
    expect(await run()).toMatchObject({ end: 'drained' });
    expect(left.sort()).toEqual(rows.map((row) => row.address));
    expect(states()).toEqual({ 0: 'accepted', 1: 'accepted', 2: 'accepted' });
  });

  test('lets no dot go of a row that the ledger did not open', async () => {
    const { run, left, states } = shardOf({ opens: () => false });
    await run();
    expect(left).toEqual([]);
    expect(Object.values(states())).not.toContain('accepted');
  });

  test('begins nothing when its shard went to another worker', async () => {
    const { run, left, settled, lost } = shardOf();
    lost.abort();
    await run();
    expect([left, settled]).toEqual([[], []]);
  });

  test('begins nothing while this machine’s clock and the database’s differ', async () => {
    const { run, left } = shardOf({ trusted: false });
    await run();
    expect(left).toEqual([]);
  });

  test('says unknown, and not that it may go again, where an error of our own hides whether it left', async () => {
    const { run, states } = shardOf({ send: () => Promise.reject(new TypeError('a bug of ours')) });
    await run();
    expect(states()).toEqual({ 0: 'unknown', 1: 'unknown', 2: 'unknown' });
  });

  test('ends a message that was changed in the database, and sends the others', async () => {
    const { run, rows, left, states } = shardOf();
    // Mei's pieces in the place of somebody else's
    const [mei, ann, bob] = rows;
    await run([mei!, { ...ann!, pieces: mei!.pieces }, bob!]);
    expect(left.sort()).toEqual([mei!.address, bob!.address]);
    expect(states()).toEqual({ 0: 'accepted', 1: 'refused', 2: 'accepted' });
  });

  test('puts off what a recipient’s server asks to wait for, for a minute at least, and goes on', async () => {
    const wait: Verdict = {
      word: 'deferred',
      phase: 'rcpt',
      whose: 'recipient',
      why: 'greylisted',
      code: 450,
      reply: '450',
    };
    const { run, settled } = shardOf({ send: async () => wait });
    expect(await run()).toMatchObject({ end: 'drained' });
    expect(settled.map(({ state }) => state)).toEqual(['deferred', 'deferred', 'deferred']);
    for (const { waitMs } of settled) expect(waitMs).toBeGreaterThanOrEqual(60_000);
  });
});
