import { expect, test } from '@jest/globals';
import { type Outcome, type WakeUpHandlers, systemClock } from '#libs/kernel';
import { DISTRIBUTION, type DrainHandler, Tally, type WakeUpBench, done, drain, eventually } from './wakeups.bench.js';

/** What ringing and answering must do, whatever the queue. */
export function wakeUpsContract(bench: WakeUpBench): void {
  test('ring with their ids, each kind at its own handler', async () => {
    const got: unknown[] = [];
    const handlers: WakeUpHandlers = {
      prepare: async (data) => (got.push(['prepare', data]), done),
      drain: async (data) => (got.push(['drain', data]), done),
    };
    await bench.listening(handlers);
    await bench.wakeUps.ring('drain', drain(7));
    await eventually(() => got.length === 1);
    await bench.wakeUps.ring('prepare', { distribution: DISTRIBUTION, epoch: 2 });
    await eventually(() => got.length === 2);
    expect(got).toEqual([
      ['drain', { distribution: DISTRIBUTION, shard: 7, epoch: 1 }],
      ['prepare', { distribution: DISTRIBUTION, epoch: 2 }],
    ]);
  });

  test('ring later when asked to, not before', async () => {
    const at: number[] = [];
    await bench.answering(async () => (at.push(systemClock.now()), done));
    const rung = systemClock.now();
    await bench.wakeUps.ring('drain', drain(1), { delayMs: 400.3 });
    await eventually(() => at.length === 1);
    expect((at[0] ?? 0) - rung).toBeGreaterThanOrEqual(399);
  });

  test.each(['d:1', '42', 'd%3A1', 'plain'])('ring once for one key while it waits (%s)', async (key) => {
    for (let i = 0; i < 4; i++) await bench.wakeUps.ring('drain', drain(1), { key });
    await bench.wakeUps.ring('drain', drain(2), { key: `${key}!` });
    expect((await bench.wakeUps.counts()).drain).toEqual({ waiting: 2, active: 0, delayed: 0 });
    const answers = new Tally();
    await bench.answering(async (data) => (answers.count(data), done));
    await eventually(() => answers.of(1) === 1 && answers.of(2) === 1);
    await systemClock.sleep(50);
    expect(answers.total).toBe(2);
  });

  test('ring a key again once the earlier ring was answered, however it ended', async () => {
    const words: Outcome[] = [done, { word: 'drop', reason: 'old epoch' }, done];
    const answers = new Tally();
    await bench.answering(async (data) => words[answers.count(data) - 1] ?? done);
    for (let times = 1; times <= 3; times++) {
      await bench.wakeUps.ring('drain', drain(1), { key: 'again' });
      await eventually(() => answers.of(1) === times);
      await bench.atRest();
    }
    expect(bench.logged.filter((line) => line.says === 'wake-up dropped').map((line) => line.facts)).toEqual([
      { kind: 'drain', ...drain(1), reason: 'old epoch' },
    ]);
  });

  test('bring a delayed ring forward when the same key rings for now', async () => {
    const answers = new Tally();
    await bench.answering(async (data) => (answers.count(data), done));
    await bench.wakeUps.ring('drain', drain(1), { key: 'soon', delayMs: 60_000 });
    await bench.wakeUps.ring('drain', drain(1), { key: 'soon' });
    await eventually(() => answers.of(1) === 1);
    await bench.atRest();
  });

  test('are shared among workers, each answered once', async () => {
    const answers = new Tally();
    const busy = new Set<number>();
    for (const worker of [1, 2, 3]) {
      await bench.answering(async (data) => {
        busy.add(worker);
        answers.count(data);
        await systemClock.sleep(5);
        return done;
      }, 2);
    }
    await Promise.all(Array.from({ length: 60 }, (_, shard) => bench.wakeUps.ring('drain', drain(shard))));
    await eventually(() => answers.total >= 60);
    await bench.atRest();
    expect(Array.from({ length: 60 }, (_, shard) => answers.of(shard))).toEqual(Array(60).fill(1));
    expect(busy.size).toBe(3);
  });

  test('come back when snoozed, every time and not before, also among several workers', async () => {
    const answers = new Tally();
    const early: number[] = [];
    const until = new Map<number, number>();
    const snoozer: DrainHandler = async (data) => {
      early.push(...[systemClock.now() - (until.get(data.shard) ?? 0)].filter((late) => late < -2));
      if (answers.count(data) > 3) return done;
      until.set(data.shard, systemClock.now() + 150);
      return { word: 'snooze', until: systemClock.now() + 150 };
    };
    await bench.answering(snoozer, 4);
    await bench.answering(snoozer, 4);
    for (let shard = 0; shard < 25; shard++)
      await bench.wakeUps.ring('drain', drain(shard), { key: `snooze ${shard}` });
    await eventually(() => answers.total >= 100, 10_000);
    await bench.atRest();
    expect(Array.from({ length: 25 }, (_, shard) => answers.of(shard))).toEqual(Array(25).fill(4));
    expect(early).toEqual([]);
  });

  test('are tried again when a handler throws, and given up after five times, without a word of the error', async () => {
    const answers = new Tally();
    await bench.answering(async (data) => {
      if (answers.count(data) > 2 && data.shard === 1) return done;
      throw new Error('cannot send to wong@example.com');
    });
    await bench.wakeUps.ring('drain', drain(1), { key: 'mends' });
    await bench.wakeUps.ring('drain', drain(2), { key: 'never mends' });
    await eventually(() => answers.of(1) === 3 && answers.of(2) === 5, 15_000);
    await bench.atRest();
    expect(bench.logged.filter((line) => line.says === 'wake-up failed').length).toBe(7);
    expect(bench.logged.filter((line) => line.says === 'wake-up given up').map((line) => line.facts)).toEqual([
      { kind: 'drain', ...drain(2) },
    ]);
    expect(JSON.stringify(bench.logged)).not.toContain('wong');
  });

  test('ring after the queue was emptied, also under a key that waited in it', async () => {
    await bench.wakeUps.ring('drain', drain(1), { key: 'emptied', delayMs: 60_000 });
    await bench.wakeUps.ring('drain', drain(2), { key: 'emptied too' });
    await bench.wakeUps.empty();
    expect((await bench.wakeUps.counts()).drain).toEqual({ waiting: 0, active: 0, delayed: 0 });
    await bench.wakeUps.ring('drain', drain(3), { key: 'emptied' });
    const answers = new Tally();
    await bench.answering(async (data) => (answers.count(data), done));
    await eventually(() => answers.of(3) === 1);
    expect(answers.total).toBe(1);
  });
}
