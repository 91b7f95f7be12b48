import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { gateView } from './embargo.migration.js';

/**
 * Which database this is, and whether it is the live one (ADR 0010). The gate itself compares: a copy restored elsewhere is
 * shut before any process of ours has looked at it.
 */
class Quarantine1795400004100 implements MigrationInterface {
  name = 'Quarantine1795400004100';

  async up(run: QueryRunner): Promise<void> {
    await this.tables(run);
    await this.identity(run);
    await run.query(gateView('and instance_live()'));
  }

  private async tables(run: QueryRunner): Promise<void> {
    await run.query(`
      create table quarantine (
        id uuid primary key default gen_random_uuid(),
        why text not null check (length(why) between 1 and 500),
        found_by text not null,
        found_at timestamptz not null default clock_timestamp(),
        -- the life that a worker remembered and this database does not know, where that is why
        outlived uuid,
        released_at timestamptz,
        released_by text,
        reason text,
        choice text check (choice in ('hold', 'send', 'nothing')),
        check ((released_at is null) = (released_by is null) and (released_at is null) = (reason is null)
               and (released_at is null) = (choice is null))
      )`);
    // one at a time, however many workers find it at once
    await run.query(`create unique index quarantine_open on quarantine ((true)) where released_at is null`);
    // each row is a life of this data, the newest the present one
    await run.query(`
      create table instance (
        id uuid primary key default gen_random_uuid(),
        seq int generated always as identity,
        system_identifier bigint not null,
        timeline int not null,
        database_oid bigint not null,
        made_at timestamptz not null,
        quarantine_id uuid unique references quarantine (id)
      )`);
    await run.query(`create unique index instance_first on instance ((true)) where quarantine_id is null`);
    await run.query(`create unique index instance_seq on instance (seq)`);
    // Counts up while workers run. A copy shows by it until when it knows what was sent; that it stands lower than a worker
    // remembers cannot be hidden by anything that the copy has written since, as a position in the log could.
    await run.query(`
      create table instance_pulse (
        singleton boolean primary key default true check (singleton),
        count bigint not null,
        at timestamptz not null
      )`);
    await run.query(`
      create function quarantine_only_releases() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or old.released_at is not null or new.released_at is null
           or (new.id, new.why, new.found_by, new.found_at) is distinct from (old.id, old.why, old.found_by, old.found_at) then
          raise exception 'a quarantine can only be released' using errcode = 'restrict_violation';
        end if;
        return new;
      end $$`);
    await run.query(`
      create trigger quarantine_only_releases before update or delete on quarantine
        for each row execute function quarantine_only_releases()`);
    await run.query(
      `create trigger instance_append_only before update or delete on instance for each row execute function refuse_change()`,
    );
    await run.query(
      `create trigger instance_no_truncate before truncate on instance for each statement execute function refuse_change()`,
    );
    await run.query(`revoke delete, truncate on quarantine from dateline_app`);
    await run.query(`revoke update, delete, truncate on instance from dateline_app`);
  }

  private async identity(run: QueryRunner): Promise<void> {
    // The timeline of the log that is being written: pg_control's own changes only with the checkpoint after a promotion.
    // All three may be asked by every role.
    await run.query(`
      create function instance_now(out system_identifier bigint, out timeline int, out database_oid bigint)
      language plpgsql stable as $$
      begin
        select c.system_identifier into system_identifier from pg_control_system() c;
        select d.oid into database_oid from pg_database d where d.datname = current_database();
        if pg_is_in_recovery() then
          select p.timeline_id into timeline from pg_control_checkpoint() p;
        else
          timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int;
        end if;
      end $$`);
    // whatever the writer says is overwritten by what is; a second life takes a quarantine that somebody has released
    await run.query(`
      create function instance_says_what_is() returns trigger language plpgsql as $$
      begin
        select n.system_identifier, n.timeline, n.database_oid into new.system_identifier, new.timeline, new.database_oid
          from instance_now() n;
        new.made_at := clock_timestamp();
        if (exists (select from instance) or exists (select from quarantine q where q.released_at is null))
           and not exists (select from quarantine q where q.id = new.quarantine_id and q.released_at is not null) then
          raise exception 'only a released quarantine begins a new life' using errcode = 'restrict_violation';
        end if;
        return new;
      end $$`);
    await run.query(`
      create trigger instance_says_what_is before insert on instance
        for each row execute function instance_says_what_is()`);
    // Lent to whoever asks the gate: the newsroom's role reads none of these tables. Before the first worker has recorded
    // which database this is, there is nothing to differ from. plpgsql, not sql: asked with every group of dots, and plans
    // are kept.
    await run.query(`
      create function instance_live() returns boolean language plpgsql stable
      security definer set search_path = public, pg_temp as $$
      declare was record; is_now record;
      begin
        if exists (select from quarantine q where q.released_at is null) then return false; end if;
        select i.system_identifier, i.timeline, i.database_oid into was from instance i order by i.seq desc limit 1;
        if not found then return true; end if;
        is_now := instance_now();
        return (was.system_identifier, was.timeline, was.database_oid)
             = (is_now.system_identifier, is_now.timeline, is_now.database_oid);
      end $$`);
    await run.query(`grant execute on function instance_live() to dateline_newsroom`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(gateView());
    await run.query(`drop function instance_live()`);
    await run.query(`drop table instance_pulse`);
    await run.query(`drop table instance`);
    await run.query(`drop table quarantine`);
    for (const name of ['instance_says_what_is', 'quarantine_only_releases', 'instance_now'])
      await run.query(`drop function ${name}`);
  }
}

export const quarantineMigrations: readonly MigrationClass[] = [Quarantine1795400004100];
