import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Journalists, where they work and what they cover, media lists, imports that can be undone, and suppressions apart
 * from it all.
 */
class Contacts1795400002000 implements MigrationInterface {
  name = 'Contacts1795400002000';

  async up(run: QueryRunner): Promise<void> {
    await this.imports(run);
    await this.journalists(run);
    await this.lists(run);
    await run.query(`
      create table import_change (
        organisation_id uuid not null,
        batch_id uuid not null,
        journalist_id uuid not null,
        before jsonb,
        after jsonb not null,
        primary key (organisation_id, batch_id, journalist_id),
        -- personal data: goes when the person goes
        foreign key (organisation_id, journalist_id) references journalist (organisation_id, id) on delete cascade
      )`);
    await run.query(`create index import_change_journalist on import_change (organisation_id, journalist_id)`);
    await run.query(contactsAnalyze);
    await run.query(`grant execute on function contacts_analyze() to dateline_app`);
    await this.suppressions(run);
  }

  private async imports(run: QueryRunner): Promise<void> {
    await run.query(`
      create table import_batch (
        organisation_id uuid not null references organisation (id),
        id uuid not null,
        file_name text not null,
        layout jsonb not null,
        mapping jsonb not null,
        rows_in int not null default 0,
        created int not null default 0,
        merged int not null default 0,
        unchanged int not null default 0,
        rejected int not null default 0,
        suppressed int not null default 0,
        imported_by text not null,
        imported_at timestamptz not null default clock_timestamp(),
        undone_by text,
        undone_at timestamptz,
        primary key (organisation_id, id),
        check (rows_in = created + merged + unchanged + rejected),
        check ((undone_by is null) = (undone_at is null))
      )`);
  }

  private async journalists(run: QueryRunner): Promise<void> {
    for (const table of ['outlet', 'beat']) {
      await run.query(`
        create table ${table} (
          organisation_id uuid not null references organisation (id),
          id uuid not null,
          name text not null check (name <> '' and name !~ '[[:cntrl:]]'),
          name_key text not null,
          made_by_import uuid,
          created_at timestamptz not null default clock_timestamp(),
          primary key (organisation_id, id),
          unique (organisation_id, name_key),
          foreign key (organisation_id, made_by_import) references import_batch (organisation_id, id)
        )`);
    }
    await run.query(`
      create table journalist (
        organisation_id uuid not null references organisation (id),
        id uuid not null,
        -- a line feed or a comma here would be a second recipient (nodemailer, measured): refused whatever the code says
        canonical_address text not null check (canonical_address ~ '^[^[:cntrl:][:space:],;:<>()"\\\\@]+@[a-z0-9.-]+$'),
        address text not null check (address !~ '[[:cntrl:][:space:],;:<>()"\\\\]'),
        address_key bytea not null check (octet_length(address_key) = 32),
        name text not null check (name !~ '[[:cntrl:]]'),
        language text not null check (language in ('zh-Hant', 'zh-Hans', 'en')),
        zone text not null,
        consent_source text not null check (consent_source !~ '[[:cntrl:]]'),
        consent_date date,
        note text not null default '',
        created_at timestamptz not null default clock_timestamp(),
        updated_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, id),
        unique (organisation_id, canonical_address),
        unique (organisation_id, address_key)
      )`);
    for (const thing of ['outlet', 'beat']) {
      await run.query(`
        create table journalist_${thing} (
          organisation_id uuid not null,
          journalist_id uuid not null,
          ${thing}_id uuid not null,
          primary key (organisation_id, journalist_id, ${thing}_id),
          foreign key (organisation_id, journalist_id) references journalist (organisation_id, id) on delete cascade,
          foreign key (organisation_id, ${thing}_id) references ${thing} (organisation_id, id)
        )`);
      // who works there, who covers it: filter lists, and whether the last one has gone
      await run.query(
        `create index journalist_${thing}_back on journalist_${thing} (organisation_id, ${thing}_id, journalist_id)`,
      );
    }
  }

  private async lists(run: QueryRunner): Promise<void> {
    await run.query(`
      create table media_list (
        organisation_id uuid not null references organisation (id),
        id uuid not null,
        name text not null check (name <> '' and name !~ '[[:cntrl:]]'),
        name_key text not null,
        kind text not null check (kind in ('picked', 'filter')),
        filter jsonb,
        made_by_import uuid,
        created_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, id),
        unique (organisation_id, name_key),
        unique (organisation_id, id, kind),
        foreign key (organisation_id, made_by_import) references import_batch (organisation_id, id),
        check ((kind = 'filter') = (filter is not null))
      )`);
    await run.query(`
      create table media_list_member (
        organisation_id uuid not null,
        list_id uuid not null,
        list_kind text not null default 'picked' check (list_kind = 'picked'),
        journalist_id uuid not null,
        primary key (organisation_id, list_id, journalist_id),
        -- nobody can be picked for a filter
        foreign key (organisation_id, list_id, list_kind) references media_list (organisation_id, id, kind) on delete cascade,
        foreign key (organisation_id, journalist_id) references journalist (organisation_id, id) on delete cascade
      )`);
    await run.query(`create index media_list_member_back on media_list_member (organisation_id, journalist_id)`);
  }

