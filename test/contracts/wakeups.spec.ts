import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { openWakeUps } from '#libs/kernel';
import { migrate } from '#libs/ops';
import { startEmbeddedPostgres } from '../../apps/standalone/src/embedded-postgres.js';
import { isAlive } from '../../apps/standalone/src/postmaster-file.js';
import { freshDatabase } from '../support/database.js';
import { startRedis } from '../support/redis.js';
import { type QueueServer, WakeUpBench } from './wakeups.bench.js';
import { wakeUpsContract } from './wakeups.contract.js';
import { wakeUpsFaultsContract } from './wakeups-faults.contract.js';

describe.each([
  ['Redis', redisServer],
  ['PostgreSQL', postgresServer],
])('wake-ups on %s', (_, startServer) => {
  const bench = new WakeUpBench(startServer);
  beforeAll(() => bench.open());
  afterEach(() => bench.tidy());
  afterAll(() => bench.close());
  wakeUpsContract(bench);
  wakeUpsFaultsContract(bench);
});

/** A cluster of its own, since the suite kills it. */
async function postgresServer(): Promise<QueueServer> {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-queue-'));
  let running = await startEmbeddedPostgres({ folder });
  await migrate(running.url);
  return {
    options: { databaseUrl: running.url },
    kill9: async () => {
      process.kill(running.pid, 'SIGKILL');
      while (isAlive(running.pid)) await new Promise((done) => setImmediate(done));
    },
    restart: async () => {
      running = await startEmbeddedPostgres({ folder });
    },
    stealLocks: () => run(running.url, `update bullmq.job set lock_token = 'somebody else' where state = 'active'`),
    wipe: () => run(running.url, 'delete from bullmq.job'),
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function redisServer(): Promise<QueueServer> {
  const server = await startRedis();
  const withClient = async (act: (redis: Redis) => Promise<unknown>) => {
    const redis = new Redis(server.url);
    await act(redis);
    redis.disconnect();
  };
  return {
    options: { databaseUrl: '', redisUrl: server.url },
    kill9: server.kill9,
    restart: server.restart,
    stealLocks: () =>
      withClient(async (redis) => {
        for (const key of await redis.keys('*:lock')) await redis.set(key, 'somebody else');
      }),
    wipe: () => withClient((redis) => redis.flushall()),
    stop: server.stop,
  };
}

describe('a queue that cannot be trusted is refused at the start', () => {
  test('a Redis that may throw wake-ups away', async () => {
    const server = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
    try {
      await expect(openWakeUps({ databaseUrl: '', redisUrl: server.url })).rejects.toMatchObject({
        code: 'queue.redis.evicts',
        field: 'REDIS_URL',
        remedy: expect.stringContaining('noeviction'),
      });
    } finally {
      await server.stop();
    }
  });

  test.each([
    ['Redis', { databaseUrl: '', redisUrl: 'redis://127.0.0.1:1' }, 'REDIS_URL'],
    ['PostgreSQL', { databaseUrl: 'postgres://nobody@127.0.0.1:1/none' }, 'DATABASE_URL'],
  ])('a %s that does not answer', async (_, options, field) => {
    await expect(openWakeUps(options)).rejects.toMatchObject({ code: 'queue.unreachable', field });
  });

  test('a PostgreSQL that was not migrated', async () => {
    const { url, drop } = await freshDatabase();
    try {
      await run(url, 'drop schema bullmq cascade');
      await expect(openWakeUps({ databaseUrl: url })).rejects.toMatchObject({ code: 'queue.schema' });
    } finally {
      await drop();
    }
  });
});
