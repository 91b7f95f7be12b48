import { buildSkeleton, END_STATES, packPieces, packSkeleton } from '#libs/delivery';
import { BOUND_STATES, mayMove, type Release, type ReleaseState } from '#libs/releases';
import { Chance } from '../chaos/chance.js';
import { History } from './history.js';
import { MemoryDatabase, ORGANISATION } from './memory.database.js';
import type { ReleaseTable } from './memory.tables.js';
import { SimWorker } from './sim.worker.js';
import { VirtualQueue } from './virtual.queue.js';
import type { Weather } from './virtual.relay.js';
import { BEGINNING, VirtualTime } from './virtual.time.js';

const LETTER = {
  subject: 'News',
  from: { name: 'News', address: 'news@press.example.org' },
  date: BEGINNING,
  language: 'en',
  html: '<p>News</p>',
  text: 'News',
  slots: [],
} as const;
const BYTES = {
  skeleton: packSkeleton(buildSkeleton(LETTER)),
  pieces: packPieces({ head: Buffer.from('To: somebody\r\n'), values: [] }),
};

const JOURNALISTS = Array.from({ length: 7 }, (_, n) => `journalist.${n}@outlet-${n % 3}.example.com`);
const MINUTE_MS = 60_000;
const ON_ITS_WAY: readonly ReleaseState[] = ['scheduled', 'preparing', 'prepared', 'releasing'];
/** As far as schedules reach; a database clock that was stepped back by an hour is not waited for. */
const REACH_MS = 3 * MINUTE_MS;
/** Deferred twice, then an hour's lane of bad luck: nobody waits longer in a history whose weather has cleared. */
const PATIENCE_MINUTES = 240;

/** One newsroom with its workers, queue, relay and clocks; what commands act upon. */
export class SimHouse {
  readonly time = new VirtualTime();
  readonly history = new History();
  readonly chance: Chance;
  readonly weather: Weather = { trouble: 25 };
  readonly database: MemoryDatabase;
  readonly queue: VirtualQueue;
  databaseAway = false;
  private readonly workers: SimWorker[] = [];
  private hired = 0;

  constructor(seed: number) {
    this.chance = new Chance(seed, 'simulator');
    this.database = new MemoryDatabase(this.time, this.history, BYTES);
    this.queue = new VirtualQueue(this.time, this.chance, () => this.workers.filter((worker) => worker.alive()));
    for (const n of [1, 2, 3]) this.database.tables.releases.push(draft(n, this.chance));
    this.hire();
    this.hire();
  }

  /** What the product's Releases is to the sender and the ticker. */
  readonly releases = {
    lock: async (_: unknown, __: unknown, id: string) => this.asRelease(this.release(id)),
    move: async (_: unknown, __: unknown, { id }: Release, to: ReleaseState) => {
      const row = this.release(id);
      if (!mayMove(row.state, to)) throw new Error(`${row.state} cannot become ${to}`);
      row.state = to;
    },
  };

  hire(): void {
    this.hired += 1;
    this.workers.push(new SimWorker(`worker-${this.hired}`, this, this.queue));
  }

  worker(n: number): SimWorker | undefined {
    const living = this.workers.filter((worker) => worker.alive());
    return living[n % Math.max(1, living.length)];
  }

  /** Commands come from outside and find no transaction half done. */
  async betweenTransactions(): Promise<void> {
    while (this.database.isHeld()) await this.time.advance(1);
  }

  /** A deploy: one leaves in good order, another comes. */
  restart(n: number): void {
    void this.worker(n)?.leave();
    this.hire();
  }

  /** Every second while something is near; else as late as what comes next allows: a tick that finds nothing does nothing. */
  nextTickMs(): number {
    const { releases, distributions, shards, deliveries } = this.database.tables;
    const now = Math.max(this.time.databaseNow, this.time.now);
    const open = new Set(
      distributions.filter((one) => !['finished', 'cancelled'].includes(one.state)).map((one) => one.id),
    );
    const next = [
      ...releases.filter((row) => row.state === 'scheduled').map((row) => row.liftsAt - 3 * MINUTE_MS),
      ...distributions.filter((one) => one.state === 'preparing').map(() => now),
      ...shards.filter((one) => open.has(one.distribution) && one.dueAt !== null).map((one) => one.dueAt ?? now),
      ...shards.filter((one) => one.token !== null).map(() => now),
      ...deliveries.filter((row) => row.state === 'unknown' || row.state === 'dot_pending').map(() => now),
    ];
    return Math.min(30_000, Math.max(1_000, Math.min(...next) - now - 40_000));
  }

  /** draft → scheduled, through review and approval by somebody else; T so far ahead. Nothing when it is past that. */
  schedule(n: number, inMs: number): void {
    const row = this.pick(n);
    if (row.state === 'draft') this.setEmbargo(row, inMs);
    this.approve(n);
    if (row.state !== 'approved' || row.liftsAt <= this.time.databaseNow) return;
    row.state = 'scheduled';
    this.history.scheduled(row.id, row.epoch, row.liftsAt);
  }

