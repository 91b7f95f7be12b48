import type { Job, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import pg from 'pg';
import type { DatabaseRole } from './database.js';
import { Problem } from './problem.js';
import { WAKE_UP_KINDS, type WakeUpData, type WakeUpKind } from './queue.port.js';

export interface QueueOptions {
  /** The queue lives here when `redisUrl` is not given; its schema `bullmq` must have been migrated. */
  readonly databaseUrl: string;
  /** Redis or Valkey; empty means not given. */
  readonly redisUrl?: string;
  /** The PostgreSQL role to work as; `dateline_app` when not given. */
  readonly role?: DatabaseRole;
}

export type WakeUpJob = Job<WakeUpData[WakeUpKind], void, WakeUpKind>;
export type WakeUpQueue = Queue<WakeUpData[WakeUpKind], void, WakeUpKind>;
export type WakeUpWorker = Worker<WakeUpData[WakeUpKind], void, WakeUpKind>;
export type WakeUpProcessor = Processor<WakeUpData[WakeUpKind], void, WakeUpKind>;

/**
 * BullMQ on one of its two stores, loaded when first used: it takes a third of a second, and most specs never ring. Everything above this interface is the same on both. */
export interface QueueBackend {
  queue(kind: WakeUpKind): WakeUpQueue;
  worker(kind: WakeUpKind, processor: WakeUpProcessor, concurrency: number): WakeUpWorker;
  /** Before workers close: gives up a server that is down, which they would wait for until it comes back. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** What the connections are for: `ring` fails fast when the server is away, `listen` waits for it. */
export type QueueUse = 'ring' | 'listen';

/** Two installations may share one Redis; the kinds get a queue each, so that preparing never holds up sending. */
const PREFIX = 'dateline';
const queueName = (kind: WakeUpKind) => `dateline-${kind}`;

const DEFAULT_JOB = {
  // a finished wake-up leaves nothing behind, so its key can ring again
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 5,
  backoff: { type: 'exponential', delay: 200, jitter: 0.5 },
  stackTraceLimit: 0,
} as const;

/** BullMQ's defaults leave a queue still for 15 to 60 s after a restart of its server (measured); these for 2 to 7 s. */
const WORKER: Partial<WorkerOptions> = {
  lockDuration: 5_000,
  stalledInterval: 2_000,
  maxStalledCount: 3,
  runRetryDelay: 500,
  drainDelay: 2,
};

/**
 * Connects to the queue's server and checks that it can be trusted with wake-ups.
 * @throws Problem when it cannot be reached, evicts keys, or has not been migrated
 */
export function openQueueBackend(options: QueueOptions, use: QueueUse): Promise<QueueBackend> {
  return options.redisUrl ? onRedis(options.redisUrl, use) : onPostgres(options, use);
}

async function onPostgres(options: QueueOptions, use: QueueUse): Promise<QueueBackend> {
  const { Queue, Worker, assertSchemaCompatibility, createPostgresBackend } = await import('bullmq');
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    options: `-c search_path=bullmq -c role=${options.role ?? 'dateline_app'} -c statement_timeout=10000`,
    application_name: 'dateline-wake-ups',
    // each worker keeps one connection to itself for LISTEN
    max: use === 'listen' ? WAKE_UP_KINDS.length + 6 : 3,
    connectionTimeoutMillis: 5_000,
    // a new session compiles the queue's functions at its first call: 10 ms, half a second on a busy machine
    idleTimeoutMillis: 0,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  });
  // an idle connection that breaks is replaced at its next use
  pool.on('error', () => undefined);
  const factory: typeof createPostgresBackend = (...parts) => {
    const backend = createPostgresBackend(...parts);
    // it waits by this machine's clock, for up to an hour: when that clock is set right meanwhile, look again soon
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: 2 });
    return backend;
  };
  try {
    // BullMQ would remember a failed first connection for ever
    const client = await pool.connect();
    await assertSchemaCompatibility(client, 'bullmq').finally(() => client.release());
  } catch (cause) {
    await pool.end();
    throw postgresProblem(cause);
  }
  return {
    queue: (kind) =>
      new Queue(
        queueName(kind),
        { connection: pool, defaultJobOptions: DEFAULT_JOB },
        factory,
      ) as unknown as WakeUpQueue,
    worker: (kind, processor, concurrency) =>
      new Worker(
        queueName(kind),
        processor,
        { ...WORKER, connection: pool, concurrency },
        factory,
      ) as unknown as WakeUpWorker,
    leave: async () => undefined,
    close: () => pool.end(),
  };
}

