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
  /** Forgets everything, also what runs: what one test left behind must not ring in the next. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

export type Drain = WakeUpData['drain'];
export type DrainHandler = WakeUpHandlers['drain'];

export const DISTRIBUTION = '6f1c1c80-0000-4000-8000-000000000001';
export const drain = (shard: number): Drain => ({ distribution: DISTRIBUTION, shard, epoch: 1 });
export const done: Outcome = { word: 'done' };

export async function eventually(what: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const deadline = systemClock.monotonic() + withinMs;
  while (!(await what())) {
    if (systemClock.monotonic() > deadline) throw new Error(`It did not come about in ${withinMs} ms.`);
    await systemClock.sleep(5);
  }
}

/** Counts answers by shard. */
export class Tally {
  private readonly times = new Map<number, number>();

  of(shard: number): number {
    return this.times.get(shard) ?? 0;
  }
  /** Counts one more; how often it was now. */
  count(data: Drain): number {
    this.times.set(data.shard, this.of(data.shard) + 1);
    return this.of(data.shard);
  }
  get total(): number {
    return [...this.times.values()].reduce((sum, times) => sum + times, 0);
  }
}

/** One server, its ringing side, and the listeners of one test. */
export class WakeUpBench {
  server: QueueServer;
  wakeUps: WakeUps;
  readonly logged: { readonly level: string; readonly facts: LogFacts; readonly says: string }[] = [];
  private readonly listeners: WakeUpListener[] = [];

  constructor(private readonly startServer: () => Promise<QueueServer>) {}

  async open(): Promise<void> {
    this.server = await this.startServer();
    this.wakeUps = await openWakeUps(this.server.options);
  }

  async tidy(): Promise<void> {
    await Promise.all(this.listeners.splice(0).map((listener) => listener.close()));
    await this.server.wipe();
    this.logged.length = 0;
  }

  async close(): Promise<void> {
    await this.wakeUps.close();
    await this.server.stop();
  }

  async answering(answer: DrainHandler, concurrency = 10): Promise<WakeUpListener> {
    return this.listening({ prepare: async () => done, drain: answer }, concurrency);
  }

  async listening(handlers: WakeUpHandlers, concurrency = 10): Promise<WakeUpListener> {
    const options = { ...this.server.options, concurrency: { prepare: 1, drain: concurrency } };
    const listener = await listen(options, handlers, this.log());
    this.listeners.push(listener);
    return listener;
  }

  /** Until nothing waits, runs or is delayed. */
  atRest(): Promise<void> {
    return eventually(async () => {
      const { waiting, active, delayed } = (await this.wakeUps.counts()).drain;
      return waiting + active + delayed === 0;
    });
  }

  running(): Promise<void> {
    return eventually(async () => (await this.wakeUps.counts()).drain.active > 0);
  }

  /** Until ringing works again. */
  rings(data: Drain): Promise<void> {
    const ring = () => this.wakeUps.ring('drain', data);
    return eventually(
      () =>
        ring().then(
          () => true,
          () => false,
        ),
      10_000,
    );
  }

  private log(): Log {
    const as = (level: string) => (facts: LogFacts, says: string) => void this.logged.push({ level, facts, says });
    return { debug: as('debug'), info: as('info'), warn: as('warn'), error: as('error') };
  }
}

const VICTIM = `
import { listen, openLog } from ${JSON.stringify(resolve('dist/libs/kernel/src/index.js'))};
const hang = () => new Promise(() => setInterval(() => undefined, 1000));
const options = { ...JSON.parse(process.argv[1]), concurrency: { prepare: 1, drain: 1 } };
await listen(options, { prepare: hang, drain: hang }, openLog('victim', 'silent'));
console.log('listening');`;

/** A worker that takes a wake-up and never answers. */
export async function listenInOtherProcess(options: QueueOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', VICTIM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, fail) => {
    child.stdout.once('data', () => ready());
    child.once('exit', (code) => fail(new Error(`ended with ${code}`)));
  });
  return child;
}
