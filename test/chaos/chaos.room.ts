import { hostname } from 'node:os';
import { readTable, settleMapping } from '#libs/contacts';
import type { Language, MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { FreshDatabase } from '../support/database.js';
import type { SinkOptions } from '../support/sink.js';
import { addressOf, until, World } from '../support/world.js';
import { check, type Allowed, type Findings } from './checker.js';
import { readHistory } from './history.js';
import type { SinkProcess, WorkerProcess } from './processes.js';

/** What a room needs of the house it stands in. */
export interface RoomHouse {
  readonly clusterUrl: string;
  readonly signal: AbortSignal;
  freshDatabase(clusterUrl: string): Promise<FreshDatabase>;
  startSinkProcess(options: SinkOptions): Promise<SinkProcess>;
  startWorker(environment: Readonly<Record<string, string>>): { worker: WorkerProcess; ready: Promise<void> };
  note(sentence: string): void;
}

export interface RoomOptions {
  /** Connections to the relay per worker; 4 when not given. */
  readonly connections?: number;
  readonly sink?: SinkOptions;
  /** One that runs already, because something stands between it and the workers. */
  readonly sinkProcess?: SinkProcess;
  /** Workers send here instead of straight to the sink, as to a relay that passes on to it. */
  readonly smtpUrl?: string;
  /** The log of that relay, for workers to read. */
  readonly relayLog?: string;
  /** The queue's Redis; PostgreSQL holds the queue when not given. */
  readonly redisUrl?: string;
  /** A cluster of `startCluster`; the run's shared one when not given. */
  readonly clusterUrl?: string;
  readonly logLevel?: 'debug' | 'info';
}

export interface ReleaseOptions {
  /** How far T is ahead while it is prepared; see World.scheduled. */
  readonly inMs?: number;
  readonly unknown?: 'hold' | 'resend';
  readonly languages?: readonly Language[];
}

const LIST = 'everybody';

/** One newsroom of its own: database, officers, journalists, a sink and workers as real processes, and the checker. */
export class ChaosRoom {
  private constructor(
    private readonly house: RoomHouse,
    private readonly options: RoomOptions,
    /** The desk and its officers, in this process. Its own sink and workers stay unused. */
    readonly world: World,
    readonly database: FreshDatabase,
    readonly sink: SinkProcess,
  ) {}

  static async open(house: RoomHouse, options: RoomOptions): Promise<ChaosRoom> {
    const sink = options.sinkProcess ?? (await house.startSinkProcess(options.sink ?? {}));
    const database = await house.freshDatabase(options.clusterUrl ?? house.clusterUrl);
    const world = await World.start({ database, sink: { capture: 'none' } });
    return new ChaosRoom(house, options, world, database, sink);
  }

  /** What a worker of this room is told; a scenario adds to it. */
  get environment(): Readonly<Record<string, string>> {
    const { connections = 4, smtpUrl = this.sink.url, relayLog, redisUrl, logLevel = 'info' } = this.options;
    const folder = this.world.settings.environment(['DATELINE_DATA', 'NEWSROOM_URL', 'PREPARE_LEAD_SECONDS']);
    return {
      ...folder,
      DATABASE_URL: this.database.url,
      SMTP_URL: smtpUrl,
      SMTP_CONNECTIONS: String(connections),
      WORKER_PORT: '0',
      LOG_LEVEL: logLevel,
      ...(relayLog ? { RELAY_LOG: relayLog } : {}),
      ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    };
  }

  /** A worker of this room. @param more environment that comes on top */
  startWorker(more: Readonly<Record<string, string>> = {}): { worker: WorkerProcess; ready: Promise<void> } {
    return this.house.startWorker({ ...this.environment, ...more });
  }

  /** So many workers, ready. */
  async startWorkers(count: number, more: Readonly<Record<string, string>> = {}): Promise<WorkerProcess[]> {
    const started = Array.from({ length: count }, () => this.startWorker(more));
    await Promise.all(started.map((one) => one.ready));
    return started.map((one) => one.worker);
  }

  /** So many journalists on one list, evenly over the languages; a room has one such list. Addresses as in World. */
  async journalists(count: number, languages: readonly Language[] = ['zh-Hant', 'en']): Promise<MediaListId> {
    const { db, owner, contacts, cast } = this.world;
    const lines = Array.from(
      { length: count },
      (_, n) => `${addressOf(n)},Journalist ${n},${languages[n % languages.length]},${LIST}`,
    );
    // imported: a thousand in a second, where adding them one by one takes ten and more on a busy machine
    const bytes = Buffer.from(['電郵,姓名,語言,名單', ...lines, ''].join('\n'));
    const table = await readTable(bytes, { fileName: 'everybody.csv' });
    const mapping = settleMapping(table.columns);
    const defaults = { zone: 'Asia/Hong_Kong', consentSource: 'met at a briefing' };
    await db.transaction((tx) => contacts.imports.run(tx, cast.ada, { bytes, table, mapping, defaults }));
    const lists = await owner.rows<{ id: MediaListId; members: number }>(
      `select m.list_id as id, count(*)::int as members from media_list_member m group by m.list_id`,
    );
    const list = lists.find(({ members }) => members === count);
    if (!list) throw new Error(`of ${count} journalists a list has ${lists.map(({ members }) => members).join(', ')}`);
    return list.id;
  }

  /**
   * A release to a list, written, approved and scheduled half an hour ahead; a running worker prepares it at once. On a
   * machine that is busy with other scenarios the desk may find the books locked; an officer tries again.
   */
  async schedule(list: MediaListId, options: ReleaseOptions = {}, tries = 3): Promise<Release> {
    const { inMs, unknown, languages } = options;
    try {
      return await this.world.scheduled(list, inMs, {
        ...(unknown ? { unknown } : {}),
        ...(languages ? { languages } : {}),
      });
    } catch (error) {
      if (tries <= 1 || !/lock timeout/.test(String(error))) throw error;
      return this.schedule(list, options, tries - 1);
    }
  }

  /** Waits until a worker has prepared it. */
  prepared(release: Release): Promise<void> {
    return until('a prepared release', async () => (await this.world.state(release.id)) === 'prepared', 60_000);
  }

  /** Waits until it is prepared and moves T, by data, to so far ahead. Returns T, milliseconds since 1970. */
  leavesIn(release: Release, ms: number): Promise<number> {
    return this.world.leavesIn(release, ms);
  }

  /** Rows that a worker let past their dot and of whose answer the ledger has not heard, whatever became of them since. */
  async pastTheDot(worker: WorkerProcess): Promise<number> {
    const row = await this.world.owner.first<{ n: number }>(
      `select count(*)::int as n
         from delivery d
        cross join lateral (select e.body::jsonb ->> 'worker' as worker
                              from delivery_event e
                             where e.organisation_id = d.organisation_id and e.distribution_id = d.distribution_id
                               and e.delivery_id = d.id and e.state = 'dot_pending'
                             order by e.id desc limit 1) dot
        where d.state in ('dot_pending', 'unknown', 'held') and dot.worker = $1`,
      [nameOf(worker)],
    );
    return row?.n ?? 0;
  }

  /** Database sessions that a worker has, or left behind. */
  async sessionsOf(worker: WorkerProcess): Promise<number> {
    const row = await this.world.owner.first<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like $1`,
      [`%${nameOf(worker)}`],
    );
    return row?.n ?? 0;
  }

  /** A dead worker's leases end now rather than in seconds: the data moves, not the clock. Returns how many there were. */
  async endLeasesOf(worker: WorkerProcess): Promise<number> {
    if (worker.alive) throw new Error('the leases of the living are not ours to end');
    const ended = await this.world.owner.rows(
      `update shard set lease_until = clock_timestamp() - interval '1 millisecond'
        where worker = $1 and token is not null returning shard`,
      [nameOf(worker)],
    );
    return ended.length;
  }

  /** Unknown rows have waited an hour for a late answer, so the next sweep does with them what the release says. */
  async ageUnknowns(): Promise<void> {
    await this.world.owner.rows(`update delivery_unknown set since = since - interval '1 hour'`);
  }

  /** Waits until nothing of a release is left to do. @param withinMs throws when it takes longer */
  async over(release: Release, withinMs = 60_000): Promise<void> {
    const done = async () => {
      if (this.house.signal.aborted) throw new Error('stopped');
      return this.isOver(release);
    };
    await until(`the end of ${release.number}`, done, withinMs).catch(async (error: unknown) => {
      const counts = JSON.stringify(await this.world.counts(release).catch(() => 'nobody can say'));
      throw new Error(`${error instanceof Error ? error.message : String(error)}; rows: ${counts}`, { cause: error });
    });
  }

  /** The same where messages may be unknown: no run waits the minute that a late answer is given. */
  async overSoon(release: Release, withinMs = 60_000): Promise<void> {
    const ageing = setInterval(() => void this.ageUnknowns().catch(() => undefined), 500);
    try {
      await this.over(release, withinMs);
    } finally {
      clearInterval(ageing);
    }
  }

  async isOver(release: Release): Promise<boolean> {
    const row = await this.world.owner.first<{ over: boolean }>(
      `select coalesce(bool_and(state in ('finished', 'cancelled')), false) as over
         from distribution where organisation_id = $1 and release_id = $2`,
      [release.organisation, release.id],
    );
    return row?.over ?? false;
  }

  /** The sink's log and the ledger side by side, over everything that this room has sent. */
  async check(allowed: Allowed = {}): Promise<Findings> {
    const findings = check(await readHistory(this.database.url, this.sink.acceptLog), allowed);
    for (const problem of findings.problems) this.house.note(problem);
    return findings;
  }

  async close(): Promise<void> {
    await this.world.stop();
  }
}

/** As a worker calls itself in leases and events. */
function nameOf(worker: WorkerProcess): string {
  return `${hostname()}-${worker.pid}`;
}
