import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../support/redis.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';

/** A queue that can lose its mind. */
export interface Amnesia {
  readonly name: string;
  /** Not there: PostgreSQL holds the queue. */
  readonly redisUrl?: string;
  /** Resolves when the queue's server works again, with nothing or little in it. */
  strike(room: ChaosRoom): Promise<void>;
}

/** A supervisor that restarts a server takes about this long. */
const DOWN_MS = [300, 3_000] as const;

/** One of each kind, every one with a queue of its own. */
export async function amnesias(house: ChaosHouse): Promise<Amnesia[]> {
  const redis = async (): Promise<RedisServer> => {
    const server = await startRedis();
    house.later(() => server.stop());
    return server;
  };
  const [flushed, killed, full] = await Promise.all([redis(), redis(), redis()]);
  return [
    { name: 'FLUSHALL', redisUrl: flushed.url, strike: () => told(flushed, (client) => client.flushall()) },
    { name: 'kill -9', redisUrl: killed.url, strike: () => kill(house, killed) },
    { name: 'out of memory', redisUrl: full.url, strike: () => starve(house, full) },
    { name: 'tables emptied', strike: emptied },
  ];
}

/** By its pid, and started again on the same port with what had reached its file. */
async function kill(house: ChaosHouse, server: RedisServer): Promise<void> {
  await server.kill9();
  await sleep(house.chance.whole(...DOWN_MS));
  await server.restart();
}

/** Every write is refused for a while: noeviction, and less memory than it has in use. */
async function starve(house: ChaosHouse, server: RedisServer): Promise<void> {
  await told(server, (client) => client.config('SET', 'maxmemory', '1mb'));
  await sleep(house.chance.whole(...DOWN_MS));
  await told(server, (client) => client.config('SET', 'maxmemory', '0'));
}

async function told(server: RedisServer, say: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(server.url);
  try {
    await say(client);
  } finally {
    client.disconnect();
  }
}

/** Everything that BullMQ keeps in PostgreSQL, but for the note of which version its tables have. */
async function emptied({ world }: ChaosRoom): Promise<void> {
  const tables = await world.owner.rows<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'bullmq' and tablename !~ 'migration|version'`,
  );
  await world.owner.rows(`truncate ${tables.map(({ name }) => `bullmq.${name}`).join(', ')} cascade`);
}
