/**
 * Preloaded into a worker under measurement (`node --import`) and asked over the channel to its parent; the product knows
 * nothing of it. (Signals are no way in: Nest takes each for a wish to shut down.)
 *
 *   'loop'           answered by the event loop's delay since it was last asked
 *   'profile'        begins a profile of the processor
 *   'profile-end'    answered by the profile
 */
import { Session, type Profiler } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two looks; part of every figure the histogram holds. */
const EVERY_MS = 5;
/** Microseconds between two samples. */
const SAMPLE_US = 500;

export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

export type ProbeQuestion = 'loop' | 'profile' | 'profile-end';

const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();
const inspector = new Session();

process.on('message', (asked: ProbeQuestion) => {
  void answer(asked).then((said) => process.send?.(said));
});

async function answer(asked: ProbeQuestion): Promise<LoopDelay | Profiler.Profile | null> {
  if (asked === 'loop') {
    const over = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - EVERY_MS);
    const since = { p99Ms: over(delay.percentile(99)), maxMs: over(delay.max) };
    delay.reset();
    return since;
  }
  if (asked === 'profile-end') return (await inspector.post('Profiler.stop')).profile;
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await inspector.post('Profiler.start');
  return null;
}
