import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { Problem, systemClock } from '#libs/kernel';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { isAlive } from './postmaster-file.js';

const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;
const compiled = resolve('dist/apps/standalone/src/embedded-postgres.js');

/** A process of its own that starts the server on a folder, says what it got, and stays until it is told to stop. */
const OWNER = `
import { startEmbeddedPostgres } from ${JSON.stringify(compiled)};
const server = await startEmbeddedPostgres({ folder: process.argv[1] });
console.log(JSON.stringify({ url: server.url, pid: server.pid, adopted: server.adopted }));
process.stdin.resume();
process.stdin.on('end', async () => { await server.stop(); process.exit(0); });`;

interface Owner {
  readonly child: ChildProcess;
  readonly url: string;
  readonly pid: number;
  readonly adopted: boolean;
  stop(): Promise<void>;
}

async function ownerProcess(folder: string, as: { uid?: number; path?: string } = {}): Promise<Owner> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OWNER, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(as.uid === undefined ? {} : { uid: as.uid, gid: as.uid }),
    env: { ...process.env, ...(as.path === undefined ? {} : { PATH: as.path }) },
  });
  const line = await new Promise<string>((done, fail) => {
    child.stdout.setEncoding('utf8').once('data', done);
    child.once('exit', (code) => fail(new Error(`ended with ${code}`)));
  });
  const stop = async () => {
    child.stdin.end();
    await new Promise((done) => child.once('exit', done));
  };
  return { child, stop, ...(JSON.parse(line) as Pick<Owner, 'url' | 'pid' | 'adopted'>) };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually(what: () => boolean): Promise<void> {
  const deadline = systemClock.monotonic() + 10_000;
  while (!what()) {
    if (systemClock.monotonic() > deadline) throw new Error('It did not come about in 10 s.');
    await systemClock.sleep(20);
  }
}

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-postgres-'));
  folders.push(folder);
  return folder;
}

let folder = '';
const data = () => join(folder, 'pgdata');
const log = () => readFileSync(join(folder, 'postgres.log'), 'utf8');

beforeAll(async () => {
  folder = newFolder();
  const server = await startEmbeddedPostgres({ folder });
  await query(server.url, 'create table kept as select 1 as one');
  await server.stop();
});

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

async function withServer(check: (server: EmbeddedPostgres) => Promise<void>): Promise<void> {
  const server = await startEmbeddedPostgres({ folder });
  try {
    await check(server);
  } finally {
    await server.stop();
  }
}

const expectKept = async (url: string) => expect(await query(url, 'select one from kept')).toEqual([{ one: 1 }]);

