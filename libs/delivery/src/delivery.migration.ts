import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { GATE_FUNCTIONS } from './delivery.gate.migration.js';
import { ROW_GUARDS } from './delivery.guards.migration.js';

/** Distributions, the ledger of deliveries and its append-only events. */
class Delivery1795400006000 implements MigrationInterface {
  name = 'Delivery1795400006000';

  async up(run: QueryRunner): Promise<void> {
    await this.distributions(run);
    await this.deliveries(run);
    await this.ledger(run);
    for (const statement of [...ROW_GUARDS, ...GATE_FUNCTIONS]) await run.query(statement);
  }

  private async distributions(run: QueryRunner): Promise<void> {
    await run.query(`
      create table distribution (
        organisation_id uuid not null,
        id uuid not null,
        release_id uuid not null,
        epoch int not null,
        kind text not null check (kind in ('release', 'advance', 'correction', 'withdrawal', 'follow-up', 'test')),
        state text not null default 'preparing' check (state in ('preparing', 'prepared', 'sending', 'finished', 'cancelled')),
        version_sha256 bytea not null,
        audience_sha256 bytea not null,
        lifts_at timestamptz not null,
        unknown_policy text not null check (unknown_policy in ('hold', 'resend')),
        seed bigint not null,
        shards int not null default 0,
        planned int not null default 0,
        created_at timestamptz not null default clock_timestamp(),
        prepared_at timestamptz,
        finished_at timestamptz,
        primary key (organisation_id, id),
        unique (organisation_id, release_id, epoch, kind),
        foreign key (organisation_id, release_id) references release (organisation_id, id)
      )`);
    await run.query(
      `create index distribution_open on distribution (state, lifts_at) where state in ('preparing', 'prepared', 'sending')`,
    );
    // a few hundred recipients that one worker holds at a time; leased as a whole, so that holding costs the rows nothing
    await run.query(`
      create table shard (
        organisation_id uuid not null,
        distribution_id uuid not null,
        shard int not null,
        due_at timestamptz,
        token uuid,
        worker text,
        lease_until timestamptz,
        primary key (organisation_id, distribution_id, shard),
        foreign key (organisation_id, distribution_id) references distribution (organisation_id, id),
        check ((token is null) = (lease_until is null))
      )`);
    await run.query(`create index shard_due on shard (due_at) where due_at is not null and token is null`);
    await run.query(`create index shard_leased on shard (lease_until) where token is not null`);
    // the parts of a message that all recipients of one language share; embargoed bytes live here and in release_version only
    await run.query(`
      create table skeleton (
        organisation_id uuid not null,
        distribution_id uuid not null,
        language text not null,
        bytes bytea not null,
        primary key (organisation_id, distribution_id, language),
        foreign key (organisation_id, distribution_id) references distribution (organisation_id, id)
      )`);
  }

  private async deliveries(run: QueryRunner): Promise<void> {
    await run.query(`
      create table delivery (
        organisation_id uuid not null,
        distribution_id uuid not null,
        id uuid not null,
        release_id uuid not null,
        epoch int not null,
        journalist_id uuid not null,
        canonical_address text not null,
        address_key bytea not null,
        name text not null,
        language text not null,
        shard int not null,
        position int not null,
        state text not null check (state in ('planned', 'ready', 'dot_pending', 'accepted', 'refused', 'deferred',
                                             'unknown', 'held', 'suppressed', 'cancelled', 'expired')),
        message_sha256 bytea,
        lease_token uuid,
        attempts int not null default 0,
        next_at timestamptz,
        reason text,
        reply text,
        accepted_at timestamptz,
        updated_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, distribution_id, id),
        unique (organisation_id, distribution_id, canonical_address),
        foreign key (organisation_id, distribution_id) references distribution (organisation_id, id)
      ) with (fillfactor = 50)`);
    // No index names a column that sending changes, in its keys or its condition: a row on its way is rewritten within its
    // own page (heap-only update) and touches no index at all, which halves what G3 and the verdicts cost.
    await run.query(`create index delivery_in_order on delivery (organisation_id, distribution_id, shard, position)`);
    await run.query(`create index delivery_to on delivery (organisation_id, address_key)`);
    // the few rows that people or the grace must decide about; kept by a trigger
    await run.query(`
      create table delivery_unknown (
        organisation_id uuid not null,
        distribution_id uuid not null,
        delivery_id uuid not null,
        since timestamptz not null default clock_timestamp(),
        primary key (organisation_id, distribution_id, delivery_id),
        foreign key (organisation_id, distribution_id, delivery_id) references delivery (organisation_id, distribution_id, id)
      )`);
    await run.query(`
      create table delivery_message (
        organisation_id uuid not null,
        distribution_id uuid not null,
        delivery_id uuid not null,
        pieces bytea not null,
        primary key (organisation_id, distribution_id, delivery_id),
        foreign key (organisation_id, distribution_id, delivery_id) references delivery (organisation_id, distribution_id, id)
      )`);
  }

  private async ledger(run: QueryRunner): Promise<void> {
    await run.query(`
      create table delivery_event (
        organisation_id uuid not null,
        id bigint generated always as identity,
        distribution_id uuid not null,
        delivery_id uuid not null,
        at timestamptz not null,
        state text not null,
        body text not null,
        primary key (organisation_id, id)
      )`);
    await run.query(
      `create index delivery_event_of on delivery_event (organisation_id, distribution_id, delivery_id, id)`,
    );
    await run.query(`
      create table ledger_seal (
        organisation_id uuid not null,
        first_id bigint not null,
        last_id bigint not null,
        events int not null,
        root bytea not null check (octet_length(root) = 32),
        audit_seq bigint not null,
        sealed_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, last_id),
        check (first_id <= last_id)
      )`);
    for (const table of ['delivery_event', 'ledger_seal']) {
      await run.query(
        `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
      );
      await run.query(
        `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
      );
      await run.query(`revoke update, delete, truncate on ${table} from dateline_app`);
    }
  }

  async down(run: QueryRunner): Promise<void> {
    for (const name of ['delivery_settle', 'delivery_open_dots', 'delivery_take', 'delivery_release'])
      await run.query(`drop function ${name}`);
    await run.query(`drop function delivery_analyze()`);
    await run.query(`drop function delivery_sweep(int)`);
    await run.query(`drop function delivery_recall(uuid, uuid, bytea, text, text)`);
    for (const table of [
      'ledger_seal',
      'delivery_event',
      'delivery_message',
      'delivery_unknown',
      'delivery',
      'skeleton',
      'shard',
      'distribution',
    ]) {
      await run.query(`drop table ${table}`);
    }
    for (const name of ['nothing_leaves_without_a_lift', 'delivery_unknown_is_kept'])
      await run.query(`drop function ${name}`);
  }
}

export const deliveryMigrations: readonly MigrationClass[] = [Delivery1795400006000];
