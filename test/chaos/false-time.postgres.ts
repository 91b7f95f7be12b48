import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { postgresBinaries } from '../../apps/standalone/src/postgres-binaries.js';
import { runAs } from '../../apps/standalone/src/postgres-user.js';
import { isAlive } from '../../apps/standalone/src/postmaster-file.js';
import type { ChaosHouse } from './chaos.house.js';
import { FalseClock } from './false.clock.js';

const READY_WITHIN_MS = 30_000;

/** A PostgreSQL of the scenario's own whose wall clock can be set; every one of its processes lives by it at once. */
export class FalseTimePostgres {
  private constructor(
    readonly url: string,
    readonly clock: FalseClock,
  ) {}

  /** With a migrated template, like any cluster of a scenario. It is started as such and again with its clock. */
  static async start(house: ChaosHouse): Promise<FalseTimePostgres> {
    const cluster = await house.startCluster();
    const words = readFileSync(`/proc/${cluster.server.pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    process.kill(cluster.server.pid, 'SIGINT');
    while (isAlive(cluster.server.pid)) await sleep(20);
    const folder = house.folder();
    // the server may run as another user, who has to read it
    chmodSync(folder, 0o755);
    const clock = new FalseClock(folder);
    const { environment } = await postgresBinaries(cluster.folder);
    const { prefix, spawn: user } = runAs(cluster.folder, join(cluster.folder, 'pgdata'));
    const [command = '', ...args] = [...prefix, ...words];
    const child = spawn(command, args, { ...user, stdio: 'ignore', env: { ...environment, ...clock.environment } });
    house.later(() => ended(child));
    await ready(cluster.url);
    return new FalseTimePostgres(cluster.url, clock);
  }
}

/** SIGINT is PostgreSQL's "fast" shutdown. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGINT');
  await gone;
}

async function ready(url: string): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(100);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