  /** Time passes until so much after T of a release that is on its way; nothing when that lies behind. */
  async towardsT(n: number, ms: number): Promise<void> {
    const row = this.pick(n);
    const left = row.liftsAt + ms - this.time.databaseNow;
    if (ON_ITS_WAY.includes(row.state) && left > 0 && left < REACH_MS) await this.time.advance(left);
  }

  approve(n: number): void {
    const row = this.pick(n);
    if (row.state !== 'draft' || row.liftsAt === 0) return;
    row.state = 'approved';
    row.approved = { epoch: row.epoch, liftsAt: row.liftsAt };
  }

  edit(n: number): void {
    this.reopen(this.pick(n));
  }

  moveEmbargo(n: number, inMs: number): void {
    const row = this.pick(n);
    if (this.reopen(row)) this.setEmbargo(row, inMs);
  }

  cancel(n: number): void {
    const row = this.pick(n);
    if (!mayMove(row.state, 'cancelled')) return;
    const of = this.database.tables.distributions.filter((one) => one.release === row.id && one.epoch === row.epoch);
    for (const one of of) {
      this.database.functions.recall(one.id, null, 'cancelled');
      if (['preparing', 'prepared', 'sending'].includes(one.state)) one.state = 'cancelled';
    }
    row.state = 'cancelled';
    this.history.cancelled(row.id);
  }

  /** Unsubscribed or erased: to the sender both are a suppression that comes with a recall. */
  suppress(n: number): void {
    const address = JOURNALISTS[n % JOURNALISTS.length] ?? '';
    this.database.tables.suppressed.push({ address });
    this.database.functions.recall(null, address, 'suppressed');
    this.history.suppress(address);
  }

  press(n: number): void {
    const what = n % 4 === 0 ? 'everything' : this.pick(n).id;
    this.database.tables.stops.push({ what });
    this.history.stop(what);
  }

  raise(): void {
    this.database.tables.stops = [];
    this.history.raise();
  }

  /** Everything is mended, and then nobody may be left waiting. */
  async finish(): Promise<void> {
    this.raise();
    this.databaseAway = false;
    this.queue.away = false;
    this.queue.faults = 0;
    this.weather.trouble = 0;
    this.time.databaseOffset = 0;
    for (const worker of this.workers) worker.mendClock();
    for (let minute = 0; minute < PATIENCE_MINUTES && !this.isOver(); minute += 1) {
      // some were told to die at a point that they pass only now
      while (this.workers.filter((worker) => worker.alive()).length < 2) this.hire();
      await this.time.advance(MINUTE_MS);
    }
    const rows = this.database.tables.deliveries.map((row) => ({ delivery: row.id, state: row.state }));
    this.history.ended(rows, END_STATES);
    for (const row of this.database.tables.releases)
      if (ON_ITS_WAY.includes(row.state)) this.history.stuck(row.id, row.state);
  }

  /** Lets every worker go, so that nothing of this history goes on in the next. */
  async close(): Promise<void> {
    this.queue.lose();
    for (const worker of this.workers) worker.crash('anywhere', 1);
    await this.time.advance(MINUTE_MS);
  }

  private isOver(): boolean {
    const { releases, deliveries } = this.database.tables;
    const ends: readonly string[] = END_STATES;
    return (
      deliveries.every((row) => ends.includes(row.state)) && !releases.some((row) => ON_ITS_WAY.includes(row.state))
    );
  }

  private setEmbargo(row: ReleaseTable, inMs: number): void {
    row.liftsAt = Math.floor(this.time.databaseNow) + inMs;
  }

  /** A new epoch, unless it is too late for that. */
  private reopen(row: ReleaseTable): boolean {
    if (row.state === 'draft') return true;
    if (!(BOUND_STATES as readonly ReleaseState[]).includes(row.state)) return false;
    if (this.database.tables.lifts.some((lift) => lift.release === row.id)) return false;
    row.state = 'draft';
    row.epoch += 1;
    row.approved = undefined;
    this.history.voided(row.id);
    return true;
  }

  private pick(n: number): ReleaseTable {
    const { releases } = this.database.tables;
    const row = releases[n % releases.length];
    if (!row) throw new Error('no releases');
    return row;
  }

  private release(id: string): ReleaseTable {
    const row = this.database.tables.releases.find((one) => one.id === id);
    if (!row) throw new Error(`no release ${id}`);
    return row;
  }

  private asRelease(row: ReleaseTable): Release {
    return { organisation: ORGANISATION, id: row.id, state: row.state, epoch: row.epoch } as unknown as Release;
  }
}

function draft(n: number, chance: Chance): ReleaseTable {
  const audience = JOURNALISTS.filter(() => chance.whole(1, 100) <= 70);
  return {
    id: `00000000-0000-4000-8000-0000000001${String(n).padStart(2, '0')}`,
    state: 'draft',
    epoch: 1,
    liftsAt: 0,
    approved: undefined,
    audience: audience.length > 0 ? audience : JOURNALISTS.slice(0, 1),
    policy: chance.one(['hold', 'resend'] as const),
  };
}
