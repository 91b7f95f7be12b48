import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { GATE_FUNCTIONS } from './delivery.gate.migration.js';

/** Distributions, the ledger of deliveries and its append-only events. */
class Delivery1795400006000 implements MigrationInterface {
  name = 'Delivery1795400006000';

  async up(run: QueryRunner): Promise<void> {
    await this.distributions(run);
    await this.deliveries(run);
    await this.ledger(run);
    for (const statement of GATE_FUNCTIONS) await run.query(statement);
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
    // which worker is at a shard: a hint for the ticker, never a lock
    await run.query(`
      create table shard_attendance (
        organisation_id uuid not null,
        distribution_id uuid not null,
        shard int not null,
        worker text not null,
        seen_at timestamptz not null,
        primary key (organisation_id, distribution_id, shard),
        foreign key (organisation_id, distribution_id) references distribution (organisation_id, id)
      )`);
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
        state text not null check (state in ('planned', 'ready', 'claimed', 'dot_pending', 'accepted', 'refused', 'deferred',
                                             'unknown', 'held', 'suppressed', 'cancelled', 'expired')),
        message_sha256 bytea,
        lift_release_id uuid,
        lease_token uuid,
        lease_until timestamptz,
        leased_by text,
        attempts int not null default 0,
        next_at timestamptz,
        reason text,
        reply text,
        accepted_at timestamptz,
        updated_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, distribution_id, id),
        unique (organisation_id, distribution_id, canonical_address),
        foreign key (organisation_id, distribution_id) references distribution (organisation_id, id),
        foreign key (organisation_id, lift_release_id, epoch) references lift (organisation_id, release_id, epoch),
        check (lift_release_id is null or lift_release_id = release_id),
        constraint nothing_leaves_without_a_lift check (
          state in ('planned', 'ready', 'refused', 'suppressed', 'cancelled', 'expired', 'deferred') or lift_release_id is not null)
      ) with (fillfactor = 70)`);
    // holds only waiting rows, in sending order: a claim reads as many entries as it takes rows, however large the ledger is
    await run.query(`
      create index delivery_waiting on delivery (organisation_id, distribution_id, shard, position)
        where state in ('ready', 'deferred')`);
    await run.query(
      `create index delivery_leased on delivery (lease_until) where state in ('claimed', 'dot_pending', 'unknown')`,
    );
    await run.query(
      `create index delivery_planned on delivery (organisation_id, distribution_id, position) where state = 'planned'`,
    );
    await run.query(`
      create index delivery_recallable on delivery (organisation_id, address_key)
        where state in ('planned', 'ready', 'claimed', 'deferred')`);
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
    await run.query(`drop function delivery_settle(uuid, uuid, jsonb)`);
    await run.query(`drop function delivery_open_dots(uuid, uuid, uuid[], uuid[])`);
    await run.query(`drop function delivery_analyze()`);
    await run.query(`drop function delivery_sweep(int)`);
    await run.query(`drop function delivery_recall(uuid, uuid, bytea, text, text)`);
    for (const table of [
      'ledger_seal',
      'delivery_event',
      'delivery_message',
      'delivery',
      'skeleton',
      'shard_attendance',
      'distribution',
    ]) {
      await run.query(`drop table ${table}`);
    }
  }
}

export const deliveryMigrations: readonly MigrationClass[] = [Delivery1795400006000];
