import { setTimeout as sleep } from 'node:timers/promises';
import { Drain, Lanes, LaneStore, LedgerStore, openRelay, readLaneRules, Sealing, ShardLeases } from '#libs/delivery';
import type { RelayLimits, SendingTools } from '#libs/delivery';
import { ClockWatch } from '#libs/embargo';
import { Alarms, openLog, systemClock, type Database, type Log } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { startSink, type Sink } from '../support/sink.js';
import type { World } from '../support/world.js';
import type { Cell } from './smtp.cells.js';

/** The product waits a minute for an answer, and ten for that to a dot. */
const LIMITS: Partial<RelayLimits> = {
  connectMs: 2_000,
  greetingMs: 2_000,
  silenceMs: 2_000,
  attemptMs: 4_000,
  answerMs: 3_000,
  offLaneMs: 5_000,
  reopenMs: 50,
};
const SKEW_LIMIT_MS = 250;

/** What the ledger and the server say after one sending. */
export interface Seen {
  /** In the words of the oracle; several apart by commas when the rows that were not taken differ. */
  readonly says: string;
  readonly taken: number;
  readonly dots: number;
}

interface Row {
  readonly state: string;
  readonly reason: string | null;
  readonly waitMs: number | null;
}

/** One mail server and one release for it, sent by the product's own drain, lanes, relay and ledger. */
export class Stage {
  private constructor(
    private readonly world: World,
    private readonly db: Database,
    readonly cell: Cell,
    private readonly release: Release,
    private readonly sink: Sink,
  ) {}

  /** @param acceptLog where the server writes what it takes */
  static async set(world: World, db: Database, cell: Cell, release: Release, acceptLog: string): Promise<Stage> {
    const sink = await startSink({ ...cell.sink, capture: 'sha256', acceptLog, script: cell.script });
    return new Stage(world, db, cell, release, sink);
  }

  /** T has come, and the server has its whim. */
  async play(): Promise<Seen> {
    const { cell, sink } = this;
    await this.drain(cell.url?.(sink.port) ?? sink.url, cell.trust);
    return { says: await this.says(), taken: sink.messages.length, dots: sink.dots };
  }

  /** The server or ops come to their senses, and time passes. Returns how many more it took, and how many more dots came. */
  async mend(): Promise<{ readonly taken: number; readonly dots: number }> {
    const { cell, sink } = this;
    const [taken, dots] = [sink.messages.length, sink.dots];
    sink.script([]);
    const where = [this.release.organisation, this.release.id];
    await this.world.owner.rows(
      `update delivery set next_at = null where organisation_id = $1 and release_id = $2 and state = 'deferred'`,
      where,
    );
    await this.world.owner.rows(
      `update shard s set due_at = clock_timestamp() from distribution n
        where n.organisation_id = $1 and n.release_id = $2 and s.distribution_id = n.id and s.due_at is not null`,
      where,
    );
    const url = cell.mended?.url ?? cell.url;
    await this.drain(url?.(sink.port) ?? sink.url, cell.mended?.trust ?? cell.trust);
    return { taken: sink.messages.length - taken, dots: sink.dots - dots };
  }

  /** Commands that named somebody; none when nothing may be said in clear. */
  get named(): number {
    return this.sink.mails.length;
  }

  async close(): Promise<void> {
    await this.sink.stop();
  }

  private async drain(url: string, trust: string | undefined): Promise<void> {
    const { world, db, release, cell } = this;
    const log = openLog('worker', 'silent');
    const watch = new ClockWatch(db, systemClock, SKEW_LIMIT_MS);
    await watch.measure();
    const tools = toolsOf({ world, db, cell, url, trust, watch, log });
    const drain = new Drain(tools, world.releases, world.audit, new Alarms());
    const row = await world.owner.first<{ id: string; epoch: number }>(
      `select id, epoch from distribution where organisation_id = $1 and release_id = $2`,
      [release.organisation, release.id],
    );
    if (!row) throw new Error(`${cell.name}: nothing was prepared`);
    try {
      const data = { distribution: row.id, epoch: row.epoch, shard: 0 };
      const outcome = await drain.run(data, new AbortController().signal);
      if (outcome.word === 'drop') throw new Error(`${cell.name}: dropped, ${outcome.reason}`);
    } finally {
      await tools.relay.close();
    }
  }

  private async says(): Promise<string> {
    const { organisation, id } = this.release;
    const rows = await this.world.owner.rows<Row>(
      `select state, reason, (extract(epoch from next_at - updated_at) * 1000)::float8 as "waitMs"
         from delivery where organisation_id = $1 and release_id = $2 order by position`,
      [organisation, id],
    );
    const left = rows.filter((row) => row.state !== 'accepted');
    if (left.length === 0) return 'accepted';
    const words = await Promise.all(left.map((row) => this.word(row)));
    return [...new Set(words)].join(', ');
  }

  private async word({ state, reason, waitMs }: Row): Promise<string> {
    if (state === 'refused') return `refused ${reason}`;
    if (state === 'deferred')
      return (waitMs ?? 0) >= 55_000 ? 'later' : (waitMs ?? 0) <= 10_000 ? 'soon' : `in ${waitMs} ms`;
    if (state !== 'ready') return state;
    const subject = `127.0.0.1:${this.sink.port}`;
    const alarm = await this.world.owner.first<{ says: string }>(
      `select says from alarm where code = 'smtp.lane' and subject = $1 and cleared_at is null`,
      [subject],
    );
    return `waits ${alarm?.says.slice(subject.length + 2).split(':')[0] ?? 'and nobody was told'}`;
  }
}

interface Given {
  readonly world: World;
  readonly db: Database;
  readonly cell: Cell;
  readonly url: string;
  readonly trust: string | undefined;
  readonly watch: ClockWatch;
  readonly log: Log;
}

/** As the worker puts them together, but for the relay's patience. */
function toolsOf({ world, db, cell, url, trust, watch, log }: Given): SendingTools {
  const worker = `stage of ${cell.name}`;
  const clock = systemClock;
  const connections = cell.connections ?? 1;
  const ledger = cell.gateMs === undefined ? new LedgerStore() : new SlowLedger(cell.gateMs);
  const name = new URL(url).host;
  return {
    ...{ db, ledger, clock, watch, log, worker },
    leases: new ShardLeases(db, ledger, clock, log, worker),
    sealing: Sealing.from(world.settings),
    relay: openRelay({ url, connections, clock, log, limits: LIMITS, ...(trust ? { trust } : {}) }),
    lanes: new Lanes({ connections, clock, rules: readLaneRules('') }),
    laneStore: new LaneStore(name),
    lane: { name, connections },
  };
}

/** The gate's commit on a slow disk. */
class SlowLedger extends LedgerStore {
  constructor(private readonly gateMs: number) {
    super();
  }

  override async openDots(...asked: Parameters<LedgerStore['openDots']>): ReturnType<LedgerStore['openDots']> {
    const open = await super.openDots(...asked);
    await sleep(this.gateMs);
    return open;
  }
}
