import { describe, expect, test } from '@jest/globals';
import { Problem } from '#libs/kernel';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { instantsOf, resolveInstant } from './instant.js';

/**
 * Every zone of the IANA data and every change of its clocks from 2026 to 2028, minute by minute. What is true is asked
 * of Intl.DateTimeFormat by way of UTC, so that no rule of the code under test judges itself.
 */
const FROM = Date.UTC(2026, 0, 1);
const UNTIL = Date.UTC(2029, 0, 1);
const MINUTE = 60_000;
/** No zone changes its clocks twice within a week; Morocco comes nearest, with the five weeks around Ramadan. */
const WEEK = 7 * 1440 * MINUTE;
const ZONES = Intl.supportedValuesOf('timeZone');

interface Change {
  readonly zone: string;
  /** The first instant at which the new offset holds. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const formats = new Map(
  ZONES.map((zone) => [zone, new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' })]),
);

/** Offset from UTC in ms. */
function offsetAt(zone: string, utcMs: number): number {
  const text = formats.get(zone)?.format(utcMs) ?? '';
  const [, sign, hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

function changesOf(zone: string): readonly Change[] {
  const changes: Change[] = [];
  for (let week = FROM; week < UNTIL; week += WEEK) {
    const before = offsetAt(zone, week);
    const after = offsetAt(zone, week + WEEK);
    if (before !== after) changes.push({ zone, at: firstWith(after, zone, week), before, after });
  }
  return changes;
}

function firstWith(offset: number, zone: string, start: number): number {
  let [low, high] = [start, start + WEEK];
  while (high - low > MINUTE) {
    const middle = Math.floor((low + high) / 2 / MINUTE) * MINUTE;
    if (offsetAt(zone, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

function wallOf(localMs: number): string {
  return new Date(localMs).toISOString().slice(0, 16);
}

/** Kept, as many zones change at the same wall times and making one is the dearest step of this test. */
const plainWalls = new Map<number, Temporal.PlainDateTime>();

function plain(localMs: number): Temporal.PlainDateTime {
  const wall = plainWalls.get(localMs) ?? Temporal.PlainDateTime.from(wallOf(localMs));
  plainWalls.set(localMs, wall);
  return wall;
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / MINUTE;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function answer(wall: string, zone: string, offset?: string): number | string {
  try {
    return resolveInstant({ wall, zone, offset }).utcMs;
  } catch (problem) {
    if (problem instanceof Problem) return problem.code;
    throw problem;
  }
}

type Hold = (localMs: number, got: unknown, want: unknown) => void;

/** Looks at one change of clocks; the faults found, none if all is well. */
function faults(
  change: Change,
  look: (change: Change, edges: { low: number; high: number }, hold: Hold) => void,
): readonly string[] {
  const found: string[] = [];
  const { at, before, after } = change;
  look(change, { low: at + Math.min(before, after), high: at + Math.max(before, after) }, (localMs, got, want) => {
    if (String(got) !== String(want))
      found.push(`${change.zone} ${wallOf(localMs)}: ${String(got)} instead of ${String(want)}`);
  });
  return found;
}

/** How many instants a wall time has decides everything; asked for each minute that is skipped or repeated, and one to each side. */
function everyMinute({ zone, before, after }: Change, { low, high }: { low: number; high: number }, hold: Hold): void {
  for (let local = low - MINUTE; local <= high; local += MINUTE) {
    const outside = local < low ? [local - before] : [local - after];
    const inside = after > before ? [] : [local - before, local - after];
    const got = instantsOf(plain(local), zone).map((instant) => instant.epochMilliseconds);
    hold(local, got, local < low || local === high ? outside : inside);
  }
}

/** What an officer gets to hear, at the first, middle and last minute and to both sides. */
function answers({ zone, before, after }: Change, { low, high }: { low: number; high: number }, hold: Hold): void {
  hold(low - MINUTE, answer(wallOf(low - MINUTE), zone), low - MINUTE - before);
  hold(high, answer(wallOf(high), zone), high - after);
  for (const local of [low, (low + high) / 2, high - MINUTE]) {
    const wall = wallOf(local);
    hold(local, answer(wall, zone), after > before ? 'embargo.time.gap' : 'embargo.time.twice');
    hold(local, answer(wall, zone, offsetText(before)), after > before ? 'embargo.time.gap' : local - before);
    hold(local, answer(wall, zone, offsetText(after)), after > before ? 'embargo.time.gap' : local - after);
  }
}

describe('every zone of the IANA data', () => {
  const changes = ZONES.flatMap(changesOf);

  test('has changes of its clocks to look at', () => {
    expect(ZONES.length).toBeGreaterThan(400);
    expect(changes.length).toBeGreaterThan(500);
  });

  test('has no instant for any minute that is skipped, two for any that is repeated, one to either side', () => {
    expect(changes.flatMap((change) => faults(change, everyMinute))).toEqual([]);
  });

  test('has skipped and repeated wall times refused without an offset, and repeated ones taken with either', () => {
    expect(changes.flatMap((change) => faults(change, answers))).toEqual([]);
  });

  test('leads from any instant to its wall time and offset and back again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: FROM / MINUTE, max: UNTIL / MINUTE }),
        (zone, minute) => {
          const utcMs = minute * MINUTE;
          const offset = offsetAt(zone, utcMs);
          const wall = wallOf(utcMs + offset);
          expect(resolveInstant({ wall, zone, offset: offsetText(offset) })).toMatchObject({
            utcMs,
            wall,
            offset: offsetText(offset),
          });
        },
      ),
      { numRuns: 3000 },
    );
  });
});
