import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import {
  type Log,
  type LogFacts,
  type Outcome,
  type QueueOptions,
  type WakeUpData,
  type WakeUpHandlers,
  type WakeUpListener,
  type WakeUps,
  listen,
  openWakeUps,
  systemClock,
} from '#libs/kernel';

/** A queue's server that the suite may kill. */
export interface QueueServer {
  readonly options: QueueOptions;
  kill9(): Promise<void>;
  restart(): Promise<void>;
  /** Hands every running wake-up to somebody else behind its worker's back. */
  stealLocks(): Promise<void>;
  stop(): Promise<void>;
}

type Drain = WakeUpData['drain'];
type DrainHandler = WakeUpHandlers['drain'];

const DISTRIBUTION = '6f1c1c80-0000-4000-8000-000000000001';
const drain = (shard: number): Drain => ({ distribution: DISTRIBUTION, shard, epoch: 1 });
const done: Outcome = { word: 'done' };

async function eventually(what: () => boolean, withinMs = 5_000): Promise<void> {
  const deadline = systemClock.monotonic() + withinMs;
  while (!what()) {
    if (systemClock.monotonic() > deadline) throw new Error(`It did not come about in ${withinMs} ms.`);
    await systemClock.sleep(5);
  }
}

/** What every queue behind our wake-ups must do; run on PostgreSQL and on Redis. */
export function wakeUpsContract(name: string, startServer: () => Promise<QueueServer>): void {
  describe(`wake-ups on ${name}`, () => {
    let server: QueueServer;
    let wakeUps: WakeUps;
    const listeners: WakeUpListener[] = [];
    const logged: { level: string; facts: LogFacts; says: string }[] = [];
    const logAs = (level: string) => (facts: LogFacts, says: string) => void logged.push({ level, facts, says });
    const log: Log = { debug: logAs('debug'), info: logAs('info'), warn: logAs('warn'), error: logAs('error') };

    beforeAll(async () => {
      server = await startServer();
      wakeUps = await openWakeUps(server.options);
    });
    afterEach(async () => {
      await Promise.all(listeners.splice(0).map((listener) => listener.close()));
      await wakeUps.empty();
      logged.length = 0;
    });
    afterAll(async () => {
      await wakeUps.close();
      await server.stop();
    });

    async function answering(answer: DrainHandler, concurrency = 10): Promise<WakeUpListener> {
      const handlers: WakeUpHandlers = { prepare: async () => done, drain: answer };
      const listener = await listen(
        { ...server.options, concurrency: { prepare: 1, drain: concurrency } },
        handlers,
        log,
      );
      listeners.push(listener);
      return listener;
    }

    /** Counts answers by shard. */
    function tally() {
      const times = new Map<number, number>();
      return {
        of: (shard: number) => times.get(shard) ?? 0,
        count: (data: Drain) => times.set(data.shard, (times.get(data.shard) ?? 0) + 1).get(data.shard) ?? 0,
        total: () => [...times.values()].reduce((sum, n) => sum + n, 0),
      };
    }

    test('ring with their ids, each kind at its own handler', async () => {
      const got: unknown[] = [];
      const handlers: WakeUpHandlers = {
        prepare: async (data) => (got.push(['prepare', data]), done),
        drain: async (data) => (got.push(['drain', data]), done),
      };
      listeners.push(await listen({ ...server.options, concurrency: { prepare: 1, drain: 1 } }, handlers, log));
      await wakeUps.ring('drain', drain(7));
      await eventually(() => got.length === 1);
      await wakeUps.ring('prepare', { distribution: DISTRIBUTION, epoch: 2 });
      await eventually(() => got.length === 2);
      expect(got).toEqual([
        ['drain', { distribution: DISTRIBUTION, shard: 7, epoch: 1 }],
        ['prepare', { distribution: DISTRIBUTION, epoch: 2 }],
      ]);
    });

    test('ring later when asked to, not before', async () => {
      const at: number[] = [];
      await answering(async () => (at.push(systemClock.now()), done));
      const rung = systemClock.now();
      await wakeUps.ring('drain', drain(1), { delayMs: 400.3 });
      await eventually(() => at.length === 1);
      expect((at[0] ?? 0) - rung).toBeGreaterThanOrEqual(399);
    });

    test.each(['d:1:2', '42', 'd%3A1%3A2', 'plain'])('ring once for one key while it waits (%s)', async (key) => {
      for (let i = 0; i < 4; i++) await wakeUps.ring('drain', drain(1), { key });
      await wakeUps.ring('drain', drain(2), { key: `${key}!` });
      expect((await wakeUps.counts()).drain).toEqual({ waiting: 2, active: 0, delayed: 0 });
      const answers = tally();
      await answering(async (data) => (answers.count(data), done));
      await eventually(() => answers.of(1) === 1 && answers.of(2) === 1);
      await systemClock.sleep(50);
      expect(answers.total()).toBe(2);
    });

    test('ring a key again once the earlier ring was answered, however it ended', async () => {
      const words: Outcome[] = [done, { word: 'drop', reason: 'old epoch' }, done];
      const answers = tally();
      await answering(async (data) => words[answers.count(data) - 1] ?? done);
      for (let times = 1; times <= 3; times++) {
        await wakeUps.ring('drain', drain(1), { key: 'again' });
        await eventually(() => answers.of(1) === times);
        await emptied();
      }
      expect(logged.filter((line) => line.says === 'wake-up dropped').map((line) => line.facts)).toEqual([
        { kind: 'drain', ...drain(1), reason: 'old epoch' },
      ]);
    });

    async function emptied(): Promise<void> {
      for (let tries = 0; tries < 400; tries++) {
        const { waiting, active, delayed } = (await wakeUps.counts()).drain;
        if (waiting + active + delayed === 0) return;
        await systemClock.sleep(10);
      }
      throw new Error('The queue did not come to rest.');
    }

    test('bring a delayed ring forward when the same key rings for now', async () => {
      const answers = tally();
      await answering(async (data) => (answers.count(data), done));
      await wakeUps.ring('drain', drain(1), { key: 'soon', delayMs: 60_000 });
      await wakeUps.ring('drain', drain(1), { key: 'soon' });
      await eventually(() => answers.of(1) === 1);
      await emptied();
    });

    test('are shared among workers, each answered once', async () => {
      const answers = tally();
      const busy = new Set<number>();
      for (const worker of [1, 2, 3]) {
        await answering(async (data) => {
          busy.add(worker);
          answers.count(data);
          await systemClock.sleep(5);
          return done;
        }, 2);
      }
      await Promise.all(Array.from({ length: 60 }, (_, shard) => wakeUps.ring('drain', drain(shard))));
      await eventually(() => answers.total() >= 60);
      await emptied();
      expect(Array.from({ length: 60 }, (_, shard) => answers.of(shard))).toEqual(Array(60).fill(1));
      expect(busy.size).toBe(3);
    });

    test('come back when snoozed, every time and not before, also among several workers', async () => {
      const answers = tally();
      const early: number[] = [];
      const until = new Map<number, number>();
      const snoozer: DrainHandler = async (data) => {
        early.push(...[systemClock.now() - (until.get(data.shard) ?? 0)].filter((late) => late < -2));
        if (answers.count(data) > 3) return done;
        until.set(data.shard, systemClock.now() + 150);
        return { word: 'snooze', until: systemClock.now() + 150 };
      };
      await answering(snoozer, 4);
      await answering(snoozer, 4);
      for (let shard = 0; shard < 25; shard++) await wakeUps.ring('drain', drain(shard), { key: `snooze ${shard}` });
      await eventually(() => answers.total() >= 100, 10_000);
      await emptied();
      expect(Array.from({ length: 25 }, (_, shard) => answers.of(shard))).toEqual(Array(25).fill(4));
      expect(early).toEqual([]);
    });

    test('are tried again when a handler throws, and given up after five times, without a word of the error', async () => {
      const answers = tally();
      await answering(async (data) => {
        if (answers.count(data) > 2 && data.shard === 1) return done;
        throw new Error('cannot send to wong@example.com');
      });
      await wakeUps.ring('drain', drain(1), { key: 'mends' });
      await wakeUps.ring('drain', drain(2), { key: 'never mends' });
      await eventually(() => answers.of(1) === 3 && answers.of(2) === 5, 15_000);
      await emptied();
      expect(logged.filter((line) => line.says === 'wake-up failed').length).toBe(7);
      expect(logged.filter((line) => line.says === 'wake-up given up').map((line) => line.facts)).toEqual([
        { kind: 'drain', ...drain(2) },
      ]);
      expect(JSON.stringify(logged)).not.toContain('wong');
    });

    test('are waited for by close, which tells them', async () => {
      let told: unknown;
      let finished = false;
      const listener = await answering(async (_, signal) => {
        await systemClock.sleep(10_000, signal);
        told = signal.reason;
        await systemClock.sleep(100);
        finished = true;
        return done;
      });
      await wakeUps.ring('drain', drain(1));
      await eventuallyActive();
      await listener.close();
      expect({ told, finished }).toEqual({ told: 'closing', finished: true });
    });

    test('go to another worker when the closing one snoozes them', async () => {
      const leaving = await answering(async (_, signal) => {
        await systemClock.sleep(10_000, signal);
        return { word: 'snooze', until: 0 };
      });
      await wakeUps.ring('drain', drain(1), { key: 'handed over' });
      await eventuallyActive();
      await leaving.close();
      const answers = tally();
      await answering(async (data) => (answers.count(data), done));
      await eventually(() => answers.of(1) === 1);
    });

    async function eventuallyActive(): Promise<void> {
      for (let tries = 0; tries < 400; tries++) {
        if ((await wakeUps.counts()).drain.active > 0) return;
        await systemClock.sleep(10);
      }
      throw new Error('Nobody took the wake-up.');
    }

    test('are left to others by a worker that holds, until it resumes', async () => {
      const answers = new Map<string, number>();
      const count = (worker: string) => async () => (answers.set(worker, (answers.get(worker) ?? 0) + 1), done);
      const holding = await answering(count('holding'));
      const other = await answering(count('other'));
      await holding.hold();
      for (let shard = 0; shard < 20; shard++) await wakeUps.ring('drain', drain(shard));
      await eventually(() => answers.get('other') === 20);
      expect(answers.get('holding')).toBeUndefined();
      await other.close();
      holding.resume();
      await wakeUps.ring('drain', drain(21));
      await eventually(() => answers.get('holding') === 1);
    });

    test('ring after the queue was emptied, also under a key that waited in it', async () => {
      await wakeUps.ring('drain', drain(1), { key: 'emptied', delayMs: 60_000 });
      await wakeUps.ring('drain', drain(2), { key: 'emptied too' });
      await wakeUps.empty();
      expect((await wakeUps.counts()).drain).toEqual({ waiting: 0, active: 0, delayed: 0 });
      await wakeUps.ring('drain', drain(3), { key: 'emptied' });
      const answers = tally();
      await answering(async (data) => (answers.count(data), done));
      await eventually(() => answers.of(3) === 1);
      expect(answers.total()).toBe(1);
    });

    test('tell their handler when another worker may have them', async () => {
      let told: unknown;
      await answering(async (_, signal) => {
        await systemClock.sleep(15_000, signal);
        told ??= signal.reason;
        return done;
      });
      await wakeUps.ring('drain', drain(1));
      await eventuallyActive();
      await server.stealLocks();
      await eventually(() => told !== undefined, 10_000);
      expect(told).toBe('lost');
    });

    test('of a killed worker are answered by another within seconds', async () => {
      const victim = await listenInOtherProcess(server.options);
      await wakeUps.ring('drain', drain(1), { key: 'orphan' });
      await eventuallyActive();
      victim.kill('SIGKILL');
      const answers = tally();
      await answering(async (data) => (answers.count(data), done));
      await eventually(() => answers.of(1) === 1, 12_000);
    });

    test('survive a kill of their server, and ringing meanwhile fails fast', async () => {
      const answers = tally();
      await answering(async (data) => (answers.count(data), done));
      await wakeUps.ring('drain', drain(1), { key: 'before', delayMs: 2_500 });
      // Redis writes its file once a second: what it took within the last one may be lost
      await systemClock.sleep(1_100);
      await server.kill9();
      const asked = systemClock.monotonic();
      await expect(wakeUps.ring('drain', drain(2))).rejects.toThrow();
      expect(systemClock.monotonic() - asked).toBeLessThan(6_000);
      await server.restart();
      await eventually(() => answers.of(1) === 1, 10_000);
      await rungAgain(drain(3));
      await eventually(() => answers.of(3) >= 1, 5_000);
    }, 40_000);

    async function rungAgain(data: Drain): Promise<void> {
      for (let tries = 0; tries < 100; tries++) {
        const rung = await wakeUps.ring('drain', data).then(
          () => true,
          () => false,
        );
        if (rung) return;
        await systemClock.sleep(50);
      }
      throw new Error('Ringing does not work again.');
    }
  });
}

const VICTIM = `
import { listen, openLog } from ${JSON.stringify(resolve('dist/libs/kernel/src/index.js'))};
const hang = () => new Promise(() => setInterval(() => undefined, 1000));
const options = { ...JSON.parse(process.argv[1]), concurrency: { prepare: 1, drain: 1 } };
await listen(options, { prepare: hang, drain: hang }, openLog('victim', 'silent'));
console.log('listening');`;

async function listenInOtherProcess(options: QueueOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', VICTIM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, fail) => {
    child.stdout.once('data', () => ready());
    child.once('exit', (code) => fail(new Error(`ended with ${code}`)));
  });
  return child;
}
