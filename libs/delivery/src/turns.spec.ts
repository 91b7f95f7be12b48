import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '#libs/kernel';
import { staggered } from './arm.stagger.js';
import { Lanes } from './lanes.js';
import { readLaneRules } from './lane.rules.js';
import { Turns } from './turns.js';
import type { Verdict } from './verdict.js';

const throttled: Verdict = { word: 'deferred', phase: 'rcpt', whose: 'recipient', throttled: 'domain', why: 'slow' };
const accepted: Verdict = { word: 'accepted', code: 250, reply: '250' };

function house(rules = '') {
  const time = { ms: 0 };
  const clock: Clock = { now: () => time.ms, monotonic: () => time.ms, sleep: async () => undefined };
  return { time, lanes: new Lanes({ connections: 10, clock, rules: readLaneRules(rules) }) };
}
const rows = (...domains: string[]) => domains.map((domain, i) => ({ id: i, address: `p${i}@${domain}` }));

describe('turns', () => {
  test('are in the order of the rows while nothing is in the way', () => {
    const { lanes } = house();
    const turns = new Turns(lanes, rows('a.example', 'gmail.com', 'a.example', 'qq.com'));
    expect([turns.next(), turns.next(), turns.next(), turns.next(), turns.next()].map((turn) => turn?.row.id)).toEqual([
      0,
      1,
      2,
      3,
      undefined,
    ]);
  });

  test('pass over a lane that cools, and say when each of its messages should be tried', () => {
    const { lanes } = house();
    const google = lanes.of('x@gmail.com');
    lanes.started(google);
    lanes.finished(google, throttled);
    const turns = new Turns(lanes, rows('gmail.com', 'a.example', 'gmail.com', 'b.example'));
    expect([turns.next()?.row.id, turns.next()?.row.id, turns.next()?.row.id]).toEqual([1, 3, undefined]);
    expect(turns.left).toBe(2);
    expect(turns.soonest).toBe(Infinity);
    expect(turns.postpone()).toEqual([
      { row: expect.objectContaining({ id: 0 }), waitMs: 30_000 },
      { row: expect.objectContaining({ id: 2 }), waitMs: 31_000 },
    ]);
    expect(turns.left).toBe(0);
  });

  test('come back to a lane that was full as soon as it is not, before later ones', () => {
    const { lanes } = house('gmail.com=concurrency:1');
    const turns = new Turns(lanes, rows('gmail.com', 'gmail.com', 'a.example', 'b.example'));
    const first = turns.next();
    expect(turns.next()?.row.id).toBe(2);
    if (first) lanes.finished(first.lane, accepted);
    expect([turns.next()?.row.id, turns.next()?.row.id, turns.left]).toEqual([1, 3, 0]);
  });

  test('give every row exactly one turn or one postponement, whatever the lanes do', () => {
    const domain = fc.constantFrom('gmail.com', 'qq.com', 'a.example', 'b.example');
    const verdict = fc.constantFrom(accepted, throttled);
    fc.assert(
      fc.property(
        fc.array(domain, { maxLength: 60 }),
        fc.array(verdict, { minLength: 60, maxLength: 60 }),
        (all, came) => {
          const { lanes, time } = house('qq.com=rate:5/s; b.example=concurrency:2');
          const turns = new Turns(lanes, rows(...all));
          const seen: number[] = [];
          for (let i = 0; i < 60 && turns.left > 0; i++) {
            const turn = turns.next();
            if (turn) {
              seen.push(turn.row.id);
              lanes.finished(turn.lane, came[i] ?? accepted);
            }
            time.ms += 10;
          }
          seen.push(...turns.postpone().map(({ row }) => row.id));
          expect(seen.sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
        },
      ),
    );
  });
});

describe('opening connections ahead of T', () => {
  test('never opens more than the limit in any second, and all five seconds before T where that can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: -5_000, max: 60_000 }), (count, untilMs) => {
        const at = staggered(count, untilMs);
        expect(at).toHaveLength(count);
        expect(at[0]).toBe(0);
        if ((count - 1) * 100 > untilMs - 5_000) return expect(at.at(-1)).toBe(0);
        const crowded = at.filter((from, i) => (at[i + 10] ?? Infinity) - from < 999);
        expect(crowded).toEqual([]);
        expect(at.at(-1)).toBeLessThanOrEqual(Math.max(0, untilMs - 5_000));
      }),
    );
  });

  test('uses the time there is, but not more than a second for each', () => {
    expect(staggered(5, 30_000)).toEqual([0, 1000, 2000, 3000, 4000]);
    expect(staggered(100, 30_000).at(-1)).toBe(25_000);
    expect(staggered(3, 2_000)).toEqual([0, 0, 0]);
  });
});
