import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort, listens } from '../support/ports.js';
import { programPath } from './programs.js';
import type { FastSinkReport } from './fast-sink.main.js';
import type { SinkKind } from './results.js';
import type { Scope } from './scope.js';
import { endWithUs, gone, stopProcess } from './processes.js';

/** A sink that listens, as a process of its own. */
export interface RunningSink {
  readonly kind: SinkKind;
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  /** Counts from here on. */
  reset(): Promise<void>;
  /** What it counted by its own clock; Postfix's sink keeps no count. */
  report(): Promise<FastSinkReport | undefined>;
  /** Resolves when it has left by itself, as Postfix's does after `endAfter` messages. */
  readonly left: Promise<void>;
}

/**
 * @param endAfter Postfix's sink leaves after so many messages: the only clock it has
 */
export async function startSink(scope: Scope, kind: SinkKind, endAfter?: number): Promise<RunningSink> {
  return kind === 'fast-sink' ? startFastSink(scope) : startSmtpSink(scope, endAfter);
}

async function startFastSink(scope: Scope): Promise<RunningSink> {
  const main = fileURLToPath(new URL('./fast-sink.main.js', import.meta.url));
  const child = scope.own(
    spawn(process.execPath, [main], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] }),
    stopProcess,
  );
  const lines = createInterface({ input: child.stdout });
  const { port } = (await nextLine(lines)) as { port: number };
  const ask = async (word: string) => {
    const answer = nextLine(lines);
    child.stdin.write(`${word}\n`);
    return (await answer) as FastSinkReport;
  };
  return {
    kind: 'fast-sink',
    pid: child.pid ?? 0,
    port,
    url: `smtp://127.0.0.1:${port}`,
    reset: async () => void (await ask('reset')),
    report: () => ask('report'),
    left: gone(child),
  };
}

function nextLine(lines: Interface): Promise<unknown> {
  return new Promise((resolve, fail) => {
    const closed = () => fail(new Error('the fast sink has left'));
    lines.once('close', closed).once('line', (line) => {
      lines.off('close', closed);
      resolve(JSON.parse(line));
    });
  });
}

async function startSmtpSink(scope: Scope, endAfter?: number): Promise<RunningSink> {
  const port = await freePort();
  const args = [
    // as root it wants to become somebody else
    ...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []),
    ...(endAfter === undefined ? [] : ['-M', String(endAfter)]),
    `127.0.0.1:${port}`,
    '1024',
  ];
  const child: ChildProcess = scope.own(
    spawn(programPath('smtp-sink'), args, { detached: true, stdio: ['ignore', 'ignore', 'inherit'] }),
    stopProcess,
  );
  endWithUs(scope, child.pid);
  for (let tries = 0; !(await listens(port)); tries++) {
    if (child.exitCode !== null || tries > 300) throw new Error('smtp-sink did not start');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    kind: 'smtp-sink',
    pid: child.pid ?? 0,
    port,
    url: `smtp://127.0.0.1:${port}`,
    reset: () => Promise.resolve(),
    report: () => Promise.resolve(undefined),
    left: gone(child),
  };
}
