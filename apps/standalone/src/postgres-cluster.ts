import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '#libs/kernel';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { RunAs } from './postgres-user.js';

/** Lies inside the data directory, so that a cluster and its password appear in one rename. Mode 0600. */
export const CLUSTER_PASSWORD_FILE = 'dateline.password';

/**
 * Makes a database cluster beside the data directory and moves it there whole: a start that dies half-way leaves only a
 * folder that the next one throws away, and of two starts at once one wins and the other uses its cluster.
 * The built-in C.UTF-8 locale keeps sort order the same on every machine and through every upgrade of its libraries.
 */
export function createCluster(data: string, binaries: PostgresBinaries, user: RunAs): void {
  const half = `${data}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${half}.password`;
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (user.spawn.uid !== undefined) chownSync(passwordFile, user.spawn.uid, user.spawn.gid ?? user.spawn.uid);
  try {
    initialise(half, passwordFile, binaries, user);
    renameSync(passwordFile, join(half, CLUSTER_PASSWORD_FILE));
    moveIntoPlace(half, data);
  } finally {
    rmSync(half, { recursive: true, force: true });
    rmSync(passwordFile, { force: true });
  }
}

function initialise(half: string, passwordFile: string, binaries: PostgresBinaries, user: RunAs): void {
  const args = ['-D', half, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
  const locale = ['--locale-provider=builtin', '--locale=C.UTF-8', '--data-checksums'];
  const [command = '', ...rest] = [...user.prefix, binaries.initdb, ...args, ...locale];
  const run = spawnSync(command, rest, { ...user.spawn, encoding: 'utf8', env: binaries.environment });
  if (run.status === 0) return;
  const said = (run.stderr ?? '').trim().split('\n').at(-1) || run.error?.message || `it ended with ${run.status}`;
  throw new Problem({
    code: 'database.embedded.create',
    field: 'DATELINE_DATA',
    message: `The built-in PostgreSQL could not make its database in ${dirname(half)}: ${said}.`,
    remedy: 'Choose a data folder this user may write to, or set DATABASE_URL to a PostgreSQL of your own.',
    cause: run.error,
  });
}

function moveIntoPlace(half: string, data: string): void {
  try {
    renameSync(half, data);
  } catch (error) {
    if (!existsSync(join(data, 'PG_VERSION'))) throw error;
  }
}
