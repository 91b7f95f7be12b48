import { describe, expect, test } from '@jest/globals';
import type { Clock, Database } from '#libs/kernel';
import { ClockWatch } from './clock.watch.js';
import { waitForBothClocks } from './wait.js';

const START = 1_790_000_000_000;
const LIMIT_MS = 250;

/** A machine and a database whose clocks differ; time passes by sleeping and by asking the database. */
function clocksApart(databaseAheadMs: number, roundTripMs = 0) {
  const time = { passed: 0, ahead: databaseAheadMs };
  const clock: Clock = {
    now: () => START + time.passed,
    monotonic: () => time.passed,
    sleep: async (ms) => void (time.passed += ms),
  };
  const first = async () => {
    time.passed += roundTripMs / 2;
    const ms = START + time.passed + time.ahead;
    time.passed += roundTripMs / 2;
    return { ms: String(ms) };
  };
  const watch = new ClockWatch({ first } as unknown as Database, clock, LIMIT_MS);
  return { time, clock, watch, databaseNow: () => START + time.passed + time.ahead };
}

describe('two clocks', () => {
  test.each([
    ['is behind', -120],
    ['is ahead', 120],
    ['agrees', 0],
  ])('T has come when both have reached it: the database %s', async (_where, ahead) => {
    const { watch } = clocksApart(ahead);
    await watch.measure();
    expect(watch.until(START + 1_000)).toBe(1_000 + Math.max(0, -ahead));
  });

  test.each([
    [-LIMIT_MS - 1, false],
    [-LIMIT_MS, true],
    [0, true],
    [LIMIT_MS, true],
    [LIMIT_MS + 1, false],
    [600_000, false],
  ])('a database that is %d ms ahead is trusted: %s', async (ahead, trusted) => {
    const { watch } = clocksApart(ahead);
    await watch.measure();
    expect(watch.trusted()).toBe(trusted);
  });

  test('are not trusted before they were compared', () => {
    expect(clocksApart(0).watch.trusted()).toBe(false);
  });

  test('a step of either clock counts at once, whatever was measured before', async () => {
    const { watch, time } = clocksApart(0, 2);
    for (let round = 0; round < 8; round++) await watch.measure();
    time.ahead = 3_600_000;
    await watch.measure();
    expect(watch.trusted()).toBe(false);
  });

  test('a slow answer of the database is not taken for a skew', async () => {
    const { watch } = clocksApart(0, 2_000);
    await watch.measure();
    expect(watch.trusted()).toBe(true);
  });
});

describe('waiting for T', () => {
  test.each([-200, 0, 200])('ends when neither clock is before it, with the database %d ms ahead', async (ahead) => {
    const { watch, clock, time, databaseNow } = clocksApart(ahead);
    const instant = START + 3_000;
    // the last milliseconds are waited for without sleeping: let the machine's clock run meanwhile
    const running = setInterval(() => (time.passed += 1), 0);
    const came = await waitForBothClocks(watch, clock, instant, new AbortController().signal);
    clearInterval(running);
    expect(came).toBe(true);
    expect(Math.min(clock.now(), databaseNow())).toBeGreaterThanOrEqual(instant);
    expect(Math.min(clock.now(), databaseNow())).toBeLessThan(instant + 50);
  });

  test('notices that the database’s clock was set back meanwhile', async () => {
    const { watch, clock, time, databaseNow } = clocksApart(0);
    const instant = START + 5_000;
    const stepping: Clock = {
      ...clock,
      sleep: async (ms) => {
        time.passed += ms;
        if (time.passed > 2_000 && time.ahead === 0) time.ahead = -200;
      },
    };
    const running = setInterval(() => (time.passed += 1), 0);
    await waitForBothClocks(watch, stepping, instant, new AbortController().signal);
    clearInterval(running);
    expect(databaseNow()).toBeGreaterThanOrEqual(instant);
  });

  test('ends when it is told to, and T has not come then', async () => {
    const { watch, clock } = clocksApart(0);
    expect(await waitForBothClocks(watch, clock, START + 60_000, AbortSignal.abort())).toBe(false);
  });
});
