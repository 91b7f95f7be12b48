import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '#libs/ops';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../apps/standalone/src/embedded-postgres.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

/** A PostgreSQL of this run's own, with fsync on as it ships, and a migrated template that databases are copied from. */
export class ChaosCluster {
  private constructor(
    readonly server: EmbeddedPostgres,
    /** Holds `pgdata`; for scenarios that kill or starve the server. */
    readonly folder: string,
  ) {}

  static async start(): Promise<ChaosCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'dateline-chaos-pg-'));
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
