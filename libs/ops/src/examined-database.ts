import { connect } from 'node:net';
import { Database, Problem, type Clock, type Log } from '#libs/kernel';
import { openPatiently } from './patient-database.js';

const QUIET: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** A firewall that drops what it does not like would keep the driver waiting for two minutes. */
const REACH_MS = 5_000;

/**
 * Opens the database for looking at it: as the login itself, which sees the sessions of others, and never waiting long.
 * @returns what is in the way, where it cannot be opened
 */
export async function examinedDatabase(url: string, clock: Clock): Promise<Database | Problem> {
  const fault = await reach(url, clock);
  if (fault) return fault;
  try {
    return await openPatiently(
      { url, poolSize: 4, applicationName: 'dateline doctor', statementTimeoutMs: 10_000 },
      { clock, log: QUIET, forMs: 0 },
    );
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** A plain connection and nothing said; undefined when it stands, or when the way is no TCP port. */
async function reach(url: string, clock: Clock): Promise<Problem | undefined> {
  const { hostname, port, searchParams } = new URL(url);
  if (hostname === '' || searchParams.has('host')) return undefined;
  const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 5432) });
  const done = new AbortController();
  const why = await Promise.race([
    new Promise<undefined>((resolve) => socket.once('connect', () => resolve(undefined))),
    new Promise<string>((resolve) =>
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown')),
    ),
    clock.sleep(REACH_MS, done.signal).then(() => `no answer within ${REACH_MS / 1000} s`),
  ]);
  done.abort();
  socket.destroy();
  if (why === undefined) return undefined;
  return new Problem({
    code: 'database.unreachable',
    field: 'DATABASE_URL',
    status: 503,
    message: `PostgreSQL does not answer at ${hostname}:${port || 5432} (${why}).`,
    remedy: 'Check that it runs, and that host and port in DATABASE_URL are right.',
  });
}
