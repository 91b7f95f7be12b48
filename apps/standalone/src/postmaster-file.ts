import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What PostgreSQL writes about itself into `postmaster.pid`, one fact a line. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/**
 * Reads `postmaster.pid` of a data directory.
 * @returns undefined when there is none or PostgreSQL has not finished writing it
 */
export function readPostmaster(data: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Tells whether a process is a PostgreSQL server working in this data directory. A killed server may stay a zombie
 * where nobody reaps it, and its number may have gone to another program; PostgreSQL takes both for a living server and
 * refuses to start. Only Linux can tell; elsewhere a living process counts.
 */
export function isPostmasterOf(data: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch (error) {
    // a server always runs as the owner of its data; anyone else's process only bears the same number
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return false;
    return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === statSync(data).uid;
  }
}

/** Tells whether a process exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Removes a pid file that names no server, unless another start has written a new one meanwhile. PostgreSQL still
 * checks its shared memory, so orphaned backends of a killed server keep a second one from starting.
 */
export function removeStalePostmasterFile(data: string, stalePid: number): void {
  const path = join(data, 'postmaster.pid');
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (Number(readFileSync(aside, 'utf8').split('\n')[0]) !== stalePid) putBack(aside, path);
  rmSync(aside, { force: true });
}

function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
