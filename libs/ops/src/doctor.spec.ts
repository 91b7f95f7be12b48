import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Database, Problem, systemClock, type SettingName } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { until, World } from '../../../test/support/world.js';
import { Doctor, type Examination } from './doctor.js';
import { examinedDatabase } from './examined-database.js';
import type { Lookup } from './lookup.js';

const nobodyAnswers: Lookup = {
  txt: () => Promise.resolve('unknown'),
  mx: () => Promise.resolve('unknown'),
  addresses: () => Promise.resolve('unknown'),
  names: () => Promise.resolve('unknown'),
};

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

async function examine(changes: Partial<Record<SettingName, string>> = {}): Promise<Examination> {
  // a port nobody listens on: the newsroom is another process
  const settings = world.settings.with({ NEWSROOM_URL: 'http://127.0.0.1:1', ...changes });
  const database = await examinedDatabase(settings.text('DATABASE_URL'), systemClock);
  try {
    const tools = { settings, clock: systemClock, lookup: nobodyAnswers, database, embedded: false };
    return await new Doctor(tools).examine();
  } finally {
    if (database instanceof Database) await database.close();
  }
}

function found({ groups, upcoming }: Examination, check: string) {
  const all = [...groups, ...(upcoming ?? [])].flatMap(({ findings }) => [...findings]);
  return all.filter((one) => one.check === check);
}

const failed = (examination: Examination) =>
  [...examination.groups, ...(examination.upcoming ?? [])].flatMap(({ findings }) =>
    findings.flatMap((one) => (one.verdict === 'fail' ? [one.check] : [])),
  );

describe('before any T, with a database and a relay', () => {
  test('everything stands; what nobody needs yet is a warning', async () => {
    const examination = await examine();
    expect(failed(examination)).toEqual([]);
    expect(examination).toMatchObject({ verdict: 'warn', upcoming: [] });
    for (const check of [
      'database.durability',
      'database.roles',
      'clock.offset',
      'queue.reachable',
      'relay.reachable',
    ]) {
      expect(found(examination, check)).toEqual([expect.objectContaining({ verdict: 'ok' })]);
    }
    expect(found(examination, 'workers.alive')).toEqual([expect.objectContaining({ verdict: 'warn' })]);
    const remedied = examination.groups.flatMap(({ findings }) => findings.filter((one) => one.verdict !== 'ok'));
    expect(remedied.every((one) => (one.remedy ?? '') !== '')).toBe(true);
  });

  test('secrets show only whether they are set', async () => {
    const text = JSON.stringify(await examine());
    expect(text).not.toContain(new URL(world.settings.text('DATABASE_URL')).password);
    expect(text).toContain('"DATABASE_URL":"(set)"');
  });

  test('a database that loses commits, or lets the app rewrite the ledger, fails', async () => {
    const name = new URL(world.settings.text('DATABASE_URL')).pathname.slice(1);
    await world.owner.rows(`alter database ${name} set synchronous_commit = off`);
    await world.owner.rows(`grant update on delivery_event to dateline_app`);
    expect(failed(await examine())).toEqual(['database.durability', 'database.roles']);
    await world.owner.rows(`alter database ${name} reset synchronous_commit`);
    await world.owner.rows(`revoke update on delivery_event from dateline_app`);
    expect(failed(await examine())).toEqual([]);
  });

  test('a schema that is behind, or ahead of this program, fails', async () => {
    await world.owner.rows(`insert into schema_migration (timestamp, name) values (1, 'FromTheFuture9999999999999')`);
    expect(failed(await examine())).toEqual(['database.migrations']);
    await world.owner.rows(`delete from schema_migration where timestamp = 1`);
    await world.owner.rows(`update schema_migration set name = name || 'x' where name like 'Delivery%'`);
    expect(failed(await examine())).toContain('database.migrations');
    await world.owner.rows(`update schema_migration set name = left(name, -1) where name like 'Delivery%x'`);
  });

  test('keys that others can read fail', async () => {
    const keys = join(world.settings.text('DATELINE_DATA'), 'keys');
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    writeFileSync(join(keys, 'trial.key'), 'x', { mode: 0o644 });
    expect(found(await examine(), 'data.keys')).toEqual([expect.objectContaining({ verdict: 'fail' })]);
    chmodSync(join(keys, 'trial.key'), 0o600);
    expect(found(await examine(), 'data.keys')).toEqual([expect.objectContaining({ verdict: 'ok' })]);
  });

  test('a relay that is not there, and one that refuses the login, are told apart', async () => {
    const [away] = found(await examine({ SMTP_URL: 'smtp://127.0.0.1:1' }), 'relay.reachable');
    expect(away).toMatchObject({ verdict: 'fail', says: expect.stringContaining('ECONNREFUSED') });
    world.sink.script([{ phase: 'auth', answer: { code: 535, text: '5.7.8 authentication failed' } }]);
    const login = new URL(world.sink.url);
    login.username = 'press';
    login.password = 'not-the-password';
    const refused = await examine({ SMTP_URL: login.href });
    expect(found(refused, 'relay.reachable')).toEqual([
      expect.objectContaining({ verdict: 'fail', remedy: expect.stringContaining('password in SMTP_URL') }),
    ]);
    expect(JSON.stringify(refused)).not.toContain('not-the-password');
    world.sink.script([]);
  });

  test('links that lead nowhere fail as soon as mail leaves for the public', async () => {
    // 0.0.0.0 is no loopback name, and refuses at once
    const away = { SMTP_URL: 'smtp://127.0.0.1:1?tls=required' };
    expect(failed(await examine({ ...away, NEWSROOM_URL: 'http://localhost:1' }))).toContain('newsroom.url');
    expect(failed(await examine({ ...away, NEWSROOM_URL: 'http://0.0.0.0:1' }))).toContain('newsroom.url');
    expect(failed(await examine({ ...away, NEWSROOM_URL: 'https://0.0.0.0:1' }))).not.toContain('newsroom.url');
  });

  test('an alarm fails while it is fresh; an old one says how to clear it', async () => {
    await world.owner.rows(`insert into alarm (code, subject, says) values ('clock.skew', 'old-worker', 'It is off.')`);
    expect(failed(await examine())).toEqual(['alarms.standing']);
    await world.owner.rows(`update alarm set last_seen_at = last_seen_at - interval '1 hour'`);
    const [alarm] = found(await examine(), 'alarms.standing');
    expect(alarm).toMatchObject({
      verdict: 'warn',
      remedy: expect.stringContaining('alarm-clear clock.skew old-worker'),
    });
    await world.owner.rows(`delete from alarm`);
  });
});

