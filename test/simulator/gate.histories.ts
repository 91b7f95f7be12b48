import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import type { DeliveryState, Settlement } from '#libs/delivery';
import { newId, type DeliveryId, type DistributionId, type OrganisationId } from '#libs/kernel';
import { whole, type GateRoom, type GateState } from './gate.room.js';
import { History } from './history.js';
import { MemoryFunctions } from './memory.functions.js';
import { ORGANISATION } from './memory.database.js';
import { emptyTables, type Tables } from './memory.tables.js';

const ORG = ORGANISATION as OrganisationId;
const START = Date.UTC(2026, 10, 24, 9, 0, 0);
const T = START + 60_000;
const ADDRESSES = ['a@one.example', 'b@one.example', 'c@two.example', 'd@two.example'];

/** The same history told to the real functions and to those in memory: the one is judged, and the other held to it. */
class Pair {
  readonly tables: Tables = emptyTables();
  readonly history = new History();
  readonly memory = new MemoryFunctions(
    () => this.tables,
    this.history,
    () => this.now,
  );
  now = START;
  /** Fencing tokens by the number of the taking: those of the real functions, and those in memory. */
  readonly tokens: { readonly real: string; readonly memory: string }[] = [];

  constructor(
    readonly room: GateRoom,
    policy: 'hold' | 'resend',
  ) {
    const [release, distribution] = [newId(), newId()];
    const approved = { epoch: 1, liftsAt: T };
    this.tables.releases.push({
      id: release,
      state: 'prepared',
      epoch: 1,
      liftsAt: T,
      approved,
      audience: ADDRESSES,
      policy,
    });
    this.tables.distributions.push({ id: distribution, release, epoch: 1, state: 'prepared', liftsAt: T, policy });
    this.history.scheduled(release, 1, T);
    ADDRESSES.forEach((address, position) => {
      const id = newId();
      const place = { shard: Math.floor(position / 2), position, address };
      this.history.plan({ delivery: id, release, epoch: 1, address, policy });
      this.tables.deliveries.push({
        ...{ id, distribution, release, epoch: 1, ...place },
        ...{ state: 'ready', token: null, attempts: 0, nextAt: null, unknownSince: null },
      });
    });
    for (const shard of [0, 1])
      this.tables.shards.push({ distribution, shard, dueAt: -Infinity, token: null, worker: null, leaseUntil: 0 });
  }

  get distribution(): DistributionId {
    return this.tables.distributions[0]?.id as DistributionId;
  }

  get release() {
    const row = this.tables.releases[0];
    if (!row) throw new Error('no release');
    return row;
  }

  async begin(): Promise<void> {
    await this.room.setClock(this.now);
    await this.room.reset(this.tables);
  }

  async pass(ms: number): Promise<void> {
    this.now += ms;
    await this.room.setClock(this.now);
  }

  async take(shard: number): Promise<void> {
    const real = await this.room.take(this.distribution, shard);
    const memory = this.memory.take(this.distribution, shard, 'worker');
    deepStrictEqual(real !== undefined, memory !== null, 'who may take the shard');
    if (real !== undefined && memory !== null) this.tokens.push({ real, memory });
  }

  /** As a worker does: lift, then ask for rows of any shard with any token there ever was. */
  async ask(rows: readonly number[], taking: number): Promise<void> {
    const token = this.token(taking);
    const ids = this.ids(rows);
    if (!token || !(await this.lifted())) return;
    const asked = ids.map((id) => ({ id, token: token.real }));
    const real = await this.room.ledger.openDots(this.room.db, ORG, this.distribution, asked);
    const memory = this.memory.openDots(
      this.distribution,
      ids,
      ids.map(() => token.memory),
    );
    deepStrictEqual([...real].sort(), memory.sort(), 'which dots may leave');
  }