describe('the embedded PostgreSQL', () => {
  test('keeps its data between starts, durably and on loopback only', async () => {
    await withServer(async ({ url, port }) => {
      await expectKept(url);
      const [settings] = await query(
        url,
        `select current_setting('fsync') || current_setting('synchronous_commit') as durable,
                current_setting('listen_addresses') as address, current_setting('port') as port,
                current_setting('max_connections') as connections`,
      );
      expect(settings).toEqual({ durable: 'onon', address: '127.0.0.1', port: String(port), connections: '120' });
    });
    expect(existsSync(join(data(), 'postmaster.pid'))).toBe(false);
  });

  test('keeps its address over a restart, so that whoever held it finds it again', async () => {
    let before = '';
    await withServer(async ({ url }) => void (before = url));
    await withServer(async ({ url }) => expect(url).toBe(before));
  });

  test('asks for its password and keeps it readable by its owner only', async () => {
    expect(statSync(join(data(), 'dateline.password')).mode & 0o777).toBe(0o600);
    await withServer(async ({ url }) => {
      await expect(query(url.replace(/:[^:@/]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password authentication');
    });
  });

  test('is adopted by a second start, whose stop leaves it running', async () => {
    await withServer(async (owner) => {
      const second = await startEmbeddedPostgres({ folder });
      expect(second).toMatchObject({ adopted: true, pid: owner.pid, port: owner.port, url: owner.url });
      await second.stop();
      await expectKept(owner.url);
    });
  });

  test('is one server when three processes start at once on an empty folder', async () => {
    const empty = newFolder();
    const owners = await Promise.all([ownerProcess(empty), ownerProcess(empty), ownerProcess(empty)]);
    expect(new Set(owners.map((owner) => owner.pid)).size).toBe(1);
    expect(owners.filter((owner) => !owner.adopted)).toHaveLength(1);
    for (const owner of owners) expect(await query(owner.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await Promise.all(owners.map((owner) => owner.stop()));
    expect(isAlive(owners[0]?.pid ?? 0)).toBe(false);
    expect(readdirSync(empty).sort()).toEqual(['pgdata', 'postgres.log']);
  });

  test('shuts down cleanly when its owner is killed', async () => {
    const owner = await ownerProcess(folder);
    owner.child.kill('SIGKILL');
    await eventually(() => !isAlive(owner.pid));
    await withServer(({ url }) => expectKept(url));
    expect(log()).not.toContain('not properly shut down');
  });

  test('recovers after the server itself is killed', async () => {
    const owner = await ownerProcess(folder);
    process.kill(owner.pid, 'SIGKILL');
    await eventually(() => !isAlive(owner.pid));
    await withServer(async (server) => {
      expect(server.adopted).toBe(false);
      await expectKept(server.url);
    });
    expect(log()).toContain('not properly shut down');
    await owner.stop();
  });

  test.each([
    ['of a program that got the same number', async () => ({ pid: process.pid, end: () => undefined })],
    ['of a process that is gone', async () => ({ pid: spawnSync('true').pid, end: () => undefined })],
    ['of a killed server that nobody reaped', zombie],
  ])('starts over a pid file %s', async (_, leftover) => {
    const { pid, end } = await leftover();
    writeFileSync(join(data(), 'postmaster.pid'), `${pid}\n${data()}\n1700000000\n5\n\n127.0.0.1\n0 0\nready   \n`);
    await withServer(async (server) => {
      expect(server.adopted).toBe(false);
      await expectKept(server.url);
    });
    end();
  });

  test('refuses a cluster of another major version, naming both', async () => {
    const other = newFolder();
    spawnSync('cp', ['-a', data(), other]);
    writeFileSync(join(other, 'pgdata', 'PG_VERSION'), '15\n');
    await expect(startEmbeddedPostgres({ folder: other })).rejects.toMatchObject({
      code: 'database.embedded.other-version',
      message: expect.stringContaining('made by PostgreSQL 15; this Dateline brings PostgreSQL 18'),
    });
  });

  test('asks for DATABASE_URL on a machine it has no PostgreSQL for', async () => {
    const real = Object.getOwnPropertyDescriptor(process, 'arch') ?? {};
    Object.defineProperty(process, 'arch', { ...real, value: 'sparc' });
    try {
      await expect(startEmbeddedPostgres({ folder })).rejects.toMatchObject({ field: 'DATABASE_URL' });
      await expect(startEmbeddedPostgres({ folder })).rejects.toBeInstanceOf(Problem);
    } finally {
      Object.defineProperty(process, 'arch', real);
    }
  });
});

(asRoot ? describe : describe.skip)('started by root', () => {
  test('runs for an ordinary user too, and then for root on that user’s folder', async () => {
    const theirs = newFolder();
    chownSync(theirs, NOBODY, NOBODY);
    for (const uid of [NOBODY, undefined]) {
      const owner = await ownerProcess(theirs, { uid });
      expect(statSync(`/proc/${owner.pid}`).uid).toBe(NOBODY);
      await owner.stop();
    }
  });

  test('runs as nobody where the machine has no user namespaces', async () => {
    const fresh = newFolder();
    for (const _ of ['first start', 'second start']) {
      const owner = await ownerProcess(fresh, { path: '/nowhere' });
      expect(statSync(`/proc/${owner.pid}`).uid).toBe(NOBODY);
      await owner.stop();
    }
  });
});

/** A process that ended while its parent never asks how: what a container without an init makes of a killed server. */
async function zombie() {
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const pid = Number(await new Promise<string>((done) => parent.stdout.setEncoding('utf8').once('data', done)));
  await eventually(() => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  return { pid, end: () => parent.kill('SIGKILL') };
}
