import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from '#libs/audit';
import { Alarms, Database, openLog, systemClock } from '#libs/kernel';
import { castOfficers, type Officers } from '../../../test/support/cast.js';
import { copyOfDatabase } from '../../../test/support/database.copy.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { InstanceStore } from './instance.store.js';
import { Quarantine } from './quarantine.js';
import { WatermarkFile } from './watermark.js';

const REFUSED = /restrict|permission denied|only a released|append-only|can only be released/;

describe('a database that may not be the live one', () => {
  const alarms = new Alarms();
  const store = new InstanceStore(new AuditLog(), alarms);
  let database: FreshDatabase;
  let db: Database;
  let owner: Database;
  let folder: string;
  let officers: Officers;
  const copies: FreshDatabase[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dateline-quarantine-'));
    database = await freshDatabase();
    await open(database);
    officers = await castOfficers(db);
  });
  afterEach(async () => {
    await close();
    for (const one of [database, ...copies.splice(0)]) await one.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open({ url }: FreshDatabase): Promise<void> {
    db = await Database.open({ url, role: 'dateline_app' });
    owner = await Database.open({ url });
  }
  async function close(): Promise<void> {
    await db.close();
    await owner.close();
  }
  /** The same data under another name, as a restored dump is; the original stays closed. */
  async function openCopy(): Promise<void> {
    await close();
    const copy = await copyOfDatabase(database);
    copies.push(copy);
    await open(copy);
  }
  const worker = (name = 'worker-1') =>
    new Quarantine({ db, clock: systemClock, log: openLog('test', 'silent'), name }, store, new WatermarkFile(folder));
  const live = (reason = 'the old machine is off') =>
    db.transaction((tx) => store.live(tx, officers.chen, reason, 'nothing'));
  const gate = async (on: Database = db) => (await on.first<{ live: boolean }>('select instance_live() as live'))?.live;

  test('is not suspected when it is fresh, nor when it comes from a version that kept no record', async () => {
    expect(await gate()).toBe(true);
    expect(await Promise.all([worker().look(), worker('worker-2').look()])).toEqual([undefined, undefined]);
    expect(await worker().look()).toBeUndefined();
    expect(await owner.rows('select from instance')).toHaveLength(1);
    expect(await gate()).toBe(true);
    expect(await alarms.standing(db)).toEqual([]);
  });

  test('has a shut gate as a copy, before any process has looked at it, for the newsroom’s role too', async () => {
    await worker().look();
    await openCopy();
    expect(await gate()).toBe(false);
    const newsroom = await Database.open({ url: copies[0]?.url ?? '', role: 'dateline_newsroom' });
    expect(await gate(newsroom)).toBe(false);
    await newsroom.close();
  });

  test('is put in quarantine once, with an alarm, by however many workers', async () => {
    await worker().look();
    await openCopy();
    const looks = await Promise.all([worker().look(), worker('worker-2').look(), worker('worker-3').look()]);
    expect(looks).toEqual(Array(3).fill(expect.stringContaining('copy or a restored backup')));
    expect(await owner.rows('select from quarantine')).toHaveLength(1);
    expect(await alarms.standing(db)).toMatchObject([{ code: 'quarantine' }]);
  });

  test('stays in quarantine, also after a restart, until an ops officer says with a reason that it is live', async () => {
    await worker().look();
    await openCopy();
    await worker().look();
    await expect(db.transaction((tx) => store.live(tx, officers.ada, 'x', 'nothing'))).rejects.toMatchObject({
      code: 'accounts.role.missing',
    });
    await expect(live(' ')).rejects.toMatchObject({ field: 'reason' });
    expect(await worker('restarted').look()).toBeDefined();
    await live();
    expect(await gate()).toBe(true);
    expect(await worker().look()).toBeUndefined();
    expect(await alarms.standing(db)).toEqual([]);
    const [line] = await db.rows<{ body: string }>(`select body from audit_line where type = 'instance.live'`);
    expect(JSON.parse(line?.body ?? '{}')).toMatchObject({
      facts: { reason: 'the old machine is off', choice: 'nothing' },
    });
    await expect(live()).rejects.toMatchObject({ code: 'quarantine.none' });
  });

  /** Rewrites what is recorded, as a restore on another server or timeline would find it. */
  async function recorded(change: string): Promise<void> {
    await owner.transaction(async (tx) => {
      await tx.rows(`alter table instance disable trigger instance_append_only`);
      await tx.rows(`update instance set ${change}`);
      await tx.rows(`alter table instance enable trigger instance_append_only`);
    });
  }

  test.each([
    ['another server', 'system_identifier = system_identifier + 1', /another PostgreSQL server/],
    ['another timeline: a promoted standby, or a point in time', 'timeline = timeline + 1', /promoted/],
  ])('is found on %s', async (_, change, says) => {
    await worker().look();
    await recorded(change);
    expect(await gate()).toBe(false);
    expect(await worker().look()).toMatch(says);
    await live();
    expect(await worker().look()).toBeUndefined();
  });

  test.each([
    ['pulses', { pulse: 1_000_000 }],
    ['its log', { lsn: 'FFFF/0' }],
  ])('is found when its files were put back: a worker has seen more of %s', async (_, seen) => {
    const first = worker();
    await first.look();
    await first.look();
    const [file] = await watermarks();
    const kept = JSON.parse(readFileSync(file ?? '', 'utf8')) as object;
    writeFileSync(file ?? '', JSON.stringify({ ...kept, ...seen }));
    expect(await worker().look()).toMatch(/put back/);
    expect(await gate()).toBe(false);
    await live();
    expect(await worker().look()).toBeUndefined();
    expect(await worker().look()).toBeUndefined();
  });

  test('is found when a worker remembers a life that it does not know, once', async () => {
    const first = worker();
    await first.look();
    await first.look();
    const [file] = await watermarks();
    const kept = JSON.parse(readFileSync(file ?? '', 'utf8')) as { life: string };
    writeFileSync(file ?? '', JSON.stringify({ ...kept, life: '00000000-0000-4000-8000-000000000009' }));
    const again = readFileSync(file ?? '', 'utf8');
    expect(await worker().look()).toMatch(/put back/);
    await live();
    expect(await worker().look()).toBeUndefined();
    // another machine's worker remembers the same life: somebody has answered for it
    writeFileSync(file ?? '', again);
    expect(await worker().look()).toBeUndefined();
  });

  test('is not suspected because of a watermark that cannot be read', async () => {
    const first = worker();
    await first.look();
    await first.look();
    const [file] = await watermarks();
    for (const text of ['', '{', '{"life":1}', 'null']) {
      writeFileSync(file ?? '', text);
      expect(await worker().look()).toBeUndefined();
    }
    rmSync(join(folder, 'watermarks'), { recursive: true });
    expect(await worker().look()).toBeUndefined();
  });

  test('cannot be declared live, forged or forgotten by the app’s role', async () => {
    await worker().look();
    await expect(db.rows('insert into instance default values')).rejects.toThrow(REFUSED);
    await expect(db.rows('update instance set timeline = 9')).rejects.toThrow(REFUSED);
    await expect(db.rows('delete from instance')).rejects.toThrow(REFUSED);
    await openCopy();
    await worker().look();
    await expect(db.rows('delete from quarantine')).rejects.toThrow(REFUSED);
    await expect(db.rows(`update quarantine set why = 'x'`)).rejects.toThrow(REFUSED);
    await expect(
      db.rows(`insert into instance (quarantine_id, timeline) select id, 9 from quarantine`),
    ).rejects.toThrow(REFUSED);
    expect(await gate()).toBe(false);
  });

  async function watermarks(): Promise<string[]> {
    const state = await store.state(db);
    return [join(folder, 'watermarks', `${state.now.systemIdentifier}-${state.now.databaseOid}.json`)];
  }
});
