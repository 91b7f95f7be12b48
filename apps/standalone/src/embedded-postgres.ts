import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type Clock, Problem, systemClock } from '#libs/kernel';
import { CLUSTER_PASSWORD_FILE, createCluster } from './postgres-cluster.js';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js';
import { type RunAs, runAs } from './postgres-user.js';
import { isAlive, isPostmasterOf, readPostmaster, removeStalePostmasterFile } from './postmaster-file.js';

export interface EmbeddedPostgres {
  /** The owner's login to the database `postgres`, over loopback. Holds the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True when another process had started it; that one stops it. */
  readonly adopted: boolean;
  /** Stops the server cleanly (open transactions are rolled back). Leaves an adopted one alone. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Holds the cluster (`pgdata`), its password and its log; made when missing. */
  readonly folder: string;
  readonly clock?: Clock;
}

/** Recovery after a crash reads at most `max_wal_size` (1 GB) of log; a slow disk gets through it in this time. */
const START_LIMIT_MS = 120_000;
const POLL_MS = 10;

/**
 * Keeps one line of stdin open between us and the server: when this process dies, whatever killed it, the line closes
 * and PostgreSQL shuts down cleanly. Ends with the server. SIGINT is PostgreSQL's "fast" shutdown.
 */
const WATCHDOG = `
"$@" & server=$!
exec 3<&0
{ cat <&3 >/dev/null; kill -INT $server; } & watcher=$!
exec 3<&- </dev/null
wait $server; status=$?
kill $watcher 2>/dev/null
exit $status`;

/**
 * Starts the PostgreSQL that came with npm on a folder, or adopts the one already running there. Two processes that
 * start at once end with one server: the data directory appears by a rename and `postmaster.pid` is PostgreSQL's own
 * exclusive lock; who loses either race adopts the winner's.
 * @throws Problem when this machine, user or folder cannot run it
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const clock = options.clock ?? systemClock;
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const data = join(folder, 'pgdata');
  const binaries = await postgresBinaries(folder);
  const user = runAs(folder, data);
  if (!existsSync(join(data, 'PG_VERSION'))) createCluster(data, binaries, user);
  refuseOtherMajor(data, binaries);

  const deadline = clock.monotonic() + START_LIMIT_MS;
  for (let port = await lastPort(data); clock.monotonic() < deadline; port = 0) {
    const found = await settledPostmaster(data, clock, deadline);
    if (found) return running({ data, ...found, clock, binaries });
    const started = await launch({ folder, data, port, binaries, user, clock, deadline });
    if (started) return started;
    await clock.sleep(100);
  }
  throw startProblem(folder, 'it was not ready in time');
}

/** Waits while a server of this folder comes up or goes down; a pid file without a server is removed. */
async function settledPostmaster(data: string, clock: Clock, deadline: number) {
  for (;;) {
    const postmaster = readPostmaster(data);
    if (!postmaster) return undefined;
    if (!isPostmasterOf(data, postmaster.pid)) {
      removeStalePostmasterFile(data, postmaster.pid);
      return undefined;
    }
    if (postmaster.ready) {
      if (await answers(postmaster.port)) return postmaster;
      if (process.platform !== 'linux') removeStalePostmasterFile(data, postmaster.pid);
    }
    if (clock.monotonic() > deadline) return undefined;
    await clock.sleep(POLL_MS);
  }
}

interface Launch {
  readonly folder: string;
  readonly data: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly binaries: PostgresBinaries;
  readonly user: RunAs;
  readonly clock: Clock;
  readonly deadline: number;
}

