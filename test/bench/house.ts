import { LANGUAGES } from '#libs/kernel';
import { ChaosCluster } from '../chaos/chaos.cluster.js';
import { World } from '../support/world.js';
import { familyCpuSeconds } from './cpu-time.js';
import type { QueueBackend } from './results.js';
import type { Scope } from './scope.js';
import { BenchWorker } from './worker.process.js';

export const CONNECTIONS = 20;
export const ALL_LANGUAGES = LANGUAGES;

/** What all runs share: one PostgreSQL of the bench's own, as it ships, with fsync. Every run gets a database of its own. */
export class BenchHouse {
  private constructor(
    readonly scope: Scope,
    private readonly cluster: ChaosCluster,
    /** For people who watch; never on standard output when that is JSON. */
    readonly say: (sentence: string) => void,
  ) {}

  static async open(scope: Scope, say: (sentence: string) => void): Promise<BenchHouse> {
    const cluster = scope.own(await ChaosCluster.start(), (one) => one.stop());
    return new BenchHouse(scope, cluster, say);
  }

  /** One newsroom: officers, a desk and an empty database. */
  async openWorld(scope: Scope, backend: QueueBackend): Promise<World> {
    const database = await this.cluster.freshDatabase();
    return scope.own(await World.start({ database, backend, sink: { capture: 'none' } }), (world) => world.stop());
  }

  /** So many workers of a newsroom as real processes, ready, that send to a mail server. */
  async startWorkers(scope: Scope, world: World, smtpUrl: string, count: number): Promise<BenchWorker[]> {
    const told = world.settings.environment([
      'DATABASE_URL',
      'REDIS_URL',
      'DATELINE_DATA',
      'NEWSROOM_URL',
      'PREPARE_LEAD_SECONDS',
    ]);
    const environment = {
      ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== '')),
      SMTP_URL: smtpUrl,
      SMTP_CONNECTIONS: String(CONNECTIONS),
    };
    // one after the other: the first makes the keys that the others find
    const workers: BenchWorker[] = [];
    for (let n = 0; n < count; n++) workers.push(await BenchWorker.start(scope, environment));
    return workers;
  }

  /** Seconds of processor that PostgreSQL has used, all its sessions together. */
  postgresCpuSeconds(): number {
    return familyCpuSeconds(this.cluster.server.pid);
  }

  /** One value of one row, from the server. */
  async ask(sql: string): Promise<string> {
    const { default: pg } = await import('pg');
    const client = new pg.Client(this.cluster.url);
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, string>>(sql);
      return Object.values(rows[0] ?? {})[0] ?? '';
    } finally {
      await client.end();
    }
  }
}