describe('with a T ahead', () => {
  let release: Release;
  beforeAll(async () => {
    release = await world.scheduled(await world.journalists(6), 180_000);
  });

  test('no worker, no newsroom: what was a warning is a failure now', async () => {
    const examination = await examine();
    expect(failed(examination)).toEqual(expect.arrayContaining(['workers.alive', 'newsroom.answers']));
    expect(examination.upcoming).toEqual([
      expect.objectContaining({ number: release.number, state: 'scheduled', approvalBinds: true, audience: 6 }),
    ]);
  });

  test('prepared by a worker that lives, it can leave; the text of the release is nowhere', async () => {
    const running = await world.work();
    await until('a prepared release', async () => (await world.state(release.id)) === 'prepared');
    const examination = await examine();
    expect(examination.upcoming).toEqual([expect.objectContaining({ verdict: 'ok', prepared: 6, planned: 6 })]);
    expect(found(examination, 'workers.alive')).toEqual([expect.objectContaining({ verdict: 'ok' })]);
    expect(JSON.stringify(examination)).not.toContain(release.title);
    await running.stop();
  });

  test('a stop button fails, and says why it was pressed', async () => {
    const { chen } = world.cast;
    await world.db.transaction((tx) => world.stopButton.press(tx, chen, 'organisation', 'wrong picture'));
    const examination = await examine();
    expect(examination.upcoming?.[0]).toMatchObject({ verdict: 'fail' });
    expect(found(examination, 'stops.pressed')[0]?.says).toContain('wrong picture');
    await world.db.transaction((tx) => world.stopButton.raise(tx, chen, 'organisation', 'mended'));
  });

  test('an approval of another T, and zone rules that have moved, are told', async () => {
    await world.owner.rows(
      `update embargo set lifts_at = lifts_at + interval '1 minute', wall = '2026-01-01T00:00' where release_id = $1`,
      [release.id],
    );
    const examination = await examine();
    expect(failed(examination)).toContain('upcoming.approval');
    expect(found(examination, 'clock.zones')).toEqual([
      expect.objectContaining({ verdict: 'warn', says: expect.stringContaining(release.number) }),
    ]);
  });
});

describe('without a database', () => {
  test('says so within seconds, and looks at the rest', async () => {
    const examination = await examine({ DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/press' });
    expect(examination).toMatchObject({ verdict: 'fail', upcoming: null });
    expect(failed(examination)).toEqual(['database.reachable']);
    expect(found(examination, 'relay.reachable')).toEqual([expect.objectContaining({ verdict: 'ok' })]);
    expect(JSON.stringify(examination)).not.toContain('secret');
  });

  test('a refused login is told as that', async () => {
    const url = new URL(world.settings.text('DATABASE_URL'));
    url.password = 'wrong';
    const database = await examinedDatabase(url.href, systemClock);
    expect(database).toBeInstanceOf(Problem);
    expect(database).toMatchObject({ code: 'database.refused', field: 'DATABASE_URL' });
  });

  test('a queue that is gone, or that throws wake-ups away, fails by itself', async () => {
    expect(failed(await examine({ REDIS_URL: 'redis://127.0.0.1:1' }))).toContain('queue.reachable');
  });
});
