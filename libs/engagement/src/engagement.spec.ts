import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Database, Links, newId, Secrets, systemClock, type DeliveryId, type Language } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { castOfficers, editionIn, type Officers } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { scheduledRelease, seedDelivery, type SeededDelivery } from '../../../test/support/scheduled.js';
import { EngagementStore } from './engagement.store.js';
import { MailedLinks } from './mailed-links.js';

let database: FreshDatabase;
let owner: Database;
let db: Database;
let officers: Officers;
let release: Release;
let mei: SeededDelivery;
const NOW = 1_790_000_000_000;
const links = new Links(new Secrets(Buffer.alloc(32, 7)));
const clock = { now: () => NOW, monotonic: () => 0, sleep: () => Promise.resolve() };

beforeAll(async () => {
  database = await freshDatabase();
  owner = await Database.open({ url: database.url });
  db = await Database.open({ url: database.url, role: 'dateline_newsroom' });
  officers = await castOfficers(owner);
  release = await scheduledRelease(owner, officers, { editions: [editionIn('zh-Hant')], assets: {} });
});
afterAll(async () => {
  await db?.close();
  await owner?.close();
  await database?.drop();
});
beforeEach(async () => void (mei = await seed('zh-Hant')));

const seed = (language: Language) => {
  const address = `mei.${newId().slice(0, 8)}@ming.example`;
  return seedDelivery(owner, release, { address, language, addressKey: createHash('sha256').update(address).digest() });
};
const mailed = () => new MailedLinks(new EngagementStore(db), links, clock);
const token = (purpose: 'unsubscribe' | 'preferences', id: string = mei.delivery, expires = NOW / 1000 + 60) =>
  links.make({ purpose, id, expires });

const stateOf = async (delivery: DeliveryId) =>
  await owner.first<{ state: string; reason: string | null }>('select state, reason from delivery where id = $1', [
    delivery,
  ]);
const suppression = () =>
  owner.first<{ reason: string; by: string }>(
    `select reason, suppressed_by as by from suppression where organisation_id = $1 and address_key = $2`,
    [release.organisation, mei.addressKey],
  );
const auditLines = () =>
  owner.rows<{ type: string; body: string }>(`select type, body from audit_line where subject = $1 order by seq`, [
    `journalist:${mei.journalist}`,
  ]);
/** Everything a link could have changed, as one text. */
const world = async () =>
  JSON.stringify(
    await owner.rows(`select (select json_agg(d order by id) from delivery d) as d, (select json_agg(s) from suppression s) as s,
      (select count(*) from delivery_event) as e, (select count(*) from audit_line) as a, (select json_agg(j order by id) from journalist j) as j`),
  );

describe('a person who unsubscribes', () => {
  test('is suppressed, and what waits for them is taken back before T', async () => {
    expect(await mailed().reader(token('unsubscribe'), 'unsubscribe')).toMatchObject({
      language: 'zh-Hant',
      stopped: false,
      addressHint: 'm…@ming.example',
    });
    expect(await mailed().unsubscribe(token('unsubscribe'), 'unsubscribe', 'one-click')).toMatchObject({
      stopped: true,
    });
    expect(await suppression()).toEqual({ reason: 'unsubscribed', by: 'journalist' });
    expect(await stateOf(mei.delivery)).toEqual({ state: 'suppressed', reason: 'unsubscribed' });
  });

  test('leaves one audit line without an address, however often they click, and at the same moment too', async () => {
    const stop = `select engagement_unsubscribe($1, 'page')`;
    let second: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      await tx.rows(stop, [mei.delivery]);
      second = db.rows(stop, [mei.delivery]);
      await systemClock.sleep(150); // the second now waits for the first, which has not committed
    });
    await second;
    await mailed().unsubscribe(token('unsubscribe'), 'unsubscribe', 'page');
    const lines = await auditLines();
    expect(lines.map((line) => line.type)).toEqual(['journalist.unsubscribed']);
    expect(lines[0]?.body).not.toMatch(/ming|mei|@/);
    expect(JSON.parse(lines[0]?.body ?? '{}')).toMatchObject({
      actor: 'journalist',
      facts: { way: 'page', recalled: 1 },
    });
  });

  test('is heard also when their mailbox had bounced before', async () => {
    await owner.rows(`select suppress_address($1, $2, 'bounced', '', 'test')`, [release.organisation, mei.addressKey]);
    expect(await mailed().reader(token('unsubscribe'), 'unsubscribe')).toMatchObject({ stopped: false });
    await mailed().unsubscribe(token('unsubscribe'), 'unsubscribe', 'page');
    expect(await suppression()).toMatchObject({ reason: 'unsubscribed' });
    expect(await auditLines()).toHaveLength(1);
  });

  test('takes nobody else along', async () => {
    const other = await seed('en');
    await mailed().unsubscribe(token('unsubscribe'), 'unsubscribe', 'page');
    expect(await stateOf(other.delivery)).toMatchObject({ state: 'ready' });
  });
});

