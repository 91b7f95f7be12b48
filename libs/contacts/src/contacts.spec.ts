import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditViews } from '#libs/audit';
import {
  Database,
  Secrets,
  newId,
  type Actor,
  type JournalistId,
  type MediaListId,
  type OrganisationId,
  type Tx,
} from '#libs/kernel';
import { castOfficers } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { Contacts } from './contacts.js';
import type { JournalistForm } from './journalist.js';

const contacts = new Contacts(new Secrets(Buffer.alloc(32, 1)));
const FORM = { language: 'zh-Hant', zone: 'Asia/Hong_Kong', consentSource: 'press club' } as const;
let fresh: FreshDatabase;
let db: Database;
let owner: Database;
let ada: Actor;
let organisation: OrganisationId;
let slugs = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await Database.open({ url: fresh.url, role: 'dateline_app' });
  owner = await Database.open({ url: fresh.url, poolSize: 1 });
});
afterAll(async () => {
  await db?.close();
  await owner?.close();
  await fresh?.drop();
});
beforeEach(async () => {
  const cast = await castOfficers(db, `house-${(slugs += 1)}`);
  ada = cast.ada;
  organisation = cast.organisation.id;
});

function add(address: string, form: Partial<JournalistForm> = {}): Promise<JournalistId> {
  return db.transaction((tx) => contacts.journalists.add(tx, ada, { ...FORM, address, ...form }));
}

function act<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(work);
}

function suppress(address: string, reason: 'unsubscribed' | 'bounced' | 'erased' = 'unsubscribed') {
  return act((tx) => contacts.suppressions.suppress(tx, organisation, address, { reason, by: 'test' }));
}

async function auditTypes(): Promise<string[]> {
  const rows = await db.rows<{ type: string }>(`select type from audit_line where organisation_id = $1 order by seq`, [
    organisation,
  ]);
  return rows.map((row) => row.type);
}

