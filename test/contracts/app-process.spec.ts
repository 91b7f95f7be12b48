import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

let database: FreshDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dateline-main-'));
});
afterAll(async () => {
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const APPS = [
  ['newsroom', 'NEWSROOM_PORT'],
  ['api', 'API_PORT'],
] as const;

/** The process as it is started in production, with these settings and no others. */
function start(app: string, settings: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join('dist', 'apps', app, 'src', 'main.js')], {
    env: { PATH: process.env['PATH'], DATELINE_DATA: folder, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function lastWords(child: ChildProcess): Promise<{ code: number | null; says: string }> {
  let says = '';
  child.stderr?.on('data', (part: Buffer) => void (says += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, says };
}

describe.each(APPS)('the process of the %s', (app, port) => {
  test('says in one line of JSON where it listens, and leaves when asked to', async () => {
    const child = start(app, { DATABASE_URL: database.url, [port]: '0' });
    if (!child.stdout) throw new Error('no output');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const facts = JSON.parse(line) as { name: string; msg: string; port: number };
    expect(facts).toMatchObject({ name: app, msg: `${app} listening`, level: 30 });
    expect((await fetch(`http://127.0.0.1:${facts.port}/health/ready`)).status).toBe(200);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  test('ends with a sentence and its remedy where it cannot start', async () => {
    const elsewhere = database.url.replace(/test_\w+/, 'none');
    const cases: [Record<string, string>, string][] = [
      [{}, 'DATABASE_URL is not set.'],
      [{ DATABASE_URL: database.url, [port]: 'http' }, `${port} must be a port`],
      [{ DATABASE_URL: elsewhere }, 'PostgreSQL refuses the login or database'],
    ];
    const ends = await Promise.all(cases.map(([settings]) => lastWords(start(app, settings))));
    for (const [place, { code, says }] of ends.entries()) {
      expect([code, says]).toEqual([1, expect.stringMatching(/^dateline \w+: [^\n]*\.\n$/)]);
      expect(says).toContain(`dateline ${app}: ${cases[place]?.[1]}`);
    }
  });
});
