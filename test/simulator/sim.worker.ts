import type { AuditLog } from '#libs/audit';
import {
  Drain,
  type HeadExport,
  Lanes,
  LaneStore,
  LedgerStore,
  ShardLeases,
  Ticker,
  type Sealing,
  type SendingTools,
} from '#libs/delivery';
import { ClockWatch } from '#libs/embargo';
import type { Alarms, Log, Outcome, WakeUpData, WakeUpHandlers, WakeUpKind, WakeUps } from '#libs/kernel';
import type { Releases } from '#libs/releases';
import type { Chance } from '../chaos/chance.js';
import type { History } from './history.js';
import type { MemoryDatabase } from './memory.database.js';
import { SessionDatabase } from './session.database.js';
import type { Taker, VirtualQueue } from './virtual.queue.js';
import { VirtualRelay, type Weather } from './virtual.relay.js';
import { never, VirtualClock, type VirtualTime } from './virtual.time.js';

/** Where a worker may be made to die; the same names as in processes of flesh and blood. */
export const SIM_CRASH_POINTS = [
  'claim.after_commit',
  'data.mid',
  'dot.before',
  'dot.after',
  'reply.before_commit',
  'ack.before',
  'anywhere',
] as const;
export type SimCrashPoint = (typeof SIM_CRASH_POINTS)[number];

const LEAD_SECONDS = 120;
const SKEW_LIMIT_MS = 250;
/** Stands in for what the histories do not look at: logs, alarms, the audit chain, kept heads. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Log;
const QUIET = { raise: async () => undefined, clear: async () => undefined } as unknown as Alarms;
const UNHEARD = { record: async () => ({ seq: 1, hash: Buffer.alloc(32) }) } as unknown as AuditLog;
const PLAIN = { open: (bytes: Buffer) => bytes } as unknown as Sealing;
const NOWHERE = { export: async () => undefined } as unknown as HeadExport;

/** What a worker sees of the house it works in. */
export interface WorkPlace {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly history: History;
  readonly database: MemoryDatabase;
  readonly databaseAway: boolean;
  /** Stands in for Releases. */
  readonly releases: object;
  nextTickMs(): number;
}

/** One worker process: the product's own sender, ticker, leases and clock watch, on a clock and connections of its own. */
export class SimWorker implements Taker {
  readonly killed: Promise<void>;
  private living = true;
  private tellKilled: () => void = () => undefined;
  private armed: { readonly point: SimCrashPoint; left: number } | undefined;
  private readonly closing = new AbortController();
  private readonly ownClock: VirtualClock;
  private readonly watch: ClockWatch;
  private readonly lanes: Lanes;
  private readonly laneStore = new LaneStore('relay');
  private readonly session: SessionDatabase;
  private readonly drain: Drain;
  private readonly ticker: Ticker;
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    readonly name: string,
    private readonly house: WorkPlace,
    queue: VirtualQueue,
  ) {
    const { time, chance, weather } = house;
    this.killed = new Promise((resolve) => (this.tellKilled = resolve));
    const alive = () => this.living;
    this.ownClock = new VirtualClock(time, alive);
    this.session = new SessionDatabase(house.database, time, {
      alive,
      away: () => house.databaseAway,
      latency: () => chance.whole(0, 2),
      passing: (when, sql) => this.passingStatement(when, sql),
    });
    const db = this.session.asDatabase();
    this.watch = new ClockWatch(db, this.ownClock, SKEW_LIMIT_MS);
    this.lanes = new Lanes({ connections: 4, clock: this.ownClock, rules: new Map() });
    const ledger = new LedgerStore();
    const relay = new VirtualRelay(time, chance, weather, {
      alive,
      passing: (point) => this.pass(point),
      took: (delivery) => house.history.took(delivery, this.ownClock.everShown()),
    });
    const tools: SendingTools = {
      db,
      ledger,
      leases: new ShardLeases(db, ledger, this.ownClock, SILENT, name),
      sealing: PLAIN,
      clock: this.ownClock,
      watch: this.watch,
      relay,
      lanes: this.lanes,
      laneStore: this.laneStore,
      lane: { name: 'relay', connections: 4 },
      log: SILENT,
      worker: name,
    };
    const releases = house.releases as unknown as Releases;
    this.drain = new Drain(tools, releases, UNHEARD, QUIET);
    const handlers: WakeUpHandlers = {
      prepare: async (data) => this.prepare(data.distribution),
      drain: (data, signal) => this.drain.run(data, signal),
    };
    const wakeUps = queue.wakeUps() as WakeUps;
    this.ticker = new Ticker(
      { db, wakeUps, releases, audit: UNHEARD, log: SILENT, heads: NOWHERE, direct: handlers },
      LEAD_SECONDS,
    );
    void this.live();
  }

  alive(): boolean {
    return this.living;
  }

  takes(): boolean {
    return this.living && !this.closing.signal.aborted && this.watch.trusted();
  }

  clock(): number {
    return this.ownClock.now();
  }

  step(ms: number): void {
    this.ownClock.step(ms);
  }

  mendClock(): void {
    this.ownClock.mend();
  }

  async handle(kind: WakeUpKind, data: WakeUpData[WakeUpKind]): Promise<Outcome> {
    const work =
      kind === 'prepare'
        ? this.prepare(data.distribution)
        : this.drain.run(data as WakeUpData['drain'], this.closing.signal);
    this.running.add(work);
    try {
      const outcome = await work;
      if (!this.living) return await never();
      return outcome;
    } finally {
      this.running.delete(work);
    }
  }

  /** Dies as by kill -9: at once, or when it passes a point for the so-many-th time. */
  crash(point: SimCrashPoint, passing: number): void {
    if (point === 'anywhere' && passing === 1) this.die();
    else this.armed = { point, left: passing };
  }

  /** SIGTERM: takes nothing more, finishes what is on the wire, leaves. */
  async leave(): Promise<void> {
    this.closing.abort('closing');
    this.ticker.leave();
    await Promise.allSettled(this.running);
    this.die();
  }

  private die(): void {
    this.living = false;
    this.tellKilled();
    this.session.kill();
  }

  private pass(point: SimCrashPoint): void {
    if (!this.armed || (this.armed.point !== point && this.armed.point !== 'anywhere')) return;
    this.armed.left -= 1;
    if (this.armed.left <= 0) this.die();
  }

  private passingStatement(when: 'before' | 'after', sql: string): void {
    if (when === 'after' && sql.includes('delivery_take(')) this.pass('claim.after_commit');
    else if (when === 'before' && sql.includes('delivery_settle(')) this.pass('reply.before_commit');
    else if (when === 'after' && sql.includes('delivery_release(')) this.pass('ack.before');
    else this.pass('anywhere');
  }

  /** As Worker.tick does: measure, then tick; holding back is what `takes` says. */
  private async live(): Promise<void> {
    while (this.living && !this.closing.signal.aborted) {
      try {
        await this.watch.measure();
        await this.laneStore.refresh(this.session.asDatabase(), this.lanes);
        await this.ticker.tick();
      } catch {
        // the database is away; the next second tells
      }
      await this.house.time.sleep(this.house.nextTickMs());
    }
  }

  private async prepare(distribution: string): Promise<Outcome> {
    await this.ownClock.sleep(this.house.chance.whole(1, 400));
    while (!this.house.database.isFree(this)) await this.house.database.free(this);
    this.house.database.prepare(distribution);
    return { word: 'done' };
  }
}