/** @returns undefined when another start won, the port was taken meanwhile, or orphans of a killed server still hold on. */
async function launch(parts: Launch): Promise<EmbeddedPostgres | undefined> {
  const { folder, data, binaries, user, clock, deadline } = parts;
  const port = parts.port || (await freePort());
  const logFile = join(folder, 'postgres.log');
  const logStart = rotatedLogSize(logFile);
  const child = spawnServer({ data, port, logFile, binaries, user });
  while (child.exitCode === null && child.signalCode === null && clock.monotonic() < deadline) {
    const postmaster = readPostmaster(data);
    if (postmaster?.ready && postmaster.port === port) {
      return running({ data, ...postmaster, child, clock, binaries });
    }
    await clock.sleep(POLL_MS);
  }
  child.stdin?.destroy();
  const said = readFileSync(logFile, 'utf8').slice(logStart);
  if (/postmaster\.pid" already exists|could not bind|still in use|address already in use/i.test(said))
    return undefined;
  throw startProblem(folder, lastFatal(said));
}

function spawnServer(parts: {
  readonly data: string;
  readonly port: number;
  readonly logFile: string;
  readonly binaries: PostgresBinaries;
  readonly user: RunAs;
}): ChildProcess {
  const { binaries, user } = parts;
  const server = [binaries.postgres, '-D', parts.data, '-p', String(parts.port), ...serverSettings()];
  const watched = process.platform === 'win32' ? server : ['/bin/sh', '-c', WATCHDOG, 'postgres-watchdog', ...server];
  const [command = '', ...args] = [...user.prefix, ...watched];
  const log = openSync(parts.logFile, 'a', 0o600);
  // detached: Ctrl-C reaches the whole foreground group, and the database must outlive the work it serves
  const child = spawn(command, args, {
    ...user.spawn,
    detached: true,
    stdio: ['pipe', log, log],
    env: binaries.environment,
    windowsHide: true,
  });
  closeSync(log);
  const line = child.stdin as Socket;
  for (const end of ['error', 'exit']) child.on(end, () => line.destroy());
  line.on('error', () => undefined);
  // neither keeps this process from ending; when it ends, the server does
  line.unref();
  child.unref();
  return child;
}

/** fsync and synchronous_commit stay on: a dot may only leave after a commit that survives a power cut. */
function serverSettings(): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '120',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // a failed statement would otherwise write its text, with addresses in it, into the log
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function running(parts: {
  readonly data: string;
  readonly port: number;
  readonly pid: number;
  /** Absent when it was adopted. */
  readonly child?: ChildProcess;
  readonly clock: Clock;
  readonly binaries: PostgresBinaries;
}): EmbeddedPostgres {
  const { data, port, pid, child, clock, binaries } = parts;
  const password = readFileSync(join(data, CLUSTER_PASSWORD_FILE), 'utf8').trim();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    adopted: child === undefined,
    stop: async () => {
      if (!child) return;
      if (process.platform === 'win32') spawnSync(binaries.pgCtl, ['stop', '-D', data, '-m', 'fast', '-w']);
      child.stdin?.end();
      while (isAlive(pid)) await clock.sleep(POLL_MS);
    },
  };
}

/** Bounds the server's log over years of starts: beyond 10 MB it moves aside, the one before is dropped. */
function rotatedLogSize(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size < 10_000_000) return size;
  rmSync(`${logFile}.1`, { force: true });
  renameSync(logFile, `${logFile}.1`);
  return 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** The port of the last start when it is still free: whoever holds the old address finds the server again. */
async function lastPort(data: string): Promise<number> {
  const options = join(data, 'postmaster.opts');
  const port = existsSync(options) ? Number(/"-p" "(\d+)"/.exec(readFileSync(options, 'utf8'))?.[1] ?? 0) : 0;
  return freePort(port).catch(() => 0);
}

function freePort(wanted = 0): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

function refuseOtherMajor(data: string, binaries: PostgresBinaries): void {
  const has = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const version = spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8', env: binaries.environment });
  const brings = /(\d+)\.\d+/.exec(version.stdout ?? '')?.[1];
  if (brings === undefined || has === brings) return;
  throw new Problem({
    code: 'database.embedded.other-version',
    field: 'DATELINE_DATA',
    message: `The database in ${data} was made by PostgreSQL ${has}; this Dateline brings PostgreSQL ${brings}.`,
    remedy: `Dump it with the Dateline that made it and restore it here, or run PostgreSQL ${has} yourself and set DATABASE_URL.`,
  });
}

function startProblem(folder: string, why: string): Problem {
  return new Problem({
    code: 'database.embedded.start',
    field: 'DATELINE_DATA',
    message: `The built-in PostgreSQL did not start in ${folder}: ${why}.`,
    remedy: `Read ${join(folder, 'postgres.log')}, or set DATABASE_URL to a PostgreSQL of your own.`,
  });
}

function lastFatal(log: string): string {
  const lines = log.trim().split('\n');
  const fatal = lines.findLast((line) => /FATAL|PANIC|ERROR|error/.test(line)) ?? lines.at(-1) ?? '';
  return fatal.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '').trim() || 'it ended without a word';
}
