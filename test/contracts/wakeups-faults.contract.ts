import { expect, test } from '@jest/globals';
import { systemClock } from '#libs/kernel';
import { Tally, type WakeUpBench, done, drain, eventually, listenInOtherProcess } from './wakeups.bench.js';

/** What must hold when workers leave, hold, lose a wake-up or die, and when the queue's server dies. */
export function wakeUpsFaultsContract(bench: WakeUpBench): void {
  test('are waited for by close, which tells them', async () => {
    let told: unknown;
    let finished = false;
    const listener = await bench.answering(async (_, signal) => {
      await systemClock.sleep(10_000, signal);
      told = signal.reason;
      await systemClock.sleep(100);
      finished = true;
      return done;
    });
    await bench.wakeUps.ring('drain', drain(1));
    await bench.running();
    await listener.close();
    expect({ told, finished }).toEqual({ told: 'closing', finished: true });
  });

  test('go to another worker when the closing one snoozes them', async () => {
    const leaving = await bench.answering(async (_, signal) => {
      await systemClock.sleep(10_000, signal);
      return { word: 'snooze', until: 0 };
    });
    await bench.wakeUps.ring('drain', drain(1), { key: 'handed over' });
    await bench.running();
    await leaving.close();
    const answers = new Tally();
    await bench.answering(async (data) => (answers.count(data), done));
    await eventually(() => answers.of(1) === 1);
  });

  test('are left to others by a worker that holds, until it resumes', async () => {
    const answers = new Map<string, number>();
    const count = (worker: string) => async () => (answers.set(worker, (answers.get(worker) ?? 0) + 1), done);
    const holding = await bench.answering(count('holding'));
    const other = await bench.answering(count('other'));
    await holding.hold();
    for (let shard = 0; shard < 20; shard++) await bench.wakeUps.ring('drain', drain(shard));
    await eventually(() => answers.get('other') === 20);
    expect(answers.get('holding')).toBeUndefined();
    await other.close();
    holding.resume();
    await bench.wakeUps.ring('drain', drain(21));
    await eventually(() => answers.get('holding') === 1);
  });

  test('do not hold up a worker that closes while their server is down', async () => {
    const listener = await bench.answering(async (_, signal) => {
      await systemClock.sleep(10_000, signal);
      return done;
    });
    await bench.rings(drain(1));
    await bench.running();
    await bench.server.kill9();
    // by now its clients wait between two tries to connect, which they would do for ever
    await systemClock.sleep(1_500);
    try {
      const asked = systemClock.monotonic();
      await listener.close();
      expect(systemClock.monotonic() - asked).toBeLessThan(4_500);
    } finally {
      await bench.server.restart();
      await bench.rings(drain(2));
    }
  }, 40_000);

  test('tell their handler when another worker may have them', async () => {
    let told: unknown;
    await bench.answering(async (_, signal) => {
      await systemClock.sleep(15_000, signal);
      told ??= signal.reason;
      return done;
    });
    await bench.wakeUps.ring('drain', drain(1));
    await bench.running();
    await bench.server.stealLocks();
    await eventually(() => told !== undefined, 10_000);
    expect(told).toBe('lost');
  });

  test('survive a kill of their server, and ringing meanwhile fails fast', async () => {
    const answers = new Tally();
    await bench.answering(async (data) => (answers.count(data), done));
    await bench.wakeUps.ring('drain', drain(1), { key: 'before', delayMs: 2_500 });
    // Redis writes its file once a second: what it took within the last one may be lost
    await systemClock.sleep(1_100);
    await bench.server.kill9();
    const asked = systemClock.monotonic();
    await expect(bench.wakeUps.ring('drain', drain(2))).rejects.toThrow();
    expect(systemClock.monotonic() - asked).toBeLessThan(6_000);
    await bench.server.restart();
    await eventually(() => answers.of(1) === 1, 10_000);
    await bench.rings(drain(3));
    await eventually(() => answers.of(3) >= 1, 5_000);
  }, 40_000);

  test('of a killed worker are answered by another within seconds', async () => {
    const victim = await listenInOtherProcess(bench.server.options);
    await bench.wakeUps.ring('drain', drain(1), { key: 'orphan' });
    await bench.running();
    victim.kill('SIGKILL');
    const answers = new Tally();
    await bench.answering(async (data) => (answers.count(data), done));
    await eventually(() => answers.of(1) === 1, 20_000);
  });
}
