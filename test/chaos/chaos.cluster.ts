import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '#libs/ops';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../apps/standalone/src/embedded-postgres.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const PREFIX = 'dateline-chaos-pg-';

/** A PostgreSQL of this run's own, with fsync on as it ships, and a migrated template that databases are copied from. */
export class ChaosCluster {
  private constructor(
    readonly server: EmbeddedPostgres,
    /** Holds `pgdata`; for scenarios that kill or starve the server. */
    readonly folder: string,
  ) {}

  static async start(): Promise<ChaosCluster> {
    removeLeftovers();
    const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    try {
      const cluster = new ChaosCluster(await startEmbeddedPostgres({ folder }), folder);
      await cluster.makeTemplate();
      return cluster;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return this.server.url;
  }

  freshDatabase(): Promise<FreshDatabase> {
    return freshDatabase(this.url);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async makeTemplate(): Promise<void> {
    const client = new pg.Client(this.url);
    await client.connect();
    await client.query('create database dateline_template');
    await client.end();
    const template = new URL(this.url);
    template.pathname = '/dateline_template';
    await migrate(template.href);
  }
}

/** Of runs that were killed with nine: their server ended with them, its files stayed. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number(/^(\d+)-/.exec(name.slice(PREFIX.length))?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
