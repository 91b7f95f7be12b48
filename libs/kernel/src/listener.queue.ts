import { type Clock, systemClock } from './clock.js';
import { errorFacts, type Log, type LogFacts } from './log.js';
import {
  openQueueBackend,
  type QueueOptions,
  type WakeUpJob,
  type WakeUpProcessor,
  type WakeUpWorker,
} from './queue-backend.queue.js';
import {
  type Outcome,
  WAKE_UP_KINDS,
  type WakeUpData,
  type WakeUpHandlers,
  type WakeUpKind,
  type WakeUpListener,
} from './queue.port.js';

export interface ListenOptions extends QueueOptions {
  /** How many wake-ups of a kind this process answers at the same time. */
  readonly concurrency: Readonly<Record<WakeUpKind, number>>;
  readonly clock?: Clock;
}

/**
 * A worker whose clock is fast is given a wake-up before its time and snoozes it; its own clock would call it due at
 * once, again and again. This keeps that to ten rounds a second.
 */
const SHORTEST_SNOOZE_MS = 100;
/** How long the queue's server may take to hear that we leave; its stalled check hands over what we could not return. */
const CLOSE_WITHIN_MS = 5_000;
/** For somebody else, as soon as may be. */
const BACK: Outcome = { word: 'snooze', until: 0 };
const HANDLER_FAILED = 'the handler failed';
/** The same trouble with the server is logged once in this time. */
const QUIET_MS = 10_000;

/**
 * Answers wake-ups until closed. The only place where our words become BullMQ's: `done` and `drop` finish a job,
 * `snooze` delays it, a throw is retried with back-off.
 * @throws Problem when the queue's server cannot be reached, evicts keys, or has not been migrated
 */
export async function listen(options: ListenOptions, handlers: WakeUpHandlers, log: Log): Promise<WakeUpListener> {
  const clock = options.clock ?? systemClock;
  const backend = await openQueueBackend(options, 'listen');
  const { DelayedError } = await import('bullmq');
  const closing = new AbortController();
  const running = new Set<Promise<Outcome>>();
  let held = false;

  const processorOf =
    (kind: WakeUpKind): WakeUpProcessor =>
    async (job, token, lost) => {
      const signal = lost ? AbortSignal.any([lost, closing.signal]) : closing.signal;
      // a worker that already waits for the queue takes one more after it was told to hold
      const outcome = held ? BACK : await tracked(running, answer(kind, handlers, job, signal, log));
      if (outcome.word === 'drop') log.info({ ...factsOf(kind, job), reason: outcome.reason }, 'wake-up dropped');
      if (outcome.word !== 'snooze') return;
      await job.moveToDelayed(snoozeUntil(outcome.until, clock, closing.signal), token);
      throw new DelayedError();
    };

  const workers = WAKE_UP_KINDS.map((kind) => {
    const worker = backend.worker(kind, processorOf(kind), options.concurrency[kind]);
    watch(worker, kind, clock, log);
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));

  const close = async () => {
    closing.abort('closing');
    await within(CLOSE_WITHIN_MS, backend.leave(), clock);
    const closed = Promise.all(workers.map((worker) => worker.close()));
    while (running.size > 0) await Promise.allSettled(running);
    await within(CLOSE_WITHIN_MS, closed, clock);
    await backend.close();
  };
  let closed: Promise<void> | undefined;
  return {
    hold: async () => {
      held = true;
      await Promise.all(workers.map((worker) => worker.pause(true)));
    },
    resume: () => {
      held = false;
      for (const worker of workers) void worker.resume();
    },
    close: () => (closed ??= close()),
  };
}

async function tracked<T>(running: Set<Promise<T>>, work: Promise<T>): Promise<T> {
  running.add(work);
  try {
    return await work;
  } finally {
    running.delete(work);
  }
}

async function within(ms: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, clock.sleep(ms, late.signal)]);
  late.abort();
}

/** Runs a handler; what it throws is logged here and leaves without its words, for BullMQ stores them. */
async function answer(
  kind: WakeUpKind,
  handlers: WakeUpHandlers,
  job: WakeUpJob,
  signal: AbortSignal,
  log: Log,
): Promise<Outcome> {
  try {
    const handler = handlers[kind] as (data: WakeUpData[WakeUpKind], signal: AbortSignal) => Promise<Outcome>;
    return await handler(job.data, signal);
  } catch (error) {
    const attempt = job.attemptsMade + 1;
    log.error({ ...factsOf(kind, job), attempt, ...withoutWords(error) }, 'wake-up failed');
    if (attempt >= (job.opts.attempts ?? 1)) log.error(factsOf(kind, job), 'wake-up given up');
    throw new Error(HANDLER_FAILED);
  }
}

function snoozeUntil(until: number, clock: Clock, closing: AbortSignal): number {
  const soonest = clock.now() + (closing.aborted ? 0 : SHORTEST_SNOOZE_MS);
  return Math.ceil(Math.max(until, soonest));
}

function watch(worker: WakeUpWorker, kind: WakeUpKind, clock: Clock, log: Log): void {
  const lastLogged = new Map<string, number>();
  worker.on('error', (error) => {
    const now = clock.monotonic();
    if (now - (lastLogged.get(error.message) ?? -QUIET_MS) < QUIET_MS) return;
    // messages carry job ids, so they never run out
    if (lastLogged.size > 100) lastLogged.clear();
    lastLogged.set(error.message, now);
    log.warn({ kind, ...errorFacts(error) }, 'wake-up queue troubled');
  });
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, 'lost');
    log.warn({ kind, count: ids.length }, 'wake-up lost to another worker');
  });
  worker.on('failed', (job, error) => {
    // the queue's own verdict: its worker died under it again and again
    if (job && error.message !== HANDLER_FAILED) log.error(factsOf(kind, job), 'wake-up given up');
  });
}

function factsOf(kind: WakeUpKind, job: WakeUpJob): LogFacts {
  return { kind, ...job.data };
}

/** The words of a handler's error may quote a release or an address; its kind, code and place in our code do not. */
function withoutWords(error: unknown): LogFacts {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const at = frames.slice(0, 4).map((line) => line.trim());
  return { error: error.name, code: (error as { code?: unknown }).code, at };
}