  async settle(row: number, taking: number, state: DeliveryState): Promise<void> {
    const token = this.token(taking);
    const [id] = this.ids([row]);
    if (!token || !id) return;
    const waitMs = state === 'deferred' ? 60_000 : undefined;
    const verdict: Settlement = { id, token: token.real, state, reason: 'told', ...(waitMs ? { waitMs } : {}) };
    const real = await this.room.ledger.settle(this.room.db, ORG, this.distribution, [verdict]);
    const told = { id, token: token.memory, state, reason: 'told', wait_ms: waitMs ?? null };
    deepStrictEqual([...real], this.memory.settle(this.distribution, [told]), 'who takes a verdict');
  }

  async giveBack(shard: number, taking: number, pauseMs: number): Promise<void> {
    const token = this.token(taking);
    if (!token) return;
    const key = { organisation: ORG, distribution: this.distribution, shard };
    const due = await this.room.ledger.release(this.room.db, key, token.real, pauseMs);
    const memory = this.memory.release(this.distribution, shard, token.memory, pauseMs);
    deepStrictEqual(due?.getTime() ?? null, whole(memory), 'when to come again');
  }

  async renew(taking: number): Promise<void> {
    const token = this.token(taking);
    if (!token) return;
    const good = await this.room.ledger.renew(this.room.db, [token.real]);
    deepStrictEqual(good.size, this.memory.renew([token.memory]).length, 'whose lease is good');
  }

  async sweep(): Promise<void> {
    deepStrictEqual(await this.room.ledger.sweep(this.room.db, 60), this.memory.sweep(60), 'what was swept');
  }

  async optOut(n: number, recalled: boolean): Promise<void> {
    const address = ADDRESSES[n] ?? '';
    this.tables.suppressed.push({ address });
    this.history.suppress(address);
    await this.room.suppress(address);
    // without a recall, as by an import: the gate alone has to keep it back
    if (recalled)
      deepStrictEqual(
        await this.room.recallAddress(address),
        this.memory.recall(null, address, 'suppressed'),
        'recalled',
      );
  }

  async cancel(): Promise<void> {
    const { db, ledger } = this.room;
    const taken = await db.transaction(async (tx) => {
      await tx.run(`update distribution set state = 'cancelled'`);
      await tx.run(`update release set state = 'cancelled'`);
      return ledger.recallDistribution(tx, ORG, this.distribution, 'cancelled', 'told');
    });
    for (const one of this.tables.distributions) one.state = 'cancelled';
    this.release.state = 'cancelled';
    this.history.cancelled(this.release.id);
    deepStrictEqual(taken, this.memory.recall(this.distribution, null, 'cancelled'), 'how many were taken back');
  }

  async stop(pressed: boolean): Promise<void> {
    await this.room.db.rows(
      pressed
        ? `insert into stop_button (reason, pressed_by) values ('told', 'test')`
        : `update stop_button set raised_at = now(), raised_by = 'test' where raised_at is null`,
    );
    this.tables.stops = pressed ? [{ what: 'everything' }] : [];
    if (pressed) this.history.stop('everything');
    else this.history.raise();
  }

  async compare(): Promise<void> {
    const memory: GateState = {
      rows: this.tables.deliveries.map(({ id, state, attempts, nextAt }) => ({
        id,
        state,
        attempts,
        // only what waits has a next try; elsewhere the column says nothing
        nextAt: state === 'deferred' ? whole(nextAt) : null,
      })),
      shards: this.tables.shards.map(({ dueAt, token, leaseUntil }) => ({
        due: whole(dueAt),
        held: token !== null,
        until: token === null ? null : whole(leaseUntil),
      })),
    };
    const real = await this.room.state();
    const rows = real.rows.map((row) => ({ ...row, nextAt: row.state === 'deferred' ? row.nextAt : null }));
    deepStrictEqual({ ...real, rows }, memory);
    if (this.history.broken.length > 0) throw new Error(this.history.broken.join('\n'));
  }

  private async lifted(): Promise<boolean> {
    const { id, epoch } = this.release;
    const real = await this.room.lift(id, epoch);
    if (!this.tables.lifts.length && this.memory.isOpen(id, epoch))
      this.tables.lifts.push({ release: id, epoch, liftsAt: T, at: this.now });
    deepStrictEqual(real, this.tables.lifts.length > 0, 'whether it has lifted');
    return real;
  }

