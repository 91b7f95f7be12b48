import { Problem } from './problem.js';

/** Where a process of ours can be made to die, for the runs that show that nothing is lost or sent twice by it. */
export const CRASH_POINTS = [
  /** A shard was taken, nothing of it was said. */
  'claim.after_commit',
  /** The body was handed over, the gate was not asked. */
  'data.mid',
  /** The gate said yes, the dot did not leave. */
  'dot.before',
  /** The dot left, no answer was read. */
  'dot.after',
  /** The answer was read, the ledger does not know it. */
  'reply.before_commit',
  /** Everything is in the ledger, the queue does not know it. */
  'ack.before',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

let armed: { readonly name: CrashPoint; left: number } | undefined;

/**
 * Arms one point for this process: `dot.after:17` dies when it is passed for the 17th time. Nothing arms itself: a process
 * that was not told DATELINE_CRASH cannot die of a crash point.
 * @throws Problem for another form or name
 */
export function armCrashPoint(text: string): void {
  const [, name, nth] = /^([a-z._]+):([1-9]\d{0,6})$/.exec(text) ?? [];
  const known = CRASH_POINTS.find((point) => point === name);
  if (!known)
    throw new Problem({
      code: 'settings.invalid',
      field: 'DATELINE_CRASH',
      message: `DATELINE_CRASH is “${text}”, which names no crash point and passing.`,
      remedy: `Leave it out, or write one of ${CRASH_POINTS.join(', ')} with the passing that ends the process: dot.after:17.`,
    });
  armed = { name: known, left: Number(nth) };
}

/** Passes a point. Unless it was armed, costs a comparison. SIGKILL: no handler runs, as when a machine dies. */
export function crashPoint(name: CrashPoint): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left === 0) process.kill(process.pid, 'SIGKILL');
}
