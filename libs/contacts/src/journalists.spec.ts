import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditViews } from '#libs/audit';
import { newId, type JournalistId } from '#libs/kernel';
import { ContactsRoom, USUAL } from '../../../test/support/contacts-room.js';
import type { JournalistForm } from './journalist.js';

let room: ContactsRoom;
beforeAll(async () => {
  room = await ContactsRoom.open();
});
afterAll(() => room?.close());
beforeEach(() => room.newOrganisation());

describe('Journalists', () => {
  test('keeps what was filled in, and finds it by any spelling of the address', async () => {
    const id = await room.add('May.Chan@例子.香港', {
      name: ' 陳美 ',
      outlets: ['晚潮日報', '觀點週刊', '晚潮日報'],
      beats: ['財經'],
      consentDate: '2026-11-23',
      note: '下午四時後截稿\n勿打電話',
      zone: 'asia/hong_kong',
    });
    const found = await room.contacts.journalists.findByAddress(
      room.db,
      room.organisation,
      'may.chan@XN--fsqu00a.xn--j6w193g',
    );
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
    await room.add('anna@example.com');
    await expect(room.add('ANNA@Example.com')).rejects.toMatchObject({
      code: 'contacts.journalist.taken',
      field: 'address',
    });
    await room.add('anna+news@example.com');
    const other = await room.stranger();
    await room.act((tx) => room.contacts.journalists.add(tx, other.ada, { ...USUAL, address: 'anna@example.com' }));
    expect((await room.contacts.page(room.db, room.organisation)).journalists).toHaveLength(2);
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
    await expect(room.add('good@example.com', form)).rejects.toMatchObject({ field });
    expect((await room.contacts.page(room.db, room.organisation)).journalists).toEqual([]);
  });

  test('refuses in the schema what would be a second recipient, whatever the code says', async () => {
    const insert = (canonical: string) =>
      room.db.rows(
        `insert into journalist (organisation_id, id, canonical_address, address, address_key, name, language, zone, consent_source)
         values ($1, $2, $3, 'a@b.example', $4, '', 'en', 'UTC', 'x')`,
        [room.organisation, newId(), canonical, Buffer.alloc(32)],
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
    const id = await room.add('anna@example.com', { name: 'Anna', outlets: ['A', 'B'], beats: ['news'] });
    await room.act((tx) => room.contacts.journalists.edit(tx, room.ada, id, { outlets: ['b', 'C'] }));
    const edited = await room.contacts.journalists.get(room.db, room.organisation, id);
    expect(edited).toMatchObject({ name: 'Anna', outlets: ['B', 'C'], beats: ['news'] });
    expect(edited.updatedAt.getTime()).toBeGreaterThan(edited.createdAt.getTime());
  });

  test('does not let a new address bring mail to someone who asked for none', async () => {
    const id = await room.add('anna@example.com');
    await room.suppress('anna@example.com');
    const rename = room.act((tx) =>
      room.contacts.journalists.edit(tx, room.ada, id, { address: 'anna@private.example' }),
    );
    await expect(rename).rejects.toMatchObject({ code: 'contacts.journalist.suppressed' });
    await room.act((tx) =>
      room.contacts.journalists.edit(tx, room.ada, id, { name: 'Anna', address: 'ANNA@example.com' }),
    );
  });

  test('does not move onto an address that belongs to somebody else', async () => {
    const id = await room.add('anna@example.com');
    await room.add('bert@example.com');
    const rename = room.act((tx) => room.contacts.journalists.edit(tx, room.ada, id, { address: 'Bert@example.com' }));
    await expect(rename).rejects.toMatchObject({ code: 'contacts.journalist.taken' });
  });

  test('is not reached from another organisation', async () => {
    const id = await room.add('anna@example.com');
    const other = await room.stranger();
    expect(await room.contacts.journalists.find(room.db, other.organisation, id)).toBeUndefined();
    await expect(room.act((tx) => room.contacts.journalists.remove(tx, other.ada, id))).rejects.toMatchObject({
      status: 404,
    });
    await expect(
      room.act((tx) => room.contacts.journalists.edit(tx, other.ada, id, { name: 'x' })),
    ).rejects.toMatchObject({
      status: 404,
    });
  });

  test('writes who did what, without names or addresses', async () => {
    const id = await room.add('anna@example.com', { name: 'Anna' });
    await room.act((tx) => room.contacts.journalists.edit(tx, room.ada, id, { name: 'Anne' }));
    await room.act((tx) => room.contacts.journalists.erase(tx, room.ada, id));
    expect(await room.auditTypes()).toEqual(['journalist.added', 'journalist.edited', 'journalist.erased']);
    const chain = await new AuditViews(room.db).about(room.organisation, `journalist:${id}`);
    expect(JSON.stringify(chain)).not.toMatch(/ann|example/i);
    expect(chain[1]?.facts).toEqual({ fields: ['name'] });
  });
});

describe('Journalists in pages', () => {
  test('come in order of address, each once, whatever the page length', async () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) await room.add(`${name}@example.com`);
    const seen: string[] = [];
    let after: JournalistId | null | undefined;
    do {
      const page = await room.contacts.page(room.db, room.organisation, {}, { limit: 2, ...(after ? { after } : {}) });
      seen.push(...page.journalists.map((journalist) => journalist.address[0] ?? ''));
      after = page.next;
    } while (after);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('can be searched by name, address and outlet, and % is a character like any other', async () => {
    await room.add('anna@example.com', { name: '陳樂行', outlets: ['晚潮日報'] });
    await room.add('bert@example.org', { name: '100%' });
    const found = async (search: string) =>
      (await room.contacts.page(room.db, room.organisation, { search })).journalists.map(
        (journalist) => journalist.name,
      );
    expect(await found('樂行')).toEqual(['陳樂行']);
    expect(await found('EXAMPLE.ORG')).toEqual(['100%']);
    expect(await found('晚潮')).toEqual(['陳樂行']);
    expect(await found('0%')).toEqual(['100%']);
    expect(await found('%x')).toEqual([]);
  });

  test('can be narrowed to a language, a list, and to who is suppressed', async () => {
    const anna = await room.add('anna@example.com', { language: 'en' });
    await room.add('bert@example.com');
    await room.suppress('bert@example.com', 'bounced');
    const list = await room.act((tx) => room.contacts.lists.createPicked(tx, room.ada, 'Press'));
    await room.act((tx) => room.contacts.lists.pick(tx, room.ada, list, [anna]));
    const names = async (filter: Parameters<typeof room.contacts.page>[2]) =>
      (await room.contacts.page(room.db, room.organisation, filter)).journalists.map(
        (journalist) => journalist.address,
      );
    expect(await names({ language: 'en' })).toEqual(['anna@example.com']);
    expect(await names({ list })).toEqual(['anna@example.com']);
    expect(await names({ suppressed: true })).toEqual(['bert@example.com']);
    expect(await names({ suppressed: false })).toEqual(['anna@example.com']);
  });

  test('say so when the journalist a page begins after is gone', async () => {
    const id = await room.add('anna@example.com');
    await room.act((tx) => room.contacts.journalists.remove(tx, room.ada, id));
    await expect(room.contacts.page(room.db, room.organisation, {}, { after: id })).rejects.toMatchObject({
      code: 'contacts.page.gone',
    });
  });
});
