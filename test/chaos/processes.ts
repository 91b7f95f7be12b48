import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkOptions } from '../support/sink.js';

const READY_WITHIN_MS = 60_000;
const LEAVES_WITHIN_MS = 20_000;
const LAST_WORDS = 40;

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** ms since 1970. */
  readonly at: number;
}

/** It left when told to; our apps end by the very signal once they have put everything away. */
export function leftInOrder(end: ProcessEnd | undefined): boolean {
  return end?.code === 0 || end?.signal === 'SIGTERM';
}

/** A Node process of ours, known by its pid, with the last lines it said. */
export class OwnProcess {
  readonly words: string[] = [];
  readonly ended: Promise<ProcessEnd>;
  /** Aborted when it has ended. */
  readonly gone: AbortSignal;
  private readonly child: ChildProcess;

  /** @param script below dist/ */
  constructor(script: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [resolve('dist', script), ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      // the channel carries nothing: it closes when this process dies, and a worker leaves then
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    this.child.stdin?.on('error', () => undefined);
    const gone = new AbortController();
    this.gone = gone.signal;
    this.ended = new Promise((done) => {
      this.child.once('exit', (code, signal) => done({ code, signal, at: Date.now() }));
      this.child.once('error', () => done({ code: -1, signal: null, at: Date.now() }));
    });
    void this.ended.then(() => gone.abort());
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Kills it with nine and waits until it is gone. */
  async kill9(): Promise<ProcessEnd> {
    this.kill('SIGKILL');
    return this.ended;
  }

  /** SIGTERM, and SIGKILL when it does not leave. Returns how it ended. */
  async stop(): Promise<ProcessEnd> {
    if (!this.alive) return this.ended;
    this.kill('SIGTERM');
    const late = new AbortController();
    void sleep(LEAVES_WITHIN_MS, undefined, { signal: late.signal }).then(
      () => this.kill('SIGKILL'),
      () => undefined,
    );
    const end = await this.ended;
    late.abort();
    return end;
  }

  /** The first line that fits. Throws its last words when it ends before, or says nothing of the kind within a minute. */
  async says(pattern: RegExp): Promise<string> {
    const late = new AbortController();
    const said = new Promise<string>((done) => {
      const listen = (line: string) => {
        this.words.push(line);
        if (this.words.length > LAST_WORDS) this.words.shift();
        if (pattern.test(line)) done(line);
      };
      for (const stream of [this.child.stdout, this.child.stderr])
        if (stream) createInterface({ input: stream }).on('line', listen);
    });
    const given = sleep(READY_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined);
    const line = await Promise.race([said, this.ended.then(() => undefined), given]);
    late.abort();
    if (typeof line === 'string') return line;
    throw new Error(
      `process ${this.pid} ${this.alive ? 'was not ready' : 'ended'}: ${this.words.join('\n').slice(-2_000)}`,
    );
  }
}

/** A real worker, as it ships. It writes its log to its standard output; the last lines are kept. */
export class WorkerProcess extends OwnProcess {
  private constructor(environment: Readonly<Record<string, string>>) {
    super('apps/worker/src/main.js', [], environment);
  }

  static start(environment: Readonly<Record<string, string>>, started: (one: OwnProcess) => void) {
    const worker = new WorkerProcess(environment);
    started(worker);
    const ready = worker.says(/worker ready/).then(() => undefined);
    ready.catch(() => undefined);
    return { worker, ready };
  }
}

/** The mail server as a process of its own: what it has accepted is in its log, on disk, before it says so. */
export class SinkProcess extends OwnProcess {
  private constructor(
    options: SinkOptions,
    readonly acceptLog: string,
  ) {
    super('test/support/sink.main.js', [JSON.stringify({ capture: 'sha256', ...options, acceptLog })], {});
  }

  url = '';

  static async start(options: SinkOptions, acceptLog: string, started: (one: OwnProcess) => void) {
    const sink = new SinkProcess(options, acceptLog);
    started(sink);
    sink.url = (JSON.parse(await sink.says(/"url"/)) as { url: string }).url;
    return sink;
  }
}