describe('Journalists', () => {
  test('keeps what was filled in, and finds it by any spelling of the address', async () => {
    const id = await add('May.Chan@例子.香港', {
      name: ' 陳美 ',
      outlets: ['晚潮日報', '觀點週刊', '晚潮日報'],
      beats: ['財經'],
      consentDate: '2026-11-23',
      note: '下午四時後截稿\n勿打電話',
      zone: 'asia/hong_kong',
    });
    const found = await contacts.journalists.findByAddress(db, organisation, 'may.chan@XN--fsqu00a.xn--j6w193g');
    expect(found).toMatchObject({
      id,
      canonicalAddress: 'may.chan@xn--fsqu00a.xn--j6w193g',
      address: 'May.Chan@例子.香港',
      name: '陳美',
      outlets: ['晚潮日報', '觀點週刊'],
      beats: ['財經'],
      lists: [],
      zone: 'Asia/Hong_Kong',
      consentDate: '2026-11-23',
      note: '下午四時後截稿\n勿打電話',
      suppressed: null,
    });
  });

  test('knows one person once, in each organisation apart', async () => {
    await add('anna@example.com');
    await expect(add('ANNA@Example.com')).rejects.toMatchObject({
      code: 'contacts.journalist.taken',
      field: 'address',
    });
    await add('anna+news@example.com');
    const other = await castOfficers(db, `other-${(slugs += 1)}`);
    await act((tx) => contacts.journalists.add(tx, other.ada, { ...FORM, address: 'anna@example.com' }));
    expect((await contacts.page(db, organisation)).journalists).toHaveLength(2);
  });

  test.each<[string, Partial<JournalistForm>]>([
    ['address', { address: 'a@example.com\r\nBcc: b@example.com' }],
    ['name', { name: 'Ann\r\nBcc: x' }],
    ['zone', { zone: 'UTC+8' }],
    ['language', { language: 'fr' as 'en' }],
    ['consentSource', { consentSource: ' ' }],
    ['consentDate', { consentDate: '2026-02-30' }],
    ['outlets', { outlets: ['a;b'] }],
    ['beats', { beats: ['a,b'] }],
    ['note', { note: 'a\0b' }],
  ])('refuses a bad %s by its name and saves nothing', async (field, form) => {
    await expect(add('good@example.com', form)).rejects.toMatchObject({ field });
    expect((await contacts.page(db, organisation)).journalists).toEqual([]);
  });

  test('refuses in the schema what would be a second recipient, whatever the code says', async () => {
    const insert = (canonical: string) =>
      db.rows(
        `insert into journalist (organisation_id, id, canonical_address, address, address_key, name, language, zone, consent_source)
         values ($1, $2, $3, 'a@b.example', $4, '', 'en', 'UTC', 'x')`,
        [organisation, newId(), canonical, Buffer.alloc(32)],
      );
    for (const poison of [
      'a@b.example, c@d.example',
      'a@b.example\r\nBcc: c',
      '"a"@b.example',
      'a@b@c',
      'A B@c.example',
    ]) {
      await expect(insert(poison)).rejects.toThrow('canonical_address');
    }
  });

  test('changes only the fields that were given', async () => {
    const id = await add('anna@example.com', { name: 'Anna', outlets: ['A', 'B'], beats: ['news'] });
    await act((tx) => contacts.journalists.edit(tx, ada, id, { outlets: ['b', 'C'] }));
    const edited = await contacts.journalists.get(db, organisation, id);
    expect(edited).toMatchObject({ name: 'Anna', outlets: ['B', 'C'], beats: ['news'] });
    expect(edited.updatedAt.getTime()).toBeGreaterThan(edited.createdAt.getTime());
  });

  test('does not let a new address bring mail to someone who asked for none', async () => {
    const id = await add('anna@example.com');
    await suppress('anna@example.com');
    const rename = act((tx) => contacts.journalists.edit(tx, ada, id, { address: 'anna@private.example' }));
    await expect(rename).rejects.toMatchObject({ code: 'contacts.journalist.suppressed' });
    await act((tx) => contacts.journalists.edit(tx, ada, id, { name: 'Anna', address: 'ANNA@example.com' }));
  });

  test('does not move onto an address that belongs to somebody else', async () => {
    const id = await add('anna@example.com');
    await add('bert@example.com');
    const rename = act((tx) => contacts.journalists.edit(tx, ada, id, { address: 'Bert@example.com' }));
    await expect(rename).rejects.toMatchObject({ code: 'contacts.journalist.taken' });
  });

  test('is not reached from another organisation', async () => {
    const id = await add('anna@example.com');
    const other = await castOfficers(db, `other-${(slugs += 1)}`);
    expect(await contacts.journalists.find(db, other.organisation.id, id)).toBeUndefined();
    await expect(act((tx) => contacts.journalists.remove(tx, other.ada, id))).rejects.toMatchObject({ status: 404 });
    await expect(act((tx) => contacts.journalists.edit(tx, other.ada, id, { name: 'x' }))).rejects.toMatchObject({
      status: 404,
    });
  });

  test('writes who did what, without names or addresses', async () => {
    const id = await add('anna@example.com', { name: 'Anna' });
    await act((tx) => contacts.journalists.edit(tx, ada, id, { name: 'Anne' }));
    await act((tx) => contacts.journalists.erase(tx, ada, id));
    expect(await auditTypes()).toEqual(['journalist.added', 'journalist.edited', 'journalist.erased']);
    const chain = await new AuditViews(db).about(organisation, `journalist:${id}`);
    expect(JSON.stringify(chain)).not.toMatch(/ann|example/i);
    expect(chain[1]?.facts).toEqual({ fields: ['name'] });
  });
});

