/**
 * Preloaded into a worker under measurement (`node --import`): a message `loop` over the channel to its parent is answered
 * by the event loop's delay since the last one. The product knows nothing of it. (Signals are no way in: Nest takes each
 * for a wish to shut down.)
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two looks; part of every figure the histogram holds. */
const EVERY_MS = 5;

export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();
process.on('message', (asked) => {
  if (asked !== 'loop') return;
  const over = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - EVERY_MS);
  const answer: LoopDelay = { p99Ms: over(delay.percentile(99)), maxMs: over(delay.max) };
  process.send?.(answer);
  delay.reset();
});