  private token(taking: number) {
    return this.tokens[taking % Math.max(1, this.tokens.length)];
  }

  private ids(rows: readonly number[]): DeliveryId[] {
    return [...new Set(rows)].flatMap((row) => (this.tables.deliveries[row]?.id ?? []) as DeliveryId);
  }
}

type Act = readonly [says: string, act: (pair: Pair) => Promise<void>];

const shard = fc.nat({ max: 1 });
const row = fc.nat({ max: 3 });
const taking = fc.nat({ max: 5 });
const VERDICTS: readonly DeliveryState[] = [
  'accepted',
  'accepted',
  'refused',
  'deferred',
  'unknown',
  'ready',
  'expired',
];

const ACT: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom(1, 500, 3_000, 9_000, 59_999, 60_000, 61_000).map((ms): Act => [`pass(${ms})`, (p) => p.pass(ms)]),
  shard.map((n): Act => [`take(${n})`, (p) => p.take(n)]),
  fc
    .tuple(fc.array(row, { minLength: 1, maxLength: 4 }), taking)
    .map(([rows, n]): Act => [`ask(${rows.join('+')}, ${n})`, (p) => p.ask(rows, n)]),
  fc
    .tuple(row, taking, fc.constantFrom(...VERDICTS))
    .map(([r, n, state]): Act => [`settle(${r}, ${n}, ${state})`, (p) => p.settle(r, n, state)]),
  fc
    .tuple(shard, taking, fc.constantFrom(0, 1_000))
    .map(([s, n, ms]): Act => [`giveBack(${s}, ${n}, ${ms})`, (p) => p.giveBack(s, n, ms)]),
  taking.map((n): Act => [`renew(${n})`, (p) => p.renew(n)]),
  fc.constant<Act>(['sweep()', (p) => p.sweep()]),
  fc.tuple(row, fc.boolean()).map(([n, recalled]): Act => [`optOut(${n}, ${recalled})`, (p) => p.optOut(n, recalled)]),
  fc.constant<Act>(['cancel()', (p) => p.cancel()]),
  fc.boolean().map((pressed): Act => [`stop(${pressed})`, (p) => p.stop(pressed)]),
);

export interface Compared {
  readonly seed: number;
  readonly histories: number;
  readonly broken?: string;
}

/**
 * So many histories of what workers and people ask of the gate, told to PostgreSQL and to the functions in memory at once.
 * After each act both must have answered the same and hold the same, and what PostgreSQL let leave is judged as well.
 */
export async function compareGates(room: GateRoom, histories: number, seed: number): Promise<Compared> {
  const history = fc.array(fc.tuple(fc.nat({ max: 9 }), ACT), { minLength: 5, maxLength: 40, size: 'max' });
  const property = fc.asyncProperty(
    history,
    fc.constantFrom('hold' as const, 'resend' as const),
    async (acts, policy) => {
      const pair = new Pair(room, policy);
      await pair.begin();
      await pair.take(0);
      await pair.pass(60_000);
      for (const [chance, [, act]] of acts) {
        // a taking and an asking now and then, so that more than refusals happen
        if (chance === 0) await pair.take(0).then(() => pair.ask([0, 1], pair.tokens.length - 1));
        await act(pair);
        await pair.compare();
      }
    },
  );
  const details = await fc.check(property, { seed, numRuns: histories });
  if (!details.failed) return { seed, histories: details.numRuns };
  const acts =
    details.counterexample?.[0].map(([chance, [says]]) => (chance === 0 ? `(take, ask) ${says}` : says)) ?? [];
  const error = details.errorInstance;
  const why = error instanceof Error ? error.message : String(error);
  return { seed, histories: details.numRuns, broken: `${details.counterexample?.[1]}: ${acts.join(', ')}\n${why}` };
}