describe('Journalists in pages', () => {
  test('come in order of address, each once, whatever the page length', async () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) await add(`${name}@example.com`);
    const seen: string[] = [];
    let after: JournalistId | null | undefined;
    do {
      const page = await contacts.page(db, organisation, {}, { limit: 2, ...(after ? { after } : {}) });
      seen.push(...page.journalists.map((journalist) => journalist.address[0] ?? ''));
      after = page.next;
    } while (after);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('can be searched by name, address and outlet, and % is a character like any other', async () => {
    await add('anna@example.com', { name: '陳樂行', outlets: ['晚潮日報'] });
    await add('bert@example.org', { name: '100%' });
    const found = async (search: string) =>
      (await contacts.page(db, organisation, { search })).journalists.map((journalist) => journalist.name);
    expect(await found('樂行')).toEqual(['陳樂行']);
    expect(await found('EXAMPLE.ORG')).toEqual(['100%']);
    expect(await found('晚潮')).toEqual(['陳樂行']);
    expect(await found('0%')).toEqual(['100%']);
    expect(await found('%x')).toEqual([]);
  });

  test('can be narrowed to a language, a list, and to who is suppressed', async () => {
    const anna = await add('anna@example.com', { language: 'en' });
    await add('bert@example.com');
    await suppress('bert@example.com', 'bounced');
    const list = await act((tx) => contacts.lists.createPicked(tx, ada, 'Press'));
    await act((tx) => contacts.lists.pick(tx, ada, list, [anna]));
    const names = async (filter: Parameters<typeof contacts.page>[2]) =>
      (await contacts.page(db, organisation, filter)).journalists.map((journalist) => journalist.address);
    expect(await names({ language: 'en' })).toEqual(['anna@example.com']);
    expect(await names({ list })).toEqual(['anna@example.com']);
    expect(await names({ suppressed: true })).toEqual(['bert@example.com']);
    expect(await names({ suppressed: false })).toEqual(['anna@example.com']);
  });

  test('say so when the journalist a page begins after is gone', async () => {
    const id = await add('anna@example.com');
    await act((tx) => contacts.journalists.remove(tx, ada, id));
    await expect(contacts.page(db, organisation, {}, { after: id })).rejects.toMatchObject({
      code: 'contacts.page.gone',
    });
  });
});

