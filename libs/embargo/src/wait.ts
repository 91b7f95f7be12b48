import type { Clock } from '#libs/kernel';
import type { ClockWatch } from './clock.watch.js';

/** Timers fire up to 1.3 ms early (measured) and late under load: sleep coarsely, then read the clock. */
const FINE_MS = 12;
const LONGEST_SLEEP_MS = 1_000;

/**
 * Resolves true when both this machine's clock and the database's have reached `instant`; false when aborted, or when the
 * two come to differ too much: whoever waits then holds what another worker, whose clock is right, could send on time.
 * Measures the skew again every second of waiting, so a clock that steps meanwhile is noticed.
 */
export async function waitForBothClocks(
  watch: ClockWatch,
  clock: Clock,
  instant: number,
  signal: AbortSignal,
): Promise<boolean> {
  await watch.measure();
  for (;;) {
    if (signal.aborted || !watch.trusted()) return false;
    const left = watch.until(instant);
    if (left <= 0) return true;
    if (left > FINE_MS) {
      await clock.sleep(Math.min(left - FINE_MS, LONGEST_SLEEP_MS), signal);
      if (watch.until(instant) > 2 * LONGEST_SLEEP_MS || left > LONGEST_SLEEP_MS) await watch.measure();
    } else {
      // yields to the event loop, so sockets and aborts are served while the last milliseconds pass
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