function postgresProblem(cause: unknown): Problem {
  if (/Schema/.test(cause instanceof Error ? cause.name : '') || (cause as { code?: string }).code === '42P01') {
    return new Problem({
      code: 'queue.schema',
      field: 'DATABASE_URL',
      message: 'The wake-up queue has no tables in this database, or those of another version.',
      remedy: 'Run "dateline migrate" and start again.',
      cause,
    });
  }
  return unreachable('DATABASE_URL', 'PostgreSQL', cause);
}

async function onRedis(url: string, use: QueueUse): Promise<QueueBackend> {
  const [{ Queue, Worker }, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
  const state = { leaving: false };
  const redis = new ioredis.Redis(url, redisOptions(use, state));
  redis.on('error', () => undefined);
  const blocking = eachDuplicate(redis);
  try {
    await redis.connect();
    refuseEviction(await redis.info('memory'));
  } catch (cause) {
    redis.disconnect();
    throw cause instanceof Problem ? cause : unreachable('REDIS_URL', 'Redis', cause);
  }
  const shared = { connection: redis, prefix: PREFIX };
  return {
    queue: (kind) =>
      new Queue(queueName(kind), {
        ...shared,
        defaultJobOptions: DEFAULT_JOB,
        streams: { events: { maxLen: 100 } },
      }),
    worker: (kind, processor, concurrency) =>
      new Worker(queueName(kind), processor, { ...WORKER, ...shared, concurrency }),
    leave: async () => {
      state.leaving = true;
      await Promise.all([redis, ...blocking].map(settled));
    },
    close: async () => redis.disconnect(),
  };
}

/** The connections that BullMQ's workers make for themselves to wait on. */
function eachDuplicate(redis: Redis): ReadonlySet<Redis> {
  const made = new Set<Redis>();
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate(override);
    made.add(copy);
    return copy;
  };
  return made;
}

/** Resolves when a client is connected or has given up. */
function settled(client: Redis): Promise<void> {
  if (client.status === 'ready' || client.status === 'end') return Promise.resolve();
  return new Promise((done) => {
    for (const event of ['ready', 'end']) client.once(event, () => done());
  });
}

function redisOptions(use: QueueUse, state: { readonly leaving: boolean }): RedisOptions {
  const options: RedisOptions = {
    lazyConnect: true,
    connectTimeout: 5_000,
    keepAlive: 5_000,
    disconnectTimeout: 200,
    retryStrategy: (times) => (state.leaving ? null : Math.min(times * 100, 1_000)),
  };
  return use === 'listen'
    ? { ...options, maxRetriesPerRequest: null }
    : { ...options, maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: 5_000 };
}

/** INFO, not CONFIG GET: hosted Redis often forbids the latter. */
function refuseEviction(memory: string): void {
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  throw new Problem({
    code: 'queue.redis.evicts',
    field: 'REDIS_URL',
    message: `This Redis may throw wake-ups away when its memory is full (maxmemory-policy ${policy}).`,
    remedy: 'Set maxmemory-policy to noeviction, or give Dateline a Redis of its own in REDIS_URL.',
  });
}

function unreachable(field: string, server: string, cause: unknown): Problem {
  return new Problem({
    code: 'queue.unreachable',
    field,
    message: `The wake-up queue's ${server} does not answer.`,
    remedy: `Check that it runs and that ${field} is right.`,
    status: 503,
    cause,
  });
}
