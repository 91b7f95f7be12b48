import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from './database.js';

/** Database roles (ADR 0006) and the table of alarms. */
class KernelRoles1795400000000 implements MigrationInterface {
  name = 'KernelRoles1795400000000';

  async up(run: QueryRunner): Promise<void> {
    for (const role of ['dateline_app', 'dateline_newsroom']) {
      // roles belong to the whole cluster: another database, or another migration at this moment, may have made them
      await run.query(`
        do $$ begin
          if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
        exception when duplicate_object or unique_violation then null;
        end $$`);
      await run.query(`
        do $$ begin
          if not pg_has_role(current_user, '${role}', 'member') then grant ${role} to current_user; end if;
        exception when duplicate_object or unique_violation then null;
        end $$`);
      await run.query(`grant usage on schema public to ${role}`);
    }
    await run.query(
      `alter default privileges in schema public grant select, insert, update, delete on tables to dateline_app`,
    );
    await run.query(`alter default privileges in schema public grant usage, select on sequences to dateline_app`);
    // functions are open to everybody by default; ours are granted one by one
    await run.query(`alter default privileges revoke execute on functions from public`);
    await run.query(`alter default privileges in schema public grant execute on functions to dateline_app`);

    await run.query(`
      create table alarm (
        code text not null,
        subject text not null,
        says text not null,
        raised_at timestamptz not null default clock_timestamp(),
        last_seen_at timestamptz not null default clock_timestamp(),
        times int not null default 1,
        cleared_at timestamptz,
        primary key (code, subject)
      )`);
    await run.query(`create index alarm_standing on alarm (raised_at) where cleared_at is null`);

    // shared by every append-only table: a hand that slips is stopped even where a grant was forgotten
    await run.query(`
      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
      end $$`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table alarm`);
    await run.query(`drop function refuse_change()`);
  }
}

export const kernelMigrations: readonly MigrationClass[] = [KernelRoles1795400000000];