describe('MediaLists', () => {
  test('find by filter whoever fits now: any value within a facet, every facet', async () => {
    const press = await add('a@example.com', { language: 'en', outlets: ['Tide'], beats: ['arts'] });
    await add('b@example.com', { language: 'en', outlets: ['Ebb'], beats: ['arts'] });
    const hans = await add('c@example.com', { language: 'zh-Hans', outlets: ['Tide'], beats: ['film'] });
    await add('d@example.com', { language: 'zh-Hant', outlets: ['Tide'], beats: ['arts'] });
    const list = await act(async (tx) =>
      contacts.lists.createFilter(tx, ada, 'Tide abroad', {
        languages: ['en', 'zh-Hans'],
        outlets: await contacts.lists.idsOf(tx, organisation, 'outlet', ['TIDE']),
        beats: await contacts.lists.idsOf(tx, organisation, 'beat', ['arts', 'film']),
      }),
    );
    const members = async () =>
      (await contacts.resolveAudience(db, organisation, { lists: [list] })).map((one) => one.journalist);
    expect(await members()).toEqual([press, hans].sort());
    await act((tx) => contacts.journalists.edit(tx, ada, hans, { beats: ['sport'] }));
    expect(await members()).toEqual([press]);
  });

  test('refuse empty filters, unknown outlets, names that are taken, and picking for a filter', async () => {
    const id = await add('a@example.com');
    const create = (filter: object) => act((tx) => contacts.lists.createFilter(tx, ada, 'F', filter));
    await expect(create({})).rejects.toMatchObject({ code: 'contacts.list.filter-form' });
    await expect(create({ languages: ['fr'] })).rejects.toMatchObject({ code: 'contacts.list.filter-form' });
    await expect(create({ outlets: [newId()] })).rejects.toMatchObject({ code: 'contacts.outlet.unknown' });
    const filter = await create({ languages: ['en'] });
    await expect(act((tx) => contacts.lists.createPicked(tx, ada, ' f '))).rejects.toMatchObject({
      code: 'contacts.list.taken',
    });
    await expect(act((tx) => contacts.lists.pick(tx, ada, filter, [id]))).rejects.toMatchObject({
      code: 'contacts.list.filter',
    });
    await expect(
      db.rows(`insert into media_list_member (organisation_id, list_id, journalist_id) values ($1, $2, $3)`, [
        organisation,
        filter,
        id,
      ]),
    ).rejects.toThrow('foreign key');
  });

  test('take journalists on and off, never those of another organisation', async () => {
    const id = await add('a@example.com');
    const other = await castOfficers(db, `other-${(slugs += 1)}`);
    const stranger = await act((tx) => contacts.journalists.add(tx, other.ada, { ...FORM, address: 'x@example.com' }));
    const list = await act((tx) => contacts.lists.createPicked(tx, ada, 'Press'));
    expect(await act((tx) => contacts.lists.pick(tx, ada, list, [id, id, stranger]))).toBe(1);
    expect(await act((tx) => contacts.lists.pick(tx, ada, list, [id]))).toBe(0);
    expect(await act((tx) => contacts.lists.drop(tx, ada, list, [id, stranger]))).toBe(1);
    await expect(act((tx) => contacts.lists.pick(tx, other.ada, list, [stranger]))).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe('resolveAudience', () => {
  test('means everybody once, in order of id, however many lists they are on', async () => {
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd'])
      ids.push(await add(`${name}@example.com`, { name, outlets: ['Tide', 'Ebb'] }));
    const [one, two] = await act(
      async (tx) =>
        [await contacts.lists.createPicked(tx, ada, 'one'), await contacts.lists.createPicked(tx, ada, 'two')] as const,
    );
    const [a, b, c, d] = ids as [JournalistId, JournalistId, JournalistId, JournalistId];
    await act((tx) => contacts.lists.pick(tx, ada, one, [a, b]));
    await act((tx) => contacts.lists.pick(tx, ada, two, [b, c]));
    const audience = await contacts.resolveAudience(db, organisation, {
      lists: [one, two, one],
      include: [d, b],
      exclude: [c],
    });
    expect(audience.map((member) => member.journalist)).toEqual([a, b, d].sort());
    expect(audience[0]).toMatchObject({ outlet: 'Ebb', language: 'zh-Hant', suppressed: null });
    expect(audience[0]?.addressKey).toHaveLength(32);
  });

  test('shows suppressed ones with their reason, so that the count explains itself', async () => {
    const a = await add('a@example.com');
    await suppress('A@example.com');
    const audience = await contacts.resolveAudience(db, organisation, { lists: [], include: [a] });
    expect(audience).toMatchObject([{ canonicalAddress: 'a@example.com', suppressed: 'unsubscribed' }]);
  });

  test('does not go on when a list is gone, or belongs to somebody else', async () => {
    const other = await castOfficers(db, `other-${(slugs += 1)}`);
    const theirs = await act((tx) => contacts.lists.createPicked(tx, other.ada, 'theirs'));
    for (const list of [newId<MediaListId>(), theirs]) {
      await expect(contacts.resolveAudience(db, organisation, { lists: [list] })).rejects.toMatchObject({
        code: 'contacts.list.unknown',
      });
    }
    await expect(contacts.resolveAudience(db, organisation, { lists: ['x' as MediaListId] })).rejects.toMatchObject({
      code: 'contacts.audience.form',
    });
  });
});

describe('Suppressions', () => {
  test('outlive removal, erasure, merging and coming back', async () => {
    const anna = await add('anna@example.com');
    await suppress('anna@example.com');
    await act((tx) => contacts.journalists.remove(tx, ada, anna));
    const again = await add('Anna@example.com');
    expect((await contacts.journalists.get(db, organisation, again)).suppressed).toBe('unsubscribed');
    const second = await add('anna.b@example.com');
    await act((tx) => contacts.journalists.merge(tx, ada, second, again));
    expect((await contacts.journalists.get(db, organisation, second)).suppressed).toBe('unsubscribed');
    await act((tx) => contacts.journalists.erase(tx, ada, second));
    expect(await contacts.suppressions.isSuppressed(db, organisation, 'anna@example.com')).toBe(true);
    expect(await contacts.suppressions.standing(db, organisation, 'ANNA.B@example.com')).toMatchObject({
      reason: 'erased',
      address: null,
    });
  });

  test('cannot be cleared, changed or invented by the app itself', async () => {
    await suppress('anna@example.com');
    for (const sql of [
      `delete from suppression`,
      `update suppression set reason = 'bounced'`,
      `truncate suppression`,
      `insert into suppression_lifted select organisation_id, address_key, reason, note, suppressed_at, suppressed_by, now(), 'x', 'x' from suppression`,
      `delete from suppression_lifted`,
    ]) {
      await expect(db.rows(sql)).rejects.toThrow('permission denied');
    }
    await act((tx) => contacts.suppressions.lift(tx, ada, 'anna@example.com', 'asked'));
    await expect(owner.rows(`delete from suppression_lifted`)).rejects.toThrow('append-only');
  });

  test('are lifted only as a recorded act, with the old one kept', async () => {
    await suppress('anna@example.com', 'bounced');
    await expect(act((tx) => contacts.suppressions.lift(tx, ada, 'anna@example.com', ' '))).rejects.toMatchObject({
      field: 'reason',
    });
    await act((tx) => contacts.suppressions.lift(tx, ada, 'Anna@example.com', 'mailbox works again'));
    expect(await contacts.suppressions.isSuppressed(db, organisation, 'anna@example.com')).toBe(false);
    const kept = await db.rows(`select reason, lifted_because from suppression_lifted where organisation_id = $1`, [
      organisation,
    ]);
    expect(kept).toEqual([{ reason: 'bounced', lifted_because: 'mailbox works again' }]);
    expect(await auditTypes()).toEqual(['contacts.suppression-lifted']);
    await expect(act((tx) => contacts.suppressions.lift(tx, ada, 'anna@example.com', 'again'))).rejects.toMatchObject({
      status: 404,
    });
  });

  test('keep the stronger reason: a bounce does not hide that someone unsubscribed', async () => {
    expect((await suppress('anna@example.com', 'bounced')).wasFree).toBe(true);
    expect((await suppress('anna@example.com', 'unsubscribed')).wasFree).toBe(false);
    await suppress('anna@example.com', 'bounced');
    expect(await contacts.suppressions.standing(db, organisation, 'anna@example.com')).toMatchObject({
      reason: 'unsubscribed',
    });
    const history = await db.rows(`select reason, lifted_because from suppression_lifted where organisation_id = $1`, [
      organisation,
    ]);
    expect(history).toEqual([{ reason: 'bounced', lifted_because: 'replaced: unsubscribed' }]);
  });

  test('hold an address that nobody has yet, and come in pages', async () => {
    for (const name of ['a', 'b', 'c']) await suppress(`${name}@example.com`);
    const first = await contacts.suppressions.page(db, organisation, { limit: 2 });
    const rest = await contacts.suppressions.page(db, organisation, {
      limit: 2,
      after: first[1]?.addressKey ?? Buffer.alloc(0),
    });
    expect([first.length, rest.length]).toEqual([2, 1]);
    const late = await add('b@example.com');
    expect((await contacts.journalists.get(db, organisation, late)).suppressed).toBe('unsubscribed');
  });

  test('cannot be read or touched by the newsroom', async () => {
    const { addressKey } = await suppress('anna@example.com');
    const newsroom = await Database.open({ url: fresh.url, role: 'dateline_newsroom', poolSize: 1 });
    try {
      for (const sql of [
        `select from suppression`,
        `select from journalist`,
        `delete from suppression`,
        `select lift_suppression('${organisation}', '\\x${addressKey.toString('hex')}', 'x', 'x')`,
        `select suppress_address('${organisation}', '\\x${addressKey.toString('hex')}', 'erased', '', 'x')`,
      ]) {
        await expect(newsroom.rows(sql)).rejects.toThrow('permission denied');
      }
    } finally {
      await newsroom.close();
    }
  });

  test('leave no address to read: a keyed hash, a reason and a date', async () => {
    await suppress('anna@example.com');
    const [row] = await owner.rows<{ text: string }>(
      `select s::text as text from suppression s where organisation_id = $1`,
      [organisation],
    );
    expect(row?.text).not.toContain('anna');
  });
});
