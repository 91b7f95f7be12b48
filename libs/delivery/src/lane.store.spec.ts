import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditLog } from '#libs/audit';
import {
  Alarms,
  newId,
  type Actor,
  type Clock,
  Database,
  type OfficerId,
  type OrganisationId,
  type Role,
} from '#libs/kernel';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { GO } from './lane.js';
import { LaneDesk } from './lane.desk.store.js';
import { NO_LANE_RULES } from './lane.rules.js';
import { LaneStore } from './lane.store.js';
import { LaneViews } from './lane.views.js';
import { Lanes } from './lanes.js';
import type { Verdict } from './verdict.js';

const RELAY = 'relay.example:587';
const throttled: Verdict = {
  word: 'deferred',
  phase: 'rcpt',
  whose: 'recipient',
  throttled: 'domain',
  why: 'slow down',
  reply: '421 4.7.28 too fast',
};
const refusesUs: Verdict = {
  word: 'lane',
  kind: 'policy',
  scope: 'domain',
  phase: 'dot_sent',
  why: 'refuses us',
  reply: '550 5.7.26 unauthenticated',
};
const gmail = 'a@gmail.com';
const outlet = 'b@outlet.example';

/** A worker with a clock of its own. */
function worker() {
  const time = { ms: 5_000 };
  const clock: Clock = { now: () => time.ms, monotonic: () => time.ms, sleep: async () => undefined };
  const lanes = new Lanes({ connections: 10, clock, rules: NO_LANE_RULES });
  const send = (address: string, verdict: Verdict) => {
    const lane = lanes.of(address);
    lanes.started(lane);
    lanes.finished(lane, verdict);
  };
  const pass = (ms: number) => (time.ms += ms);
  return { lanes, store: new LaneStore(RELAY), send, pass, wait: (address: string) => lanes.wait(lanes.of(address)) };
}

