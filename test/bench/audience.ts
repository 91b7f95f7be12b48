import { addressKey } from '#libs/contacts';
import { LANGUAGES, newId, Secrets, type MediaListId } from '#libs/kernel';
import type { World } from '../support/world.js';

const OUTLETS = 97;
const AT_ONCE = 10_000;

/** So many journalists, evenly over the three languages, on a list of this name; written in bulk, a second per 50,000. */
export async function addAudience(world: World, count: number, name = `everybody-${count}`): Promise<MediaListId> {
  const { ada, organisation } = world.cast;
  const secrets = Secrets.from(world.settings);
  const list = await world.db.transaction((tx) => world.contacts.lists.createPicked(tx, ada, name));
  for (let first = 0; first < count; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    const addresses = numbers.map((n) => `${name}.${n}@outlet-${n % OUTLETS}.example.com`);
    await world.owner.rows(INSERT, [
      organisation.id,
      list,
      numbers.map(() => newId()),
      addresses,
      addresses.map((address) => addressKey(secrets, organisation.id, address)),
      numbers.map((n) => `Journalist ${n}`),
      numbers.map((n) => LANGUAGES[n % LANGUAGES.length]),
    ]);
  }
  await world.owner.rows(`analyze journalist, media_list_member`);
  return list;
}

const INSERT = `
  with made as (
    insert into journalist (organisation_id, id, canonical_address, address, address_key, name, language, zone,
                            consent_source, consent_date)
    select $1, t.id, t.address, t.address, t.key, t.name, t.language, 'Asia/Hong_Kong', 'met at a briefing', '2026-01-05'
      from unnest($3::uuid[], $4::text[], $5::bytea[], $6::text[], $7::text[]) as t (id, address, key, name, language)
    returning organisation_id, id
  )
  insert into media_list_member (organisation_id, list_id, journalist_id)
  select organisation_id, $2, id from made`;
