import { openQueueBackend, type QueueOptions, type WakeUpJob, type WakeUpQueue } from './queue-backend.queue.js';
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

  return {
    ring: async (kind, data, { key, delayMs = 0 } = {}) => {
      // PostgreSQL refuses a fraction of a millisecond
      const delay = Math.max(0, Math.ceil(delayMs));
      const job = await queues[kind].add(kind, data, { delay, ...(key === undefined ? {} : { jobId: jobId(key) }) });
      if (key !== undefined && delay === 0) await bringForward(job);
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
    close: async () => {
      await Promise.all(all.map((queue) => queue.close()));
      await backend.close();
    },
  };
}

/** BullMQ refuses ids with a colon and ids of digits only. */
function jobId(key: string): string {
  return `key-${key.replaceAll('%', '%25').replaceAll(':', '%3A')}`;
}

/** An earlier ring of this key may be waiting for a later time, and would swallow this one. */
async function bringForward(job: WakeUpJob): Promise<void> {
  try {
    await job.promote();
  } catch (error) {
    if (!NOT_DELAYED.includes((error as { code?: number }).code ?? 0)) throw error;
  }
}