  /**
   * Suppressions know an address only as a keyed pseudonym and point to no journalist, so that no import, merge or delete
   * reaches them. The app may add and read; only `suppress_address` replaces a reason by a stronger one, and only
   * `lift_suppression` takes one away, each leaving the old row in `suppression_lifted`.
   */
  private async suppressions(run: QueryRunner): Promise<void> {
    await run.query(`
      create table suppression (
        organisation_id uuid not null references organisation (id),
        address_key bytea not null check (octet_length(address_key) = 32),
        reason text not null check (reason in ('unsubscribed', 'bounced', 'complained', 'erased', 'by_hand')),
        note text not null default '',
        suppressed_at timestamptz not null default clock_timestamp(),
        suppressed_by text not null,
        primary key (organisation_id, address_key)
      )`);
    await run.query(`
      create table suppression_lifted (
        organisation_id uuid not null,
        address_key bytea not null,
        reason text not null,
        note text not null,
        suppressed_at timestamptz not null,
        suppressed_by text not null,
        lifted_at timestamptz not null default clock_timestamp(),
        lifted_by text not null,
        lifted_because text not null check (lifted_because <> '')
      )`);
    await run.query(
      `create index suppression_lifted_address on suppression_lifted (organisation_id, address_key, lifted_at)`,
    );
    await run.query(suppressAddress);
    await run.query(liftSuppression);
    await run.query(`grant execute on function suppress_address(uuid, bytea, text, text, text) to dateline_app`);
    await run.query(`grant execute on function lift_suppression(uuid, bytea, text, text) to dateline_app`);
    await run.query(`revoke insert, update, delete, truncate on suppression, suppression_lifted from dateline_app`);
    await run.query(`
      create trigger suppression_lifted_append_only before update or delete on suppression_lifted
        for each row execute function refuse_change()`);
    await run.query(`
      create trigger suppression_lifted_no_truncate before truncate on suppression_lifted
        for each statement execute function refuse_change()`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop function contacts_analyze()`);
    await run.query(`drop function lift_suppression(uuid, bytea, text, text)`);
    await run.query(`drop function suppress_address(uuid, bytea, text, text, text)`);
    await run.query(`
      drop table suppression_lifted, suppression, import_change, media_list_member, media_list, journalist_beat,
                 journalist_outlet, journalist, beat, outlet, import_batch`);
  }
}

/**
 * Fresh statistics in the middle of an import. Without them the planner believes the tables as empty as autovacuum last
 * saw them, takes every index for as good as the primary key, and checks each foreign key by walking one that does not
 * narrow anything: 2,000 links into 20,000 journalists took 15 s, with statistics 0.1 s. Only an owner may analyze, so
 * the app asks through this function. A table that somebody else is analyzing right now is left to them.
 */
const contactsAnalyze = `
  create function contacts_analyze() returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' as $$
  begin
    analyze public.journalist, public.outlet, public.beat, public.media_list, public.journalist_outlet,
            public.journalist_beat, public.media_list_member, public.import_change;
  exception when lock_not_available then null;
  end $$`;

/**
 * What was asked for last does not always win: a person who unsubscribed and later bounces is still unsubscribed when the
 * mailbox works again. Answers whether the address was free before.
 */
const suppressAddress = `
  create function suppress_address(
    in_organisation uuid, in_key bytea, in_reason text, in_note text, in_by text
  ) returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    strength constant text[] := array['bounced', 'by_hand', 'complained', 'unsubscribed', 'erased'];
    standing public.suppression;
  begin
    loop
      insert into public.suppression (organisation_id, address_key, reason, note, suppressed_by)
      values (in_organisation, in_key, in_reason, in_note, in_by)
      on conflict (organisation_id, address_key) do nothing;
      if found then return true; end if;
      select * into standing from public.suppression
       where organisation_id = in_organisation and address_key = in_key for update;
      -- lifted between the two statements: suppress anew
      exit when found;
    end loop;
    if array_position(strength, in_reason) > array_position(strength, standing.reason) then
      insert into public.suppression_lifted (organisation_id, address_key, reason, note, suppressed_at, suppressed_by,
                                             lifted_by, lifted_because)
      values (standing.organisation_id, standing.address_key, standing.reason, standing.note, standing.suppressed_at,
              standing.suppressed_by, in_by, 'replaced: ' || in_reason);
      update public.suppression
         set reason = in_reason, note = in_note, suppressed_at = clock_timestamp(), suppressed_by = in_by
       where organisation_id = in_organisation and address_key = in_key;
    end if;
    return false;
  end $$`;

const liftSuppression = `
  create function lift_suppression(
    in_organisation uuid, in_key bytea, in_because text, in_by text
  ) returns boolean language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with gone as (
      delete from public.suppression where organisation_id = in_organisation and address_key = in_key returning *
    ), kept as (
      insert into public.suppression_lifted (organisation_id, address_key, reason, note, suppressed_at, suppressed_by, lifted_by, lifted_because)
      select organisation_id, address_key, reason, note, suppressed_at, suppressed_by, in_by, in_because from gone
      returning 1
    )
    select exists (select from kept)
  $$`;

export const contactsMigrations: readonly MigrationClass[] = [Contacts1795400002000];
