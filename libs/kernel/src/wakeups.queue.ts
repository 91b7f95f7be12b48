import { randomUUID } from 'node:crypto';
import { openQueueBackend, type QueueOptions, type WakeUpQueue } from './queue-backend.queue.js';
import { WAKE_UP_KINDS, type WakeUpKind, type WakeUps } from './queue.port.js';

/** BullMQ's answer when a job to be promoted does not wait for a later time, or is gone. */
const NOT_DELAYED = [-1, -3];

/**
 * Opens the ringing side of the queue.
 * @throws Problem when its server cannot be reached, evicts keys, or has not been migrated
 */
export async function openWakeUps(options: QueueOptions): Promise<WakeUps> {
  const backend = await openQueueBackend(options, 'ring');
  const queues = Object.fromEntries(WAKE_UP_KINDS.map((kind) => [kind, backend.queue(kind)])) as Record<
    WakeUpKind,
    WakeUpQueue
  >;
  const all = Object.values(queues);
  // every failure reaches the caller through its own promise
  for (const queue of all) queue.on('error', () => undefined);
  await Promise.all(all.map((queue) => queue.waitUntilReady()));

  let closed: Promise<void> | undefined;
  return {
    ring: async (kind, data, { key, delayMs = 0 } = {}) => {
      // PostgreSQL refuses a fraction of a millisecond
      const delay = Math.max(0, Math.ceil(delayMs));
      const id = jobId(key);
      if (key !== undefined && delay === 0 && (await broughtForward(queues[kind], id))) return;
      await queues[kind].add(kind, data, { delay, jobId: id });
    },
    counts: async () => {
      const counted = await Promise.all(
        WAKE_UP_KINDS.map(async (kind) => {
          const {
            waiting = 0,
            active = 0,
            delayed = 0,
          } = await queues[kind].getJobCounts('waiting', 'active', 'delayed');
          return [kind, { waiting, active, delayed }] as const;
        }),
      );
      return Object.fromEntries(counted) as Awaited<ReturnType<WakeUps['counts']>>;
    },
    empty: async () => {
      await Promise.all(all.map((queue) => queue.drain(true)));
    },
    close: () => (closed ??= Promise.all(all.map((queue) => queue.close())).then(() => backend.close())),
  };
}

/**
 * BullMQ refuses ids with a colon and ids of digits only; ids that it makes itself need a right on PostgreSQL, to create
 * sequences, which the app role does not have.
 */
function jobId(key: string | undefined): string {
  return key === undefined ? `ring-${randomUUID()}` : `key-${key.replaceAll('%', '%25').replaceAll(':', '%3A')}`;
}

/** Whether an earlier ring of this key waited for a later time and now does not; adding would be swallowed by it. */
async function broughtForward(queue: WakeUpQueue, id: string): Promise<boolean> {
  const waiting = await queue.getJob(id);
  if (!waiting) return false;
  try {
    await waiting.promote();
    return true;
  } catch (error) {
    if (NOT_DELAYED.includes((error as { code?: number }).code ?? 0)) return false;
    throw error;
  }
}
