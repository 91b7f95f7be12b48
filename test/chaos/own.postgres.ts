import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '#libs/ops';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../apps/standalone/src/embedded-postgres.js';
import { isAlive } from '../../apps/standalone/src/postmaster-file.js';
import type { ChaosHouse } from './chaos.house.js';

/** A PostgreSQL that dies and comes back on the same port, as under a supervisor; with a migrated template. */
export class OwnPostgres {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
  ) {}

  /** About 5 s. @param folder where it lives; ended with the house */
  static async start(house: ChaosHouse, folder: string): Promise<OwnPostgres> {
    const own = new OwnPostgres(folder, await startEmbeddedPostgres({ folder }));
    house.later(() => own.server.stop());
    const client = new pg.Client(own.url);
    await client.connect();
    await client.query('create database dateline_template');
    await client.end();
    const template = new URL(own.url);
    template.pathname = '/dateline_template';
    await migrate(template.href);
    return own;
  }

  /** The same after every restart. */
  get url(): string {
    return this.server.url;
  }

  get log(): string {
    return join(this.folder, 'postgres.log');
  }

  get alive(): boolean {
    return isAlive(this.server.pid);
  }

  /** `immediate`: no checkpoint, no goodbye; what is committed is in its log of writes and nowhere else. */
  async crash(): Promise<void> {
    process.kill(this.server.pid, 'SIGQUIT');
    while (this.alive) await sleep(5);
  }

  /** Resolves when it takes connections again, after it has recovered. */
  async restart(): Promise<void> {
    const { port } = this.server;
    this.server = await startEmbeddedPostgres({ folder: this.folder });
    if (this.server.port !== port) throw new Error(`PostgreSQL came back on port ${this.server.port}, not ${port}`);
  }
}
