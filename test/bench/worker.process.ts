import { spawn, type ChildProcess } from 'node:child_process';
import type { Profiler } from 'node:inspector';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoopDelay, ProbeQuestion } from './loop-probe.js';
import { gone, stopProcess } from './processes.js';
import type { Scope } from './scope.js';

const READY_WITHIN_MS = 60_000;
const PROBE_ANSWERS_WITHIN_MS = 5_000;

/** A worker as it ships, with a probe of its event loop loaded beside it. */
export class BenchWorker {
  private readonly words: string[] = [];
  private leaving = false;
  /** Never resolves; rejects with the worker's last words when it ends unasked. */
  readonly failed: Promise<never>;

  private constructor(private readonly child: ChildProcess) {
    this.failed = gone(child).then(() => {
      if (this.leaving) return new Promise<never>(() => undefined);
      throw new Error(
        `worker ${child.pid} has ended (${child.exitCode ?? child.signalCode}): ${this.words.slice(-5).join(' ').slice(-1_000)}`,
      );
    });
    this.failed.catch(() => undefined);
  }

  /** Starts it and waits until it is ready. @param environment what the supervisor would tell it */
  static async start(scope: Scope, environment: Readonly<Record<string, string>>): Promise<BenchWorker> {
    const probe = new URL('./loop-probe.js', import.meta.url).href;
    const main = fileURLToPath(new URL('../../apps/worker/src/main.js', import.meta.url));
    const child = spawn(process.execPath, ['--import', probe, main], {
      detached: true,
      // the channel closes when we die, and the worker leaves then
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { WORKER_PORT: '0', LOG_LEVEL: 'info', ...environment },
    });
    const worker = new BenchWorker(child);
    scope.own(worker, (one) => one.stop());
    await worker.ready();
    return worker;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** 99th percentile of the loop's delay since this was last asked, milliseconds. Null when it does not answer. */
  async loopDelayP99Ms(): Promise<number | null> {
    return (await this.ask<LoopDelay>('loop'))?.p99Ms ?? null;
  }

  async beginProfile(): Promise<void> {
    await this.ask('profile');
  }

  /** What the processor did since `beginProfile`. */
  endProfile(): Promise<Profiler.Profile | null> {
    return this.ask<Profiler.Profile>('profile-end');
  }

  private async ask<T>(question: ProbeQuestion): Promise<T | null> {
    const late = new AbortController();
    const answer = new Promise<T | null>((resolve) => {
      this.child.once('message', (said) => resolve(said as T | null));
    });
    this.child.send(question);
    const silence = sleep(PROBE_ANSWERS_WITHIN_MS, null, { signal: late.signal }).catch(() => null);
    return Promise.race([answer, silence]).finally(() => late.abort());
  }

  async stop(): Promise<void> {
    this.leaving = true;
    await stopProcess(this.child);
  }

  private async ready(): Promise<void> {
    const said = new Promise<void>((resolve) => {
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          if (this.words.push(line) > 100) this.words.shift();
          if (line.includes('worker ready')) resolve();
        });
      }
    });
    const late = new AbortController();
    const tooLate = sleep(READY_WITHIN_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error(`worker ${this.pid} was not ready in time: ${this.words.slice(-5).join(' ')}`);
    });
    tooLate.catch(() => undefined);
    await Promise.race([said, this.failed, tooLate]).finally(() => late.abort());
  }
}