describe('lanes of several workers on one database', () => {
  let house: FreshDatabase;
  let db: Database;
  const organisation = newId<OrganisationId>();
  const officer = (...roles: Role[]): Actor => ({
    kind: 'officer',
    organisation,
    officer: newId<OfficerId>(),
    name: 'Olu',
    roles,
  });
  const ops = officer('ops');

  beforeAll(async () => {
    house = await freshDatabase();
    db = await Database.open({ url: house.url, role: 'dateline_app' });
    await db.rows(
      `insert into organisation (id, slug, names, desk_address, postal_address, zone)
       values ($1, 'harbour', '{}', 'desk@press.example', '{}', 'UTC')`,
      [organisation],
    );
  });
  afterAll(async () => {
    await db.close();
    await house.drop();
  });
  beforeEach(async () => {
    await db.rows(`delete from lane`);
    await db.rows(`delete from alarm`);
  });
  const alarms = async () =>
    (await new Alarms().standing(db)).map(({ code, subject, times }) => ({ code, subject, times }));

  test('a second worker learns of a throttled domain before it sends there, and of nothing else', async () => {
    const [one, two] = [worker(), worker()];
    one.send(gmail, throttled);
    await one.store.refresh(db, one.lanes);
    await two.store.refresh(db, two.lanes);
    expect(two.wait(gmail)).toBeGreaterThan(28_000);
    expect(two.wait(gmail)).toBeLessThanOrEqual(30_000);
    expect(two.wait(outlet)).toBe(GO);
    expect(await alarms()).toEqual([]);
  });

  test('writes only when a lane begins to cool or opens', async () => {
    const one = worker();
    one.send(gmail, throttled);
    await one.store.refresh(db, one.lanes);
    const before = await db.rows(`select xmin::text from lane`);
    for (let i = 0; i < 3; i++) await one.store.refresh(db, one.lanes);
    expect(await db.rows(`select xmin::text from lane`)).toEqual(before);
  });

  test('a domain that refuses us raises one alarm, however many workers and messages meet it, until one is taken', async () => {
    const [one, two] = [worker(), worker()];
    for (const each of [one, two]) {
      for (let i = 0; i < 5; i++) each.send(outlet, refusesUs);
      each.send(gmail, { word: 'accepted', code: 250, reply: '250' });
      await each.store.refresh(db, each.lanes);
    }
    expect(await alarms()).toEqual([{ code: 'smtp.domain', subject: 'outlet.example', times: 2 }]);
    const [alarm] = await new Alarms().standing(db);
    expect(alarm?.says).toContain('550 5.7.26 unauthenticated');
    one.pass(60_000);
    one.send(outlet, { word: 'accepted', code: 250, reply: '250' });
    await one.store.refresh(db, one.lanes);
    expect(await alarms()).toEqual([]);
    await two.store.refresh(db, two.lanes);
    expect(two.wait(outlet)).toBe(GO);
  });

  test('a domain that goes on throttling is told to ops in the end, and not before', async () => {
    const one = worker();
    for (let i = 0; i < 5; i++) {
      one.send(gmail, throttled);
      await one.store.refresh(db, one.lanes);
      expect(await alarms()).toEqual([]);
      one.pass(one.wait(gmail));
      await db.rows(`update lane set held_until = clock_timestamp()`);
    }
    one.send(gmail, throttled);
    await one.store.refresh(db, one.lanes);
    expect(await alarms()).toEqual([{ code: 'smtp.throttled', subject: 'google', times: 1 }]);
  });

  test('ops see lanes with the last answer, and open one for every worker, with a line in the audit', async () => {
    const [one, two] = [worker(), worker()];
    one.send(outlet, refusesUs);
    for (const each of [one, two]) await each.store.refresh(db, each.lanes);
    const views = new LaneViews(db);
    expect(await views.list()).toMatchObject([
      { relay: RELAY, lane: 'outlet.example', state: 'held', kind: 'policy', reply: '550 5.7.26 unauthenticated' },
    ]);
    const desk = new LaneDesk(new AuditLog());
    await db.transaction((tx) => desk.open(tx, ops, 'outlet.example', 'DKIM record mended'));
    expect(await views.list()).toMatchObject([{ lane: 'outlet.example', state: 'open', heldUntil: null }]);
    expect(await alarms()).toEqual([]);
    for (const each of [one, two]) {
      await each.store.refresh(db, each.lanes);
      expect(each.wait(outlet)).toBe(GO);
    }
    expect(await db.rows(`select type, subject from audit_line order by seq desc limit 1`)).toEqual([
      { type: 'lane.opened', subject: 'lane:outlet.example' },
    ]);
  });

  test.each([
    ['without a reason', ops, 'outlet.example', ' ', 'lane.reason'],
    ['that is not held', ops, 'nowhere.example', 'x', 'lane.not-held'],
    ['by somebody who is not ops', officer('author'), 'outlet.example', 'x', ''],
  ])('a lane %s is not opened', async (_what, by, lane, reason, code) => {
    const one = worker();
    one.send(outlet, refusesUs);
    await one.store.refresh(db, one.lanes);
    const opening = db.transaction((tx) => new LaneDesk(new AuditLog()).open(tx, by, lane, reason));
    await expect(opening).rejects.toMatchObject(code ? { code } : { name: 'Problem' });
    expect(await new LaneViews(db).list()).toMatchObject([{ state: 'held' }]);
  });

  test('keeps what happened while the database was away, and tells it afterwards', async () => {
    const one = worker();
    one.send(gmail, throttled);
    const away = { transaction: () => Promise.reject(new Error('away')) } as unknown as Database;
    await expect(one.store.refresh(away, one.lanes)).rejects.toThrow('away');
    await one.store.refresh(db, one.lanes);
    expect(await new LaneViews(db).list()).toMatchObject([{ lane: 'google', state: 'held', strikes: 1 }]);
  });
});
