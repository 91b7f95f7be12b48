import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lanes that cool down, so that a second worker does not go on where the first was told to stop. */
class Lanes1795400006500 implements MigrationInterface {
  name = 'Lanes1795400006500';

  async up(run: QueryRunner): Promise<void> {
    // of the installation, as the relay is: no organisation's. A row for each lane that ever was in trouble, and no other
    await run.query(`
      create table lane (
        relay text not null,
        lane text not null,
        held_until timestamptz,
        kind text not null check (kind in ('throttled', 'policy', 'tls', 'auth', 'connect')),
        why text not null,
        reply text,
        strikes int not null,
        changed_at timestamptz not null default clock_timestamp(),
        primary key (relay, lane)
      )`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table lane`);
  }
}

export const laneMigrations: readonly MigrationClass[] = [Lanes1795400006500];
