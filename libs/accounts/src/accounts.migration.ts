import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organisations and officers. */
class Accounts1795400001000 implements MigrationInterface {
  name = 'Accounts1795400001000';

  async up(run: QueryRunner): Promise<void> {
    await run.query(`
      create table organisation (
        id uuid primary key default gen_random_uuid(),
        slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,40}$'),
        names jsonb not null,
        desk_names jsonb not null default '{}',
        desk_address text not null,
        postal_address jsonb not null,
        zone text not null,
        market text check (market in ('HK', 'TW', 'CN', 'INT')) default 'INT' not null,
        website text,
        created_at timestamptz not null default clock_timestamp()
      )`);
    await run.query(`
      create table officer (
        organisation_id uuid not null references organisation (id),
        id uuid not null default gen_random_uuid(),
        name text not null,
        address text not null,
        roles text[] not null check (roles <@ array['author', 'approver', 'releaser', 'ops', 'admin']),
        created_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, id),
        unique (organisation_id, address)
      )`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table officer`);
    await run.query(`drop table organisation`);
  }
}

export const accountsMigrations: readonly MigrationClass[] = [Accounts1795400001000];
