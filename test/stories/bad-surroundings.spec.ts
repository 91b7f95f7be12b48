import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Examination } from '#libs/ops';
import { app, dateline, expectRefusal } from '../support/cli.js';
import { startRedis } from '../support/redis.js';
import { until, World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

/** What every process of the story is told, unless it is told otherwise. */
function told(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    DATABASE_URL: world.settings.text('DATABASE_URL'),
    DATELINE_DATA: world.settings.text('DATELINE_DATA'),
    SMTP_URL: world.sink.url,
    NEWSROOM_URL: 'http://127.0.0.1:1',
    DATELINE_AS: 'ada@clear-harbour.example.org',
    WORKER_PORT: '0',
    ...changes,
  };
}

/** The doctor's failures: check → what it says and what to do. */
async function failures(changes: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const run = await dateline(['doctor', '--json'], told(changes));
  const examination = JSON.parse(run.out) as Examination;
  expect(run.code).toBe(examination.verdict === 'fail' ? 1 : 0);
  const found = examination.groups.flatMap(({ findings }) => findings.filter((one) => one.verdict === 'fail'));
  return Object.fromEntries(found.map((one) => [one.check, `${one.says} ${one.remedy}`]));
}

test('a relay that refuses the login, or is not there: the doctor names SMTP_URL before T', async () => {
  world.sink.script([{ phase: 'auth', answer: { code: 535, text: '5.7.8 no' } }]);
  const login = new URL(world.sink.url);
  login.username = 'press';
  login.password = 'wrong';
  const [refused, away] = await Promise.all([
    failures({ SMTP_URL: login.href }),
    failures({ SMTP_URL: 'smtp://127.0.0.1:1' }),
  ]);
  world.sink.script([]);
  expect(refused).toEqual({ 'relay.reachable': expect.stringMatching(/login.*SMTP_URL/s) });
  expect(away).toEqual({ 'relay.reachable': expect.stringMatching(/ECONNREFUSED.*SMTP_URL/s) });
});

test('a relay that refuses us at T raises an alarm and holds every message; when it is mended all of them leave', async () => {
  world.sink.script([{ phase: 'mail', answer: { code: 530, text: '5.7.0 authentication required' } }]);
  const release = await world.scheduled(await world.journalists(5));
  const worker = await world.work();
  await world.leavesIn(release, 500);
  await until('an alarm', async () => {
    const alarms = await world.db.rows(`select from alarm where code = 'smtp.lane' and cleared_at is null`);
    return alarms.length === 1;
  });
  const { ready = 0, deferred = 0, ...ended } = await world.counts(release);
  expect([ready + deferred, ended]).toEqual([5, {}]);
  expect(world.sink.messages).toHaveLength(0);
  world.sink.script([]);
  await until('all accepted', async () => (await world.counts(release)).accepted === 5);
  expect(world.sink.messages).toHaveLength(5);
  await until('no alarm', async () => {
    const alarms = await world.db.rows(`select from alarm where cleared_at is null`);
    return alarms.length === 0;
  });
  await until('a released release', async () => (await world.state(release.id)) === 'released');
  await worker.stop();
});

test('a database that is gone is one sentence for officers, and the doctor goes on with the rest', async () => {
  const gone = { DATABASE_URL: 'postgres://press:secret@127.0.0.1:1/press' };
  const run = await dateline(['releases'], told(gone));
  expectRefusal(run, 'DATABASE_URL', /PostgreSQL cannot be reached/, /Check DATABASE_URL/);
  expect(run.err).not.toContain('secret');
  const found = await failures(gone);
  expect(found).toEqual({ 'database.reachable': expect.stringContaining('127.0.0.1:1') });
});

describe('a queue', () => {
  test('that is gone is named by the doctor, and no worker starts on it', async () => {
    const gone = { REDIS_URL: 'redis://127.0.0.1:1' };
    const [found, worker] = await Promise.all([failures(gone), app('worker', told(gone))]);
    expect(found).toEqual({ 'queue.reachable': expect.stringContaining('REDIS_URL') });
    expect(worker).toMatchObject({ code: 1, err: expect.stringMatching(/Redis does not answer.*REDIS_URL/s) });
    expect(worker.err).not.toMatch(/^\s+at /m);
  });

  test('that may throw wake-ups away is refused, with the policy it should have', async () => {
    const redis = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
    const evicting = { REDIS_URL: redis.url };
    const [found, worker] = await Promise.all([failures(evicting), app('worker', told(evicting))]);
    expect(found).toEqual({ 'queue.reachable': expect.stringMatching(/allkeys-lru.*noeviction/s) });
    await redis.stop();
    expect(worker).toMatchObject({ code: 1, err: expect.stringMatching(/allkeys-lru.*noeviction/s) });
  });
});

test('a setting that makes no sense is named with what to write instead, before anything is touched', async () => {
  const wrong = { DATABASE_URL: 'press', SMTP_CONNECTIONS: 'ten', API_PORT: '99999', DKIM_KEY_FILE: '/none/dkim.pem' };
  const runs = await Promise.all(
    Object.entries(wrong).map(
      async ([name, value]) => [name, await dateline(['settings'], told({ [name]: value }))] as const,
    ),
  );
  for (const [name, run] of runs) expectRefusal(run, name, new RegExp(name), /\w{3}/);
  const keys = await failures({ DATELINE_KEY: 'short', DKIM_KEY: 'no key' });
  expect(keys).toMatchObject({
    'settings.key': expect.stringContaining('openssl rand -base64 32'),
    'dns.key': expect.stringContaining('openssl genrsa 2048'),
  });
});

test('a data folder that cannot be one is named, also where the database was to stand in it', async () => {
  const { DATABASE_URL: _, ...embedded } = told({ DATELINE_DATA: '/dev/null' });
  const [run, doctor] = await Promise.all([dateline(['releases'], embedded), dateline(['doctor'], embedded)]);
  expectRefusal(run, '/dev/null', /something else is there/, /DATELINE_DATA/);
  expect(doctor).toMatchObject({
    code: 1,
    err: '',
    out: expect.stringMatching(/data folder \/dev\/null cannot be written/),
  });
});
