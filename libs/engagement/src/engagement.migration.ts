import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Everything the public may see or do. The role `dateline_newsroom` reads two views and calls three functions; it has no
 * right on any table, so a hole in the newsroom shows nothing that has not lifted and changes nobody but the holder of a
 * signed link.
 */
class Engagement1795400007000 implements MigrationInterface {
  name = 'Engagement1795400007000';

  async up(run: QueryRunner): Promise<void> {
    // a mailed link knows a delivery by its id alone
    await run.query(`create unique index delivery_linked on delivery (id)`);
    for (const [name, view] of Object.entries(VIEWS)) {
      await run.query(`create view ${name} with (security_barrier) as ${view}`);
      await run.query(`revoke all on ${name} from dateline_app`);
      await run.query(`grant select on ${name} to dateline_newsroom`);
    }
    for (const [signature, body] of Object.entries(FUNCTIONS)) {
      await run.query(body);
      await run.query(`revoke all on function ${signature} from public, dateline_app`);
      await run.query(`grant execute on function ${signature} to dateline_newsroom`);
    }
    // it takes any address of any organisation; the public suppresses by link alone
    await run.query(
      `revoke execute on function suppress_address(uuid, bytea, text, text, text) from dateline_newsroom`,
    );
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`grant execute on function suppress_address(uuid, bytea, text, text, text) to dateline_newsroom`);
    for (const signature of Object.keys(FUNCTIONS)) await run.query(`drop function ${signature}`);
    for (const name of Object.keys(VIEWS)) await run.query(`drop view ${name}`);
    await run.query(`drop index delivery_linked`);
  }
}

/**
 * Open for the version of `version`, a row of release_asset or release_kit. A scalar sub-select, because a join would make
 * PostgreSQL work out the gate for every release there is: with 5,000 releases 12 ms a request joined, 0.1 ms like this.
 */
const OPEN = (version: string) => `
  (select true from embargo_open o
    where o.organisation_id = ${version}.organisation_id and o.release_id = ${version}.release_id
      and o.version_sha256 = ${version}.version_sha256)`;

const VIEWS = {
  // found by asset_public_key_key; shown while any version that shows it is open
  public_asset: `
    select a.public_key, a.public_name, a.file_name, a.media_type, a.sha256, a.bytes,
           p.sha256 as preview_sha256, p.bytes as preview_bytes
      from asset a
      left join rendition p on p.organisation_id = a.organisation_id and p.asset_id = a.id and p.kind = 'preview'
     where (select true from release_asset v
             where v.organisation_id = a.organisation_id and v.asset_id = a.id and ${OPEN('v')} limit 1)`,
  // found by release_kit_public_key_key
  public_kit: `
    select k.public_key, k.file_name, k.sha256, k.bytes
      from release_kit k
     where ${OPEN('k')}`,
} as const;

const FUNCTIONS = {
  // What a page behind a mailed link says: the reader's language, who writes to them, enough of the address to know which
  // one it is, and whether it gets no more mail by the reader's own wish.
  'engagement_reader(uuid)': `
    create function engagement_reader(in_delivery uuid)
    returns table (language text, address_hint text, names jsonb, desk_address text, stopped boolean)
    language sql stable security definer set search_path = public, pg_temp as $$
      select coalesce(j.language, d.language),
             regexp_replace(coalesce(j.canonical_address, d.canonical_address), '^(.).*@', '\\1…@'),
             o.names, o.desk_address,
             exists (select from suppression s
                      where s.organisation_id = d.organisation_id and s.address_key = d.address_key
                        and s.reason in ('unsubscribed', 'complained', 'erased'))
        from delivery d
        join organisation o on o.id = d.organisation_id
        left join journalist j on j.organisation_id = d.organisation_id and j.id = d.journalist_id
       where d.id = in_delivery
    $$`,

  // Stops all mail of the organisation to the address of this delivery and takes back what has not left. Said again, it
  // only takes back again. False when there is no such delivery.
  'engagement_unsubscribe(uuid, text)': `
    create function engagement_unsubscribe(in_delivery uuid, in_way text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      who record;
      known boolean;
      taken int;
    begin
      select d.organisation_id, d.journalist_id, d.address_key into who from delivery d where d.id = in_delivery;
      if not found then return false; end if;
      -- two clicks at once are one wish and one audit line
      perform pg_advisory_xact_lock(hashtextextended('unsubscribe:' || encode(who.address_key, 'hex'), 0));
      known := exists (select from suppression s
                        where s.organisation_id = who.organisation_id and s.address_key = who.address_key
                          and s.reason in ('unsubscribed', 'erased'));
      if not known then
        perform suppress_address(who.organisation_id, who.address_key, 'unsubscribed', in_way, 'journalist');
      end if;
      taken := delivery_recall(who.organisation_id, null, who.address_key, 'suppressed', 'unsubscribed');
      if not known then
        perform audit_append(who.organisation_id, 'journalist', 'journalist.unsubscribed',
                             'journalist:' || who.journalist_id,
                             jsonb_build_object('delivery', in_delivery, 'way', in_way, 'recalled', taken));
      end if;
      return true;
    end $$`,

  // From the next frozen audience on. False when there is no such delivery or its journalist is gone.
  'engagement_set_language(uuid, text)': `
    create function engagement_set_language(in_delivery uuid, in_language text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      who record;
    begin
      select j.organisation_id, j.id, j.language into who
        from delivery d join journalist j on j.organisation_id = d.organisation_id and j.id = d.journalist_id
       where d.id = in_delivery
         for update of j;
      if not found then return false; end if;
      if who.language <> in_language then
        update journalist set language = in_language, updated_at = clock_timestamp()
         where organisation_id = who.organisation_id and id = who.id;
        perform audit_append(who.organisation_id, 'journalist', 'journalist.language_changed', 'journalist:' || who.id,
                             jsonb_build_object('from', who.language, 'to', in_language));
      end if;
      return true;
    end $$`,
} as const;

export const engagementMigrations: readonly MigrationClass[] = [Engagement1795400007000];