describe('a person who chooses a language', () => {
  test('reads pages and later mails in it; mails already prepared stay as they were', async () => {
    expect(await mailed().setLanguage(token('preferences'), 'en')).toMatchObject({ language: 'en' });
    expect(await owner.rows(`select language from journalist where id = $1`, [mei.journalist])).toEqual([
      { language: 'en' },
    ]);
    expect(await owner.rows(`select language, state from delivery where id = $1`, [mei.delivery])).toEqual([
      { language: 'zh-Hant', state: 'ready' },
    ]);
    await mailed().setLanguage(token('preferences'), 'en');
    expect((await auditLines()).map((line) => line.type)).toEqual(['journalist.language_changed']);
  });
});

describe('a link that is not ours to follow changes nothing', () => {
  test.each([
    ['forged', () => token('unsubscribe').replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['expired', () => token('unsubscribe', mei.delivery, NOW / 1000 - 1)],
    ['of another purpose', () => token('preferences')],
    ['signed for a delivery that is not there', () => token('unsubscribe', newId())],
    [
      'made with another key',
      () =>
        new Links(new Secrets(Buffer.alloc(32, 8))).make({
          purpose: 'unsubscribe',
          id: mei.delivery,
          expires: NOW / 1000 + 60,
        }),
    ],
    ['no token at all', () => mei.delivery],
  ])('%s', async (_, made) => {
    const before = await world();
    expect(await mailed().reader(made(), 'unsubscribe')).toBeUndefined();
    expect(await mailed().unsubscribe(made(), 'unsubscribe', 'page')).toBeUndefined();
    expect(await world()).toBe(before);
  });

  test('an unsubscribe link cannot change the language', async () => {
    expect(await mailed().setLanguage(token('unsubscribe'), 'en')).toBeUndefined();
    expect(await owner.rows(`select language from journalist where id = $1`, [mei.journalist])).toEqual([
      { language: 'zh-Hant' },
    ]);
  });
});

describe('the newsroom’s database role', () => {
  test('reads no table and calls nothing but what a link may do', async () => {
    const tables = await owner.rows<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'v', 'm', 'p')
          and has_table_privilege('dateline_newsroom', c.oid, 'select, insert, update, delete, truncate, references')`,
    );
    expect(tables.map((table) => table.name).sort()).toEqual(['public_asset', 'public_kit']);
    const functions = await owner.rows<{ name: string }>(
      `select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'bullmq') and has_function_privilege('dateline_newsroom', p.oid, 'execute')
          and has_schema_privilege('dateline_newsroom', n.oid, 'usage')`,
    );
    expect(functions.map((each) => each.name).sort()).toEqual([
      'engagement_reader',
      'engagement_set_language',
      'engagement_unsubscribe',
      // part of the gate that public_asset and public_kit ask: yes or no, about the database and not about any release
      'instance_live',
    ]);
  });

  test.each(['release_version', 'delivery', 'journalist', 'suppression', 'asset', 'embargo_open'])(
    'is refused %s itself',
    async (table) => {
      await expect(db.rows(`select * from ${table}`)).rejects.toThrow('permission denied');
    },
  );

  test('cannot put a table of its own in the way of the functions it calls', async () => {
    await expect(db.rows(`create table public.delivery_mine ()`)).rejects.toThrow('permission denied');
    await db.transaction(async (tx) => {
      await tx.rows(`create temporary table delivery (id uuid) on commit drop`);
      await tx.rows(`create temporary table suppression (id uuid) on commit drop`);
      expect(await tx.rows(`select engagement_unsubscribe($1, 'page')`, [mei.delivery])).toEqual([
        { engagement_unsubscribe: true },
      ]);
    });
    expect(await suppression()).toMatchObject({ reason: 'unsubscribed' });
  });
});
