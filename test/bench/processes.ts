import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Scope } from './scope.js';

const STOP_WITHIN_MS = 20_000;

/** Resolves when a process of ours has ended. */
export function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** SIGTERM, and SIGKILL when it has not left in 20 s. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  const ended = gone(child);
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(late);
}

/**
 * A program that does not notice our death would outlive us: a shell waits for the end of its standard input, which
 * comes whatever kills us, and ends the program.
 */
export function endWithUs(scope: Scope, pid: number | undefined): void {
  if (pid === undefined) return;
  const watch = spawn('/bin/sh', ['-c', 'cat >/dev/null; [ -d "/proc/$0" ] && kill -TERM "$0"', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.stdin.on('error', () => undefined);
  scope.own(watch, () => watch.kill('SIGKILL'));
}

/** Peak resident memory of a process since it started or was last reset, megabytes. Null where /proc does not tell. */
export function peakRssMb(pid: number): number | null {
  return memoryMb(pid, 'VmHWM');
}

/** Resident memory of a process now, megabytes. */
export function rssMb(pid: number): number | null {
  return memoryMb(pid, 'VmRSS');
}

function memoryMb(pid: number, field: string): number | null {
  try {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) / 1_024 : null;
  } catch {
    return null;
  }
}

/** The peak of a process is counted anew from here (proc(5), clear_refs 5). */
export function resetPeakRss(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // another user's process: its peak then holds everything since its start
  }
}

/** First line of what a program says about itself. */
export function firstLine(program: string, args: readonly string[]): string {
  const run = spawnSync(program, [...args], { encoding: 'utf8' });
  return `${run.stdout ?? ''}${run.stderr ?? ''}`.split('\n')[0] ?? '';
}
