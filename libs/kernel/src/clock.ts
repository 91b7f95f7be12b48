/** Reads the wall clock of this machine. Everything outside adapters asks here, never `Date.now()`. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC, with a fraction where the machine gives one. */
  now(): number;
  /** Milliseconds from an arbitrary start; never steps. For durations. */
  monotonic(): number;
  /** Resolves after at least about `ms` milliseconds; timers may fire up to 2 ms early, so a clock read has the last word. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Node clamps longer timers to 1 ms (32-bit overflow), which would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
