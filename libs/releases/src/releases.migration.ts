import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Releases, their immutable versions, the frozen audience and approvals. */
class Releases1795400003000 implements MigrationInterface {
  name = 'Releases1795400003000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create table release (
        organisation_id uuid not null references organisation (id),
        id uuid not null,
        number text not null,
        state text not null check (state in ('draft', 'in_review', 'approved', 'scheduled', 'preparing', 'prepared',
                                             'releasing', 'released', 'corrected', 'withdrawn', 'cancelled')),
        epoch int not null default 1 check (epoch > 0),
        version_seq int not null default 1,
        version_sha256 bytea not null check (octet_length(version_sha256) = 32),
        title text not null,
        languages text[] not null,
        author_id uuid not null,
        last_editor_id uuid not null,
        audience_selection jsonb,
        audience_sha256 bytea check (octet_length(audience_sha256) = 32),
        audience_count int,
        unknown_policy text not null default 'hold' check (unknown_policy in ('hold', 'resend')),
        created_at timestamptz not null default clock_timestamp(),
        updated_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, id),
        unique (organisation_id, number),
        foreign key (organisation_id, author_id) references officer (organisation_id, id),
        foreign key (organisation_id, last_editor_id) references officer (organisation_id, id)
      )`);
    // the ticker asks every second which are on their way
    await run.query(`
      create index release_on_its_way on release (state)
        where state in ('scheduled', 'preparing', 'prepared', 'releasing')`);
    await run.query(`
      create table release_version (
        organisation_id uuid not null,
        release_id uuid not null,
        seq int not null,
        sha256 bytea not null check (octet_length(sha256) = 32),
        content text not null,
        created_by uuid not null,
        created_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, release_id, seq),
        foreign key (organisation_id, release_id) references release (organisation_id, id),
        check (sha256 = sha256(convert_to(content, 'UTF8')))
      )`);
    await run.query(`
      create table audience_member (
        organisation_id uuid not null,
        release_id uuid not null,
        epoch int not null,
        journalist_id uuid not null,
        canonical_address text not null,
        address_key bytea not null,
        language text not null,
        name text not null,
        primary key (organisation_id, release_id, epoch, journalist_id),
        foreign key (organisation_id, release_id) references release (organisation_id, id)
      )`);
    await run.query(`create index audience_member_address on audience_member (organisation_id, address_key)`);
    await run.query(`
      create table approval (
        organisation_id uuid not null,
        release_id uuid not null,
        epoch int not null,
        version_sha256 bytea not null,
        audience_sha256 bytea not null,
        lifts_at timestamptz not null,
        approver_id uuid not null,
        approved_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, release_id, epoch),
        foreign key (organisation_id, release_id) references release (organisation_id, id),
        foreign key (organisation_id, approver_id) references officer (organisation_id, id)
      )`);
    // four eyes in the schema: whoever touched the content last may not approve it, whatever the code says
    await run.query(`
      create function approval_needs_another_person() returns trigger language plpgsql as $$
      begin
        if exists (select from release r
                    where r.organisation_id = new.organisation_id and r.id = new.release_id
                      and new.approver_id in (r.author_id, r.last_editor_id)) then
          raise exception 'the author or last editor may not approve' using errcode = 'restrict_violation';
        end if;
        return new;
      end $$`);
    await run.query(`
      create trigger approval_needs_another_person before insert on approval
        for each row execute function approval_needs_another_person()`);
    for (const table of ['release_version', 'approval']) {
      await run.query(
        `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
      );
      await run.query(`revoke update, delete, truncate on ${table} from dateline_app`);
    }
  }

  async down(run: QueryRunner): Promise<void> {
    for (const table of ['approval', 'audience_member', 'release_version', 'release'])
      await run.query(`drop table ${table}`);
    await run.query(`drop function approval_needs_another_person()`);
  }
}

export const releasesMigrations: readonly MigrationClass[] = [Releases1795400003000];
