import { LedgerStore, type DeliveryState } from '#libs/delivery';
import { liftIfOpen } from '#libs/embargo';
import { Database, type DistributionId, type OrganisationId, type ReleaseId } from '#libs/kernel';
import { ORGANISATION } from './memory.database.js';
import type { Tables } from './memory.tables.js';

const ORG = ORGANISATION as OrganisationId;

/** What both databases must say of a delivery and of a shard after every act; tokens by the number of the taking. */
export interface GateState {
  readonly rows: readonly {
    readonly id: string;
    readonly state: DeliveryState;
    readonly attempts: number;
    readonly nextAt: number | null;
  }[];
  readonly shards: readonly { readonly due: number | null; readonly held: boolean; readonly until: number | null }[];
}

/**
 * The real functions and the real gate on a clock that the test moves: in this one database the name `clock_timestamp` means
 * a table first, because the schema `sim` comes before pg_catalog in its search path. Nothing of the product knows of it.
 */
export class GateRoom {
  readonly ledger = new LedgerStore();

  private constructor(readonly db: Database) {}

  static async open(url: string): Promise<GateRoom> {
    const owner = await Database.open({ url });
    const name = new URL(url).pathname.slice(1);
    const view = await owner.first<{ sql: string }>(`select pg_get_viewdef('embargo_open'::regclass) as sql`);
    await owner.rows(`create schema sim`);
    await owner.rows(`create table sim.clock (now timestamptz not null)`);
    await owner.rows(`insert into sim.clock values (to_timestamp(0))`);
    await owner.rows(
      `create function sim.clock_timestamp() returns timestamptz language sql volatile as $$ select now from sim.clock $$`,
    );
    await owner.rows(`alter database ${name} set search_path = sim, public, pg_catalog`);
    // what is compared is answers, not power cuts
    await owner.rows(`alter database ${name} set synchronous_commit = off`);
    await owner.close();
    const db = await Database.open({ url, poolSize: 2 });
    // a view and a default keep the function that its name meant when they were made
    await db.rows(`alter table delivery_unknown alter column since set default clock_timestamp()`);
    await db.rows(`create or replace view embargo_open with (security_barrier) as ${view?.sql ?? ''}`);
    await db.rows(`alter table delivery_event disable trigger all`);
    await db.rows(
      `insert into organisation (id, slug, names, desk_address, postal_address, zone)
       values ($1, 'gate', '{}', 'desk@example.com', '{}', 'Asia/Hong_Kong')`,
      [ORG],
    );
    return new GateRoom(db);
  }

  close(): Promise<void> {
    return this.db.close();
  }

  async setClock(ms: number): Promise<void> {
    await this.db.rows(`update sim.clock set now = to_timestamp($1::numeric / 1000)`, [ms]);
  }

  /** Empty, and then just what the other database holds. */
  async reset(tables: Tables): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.rows(`set local session_replication_role = replica`);
      await tx.rows(EMPTY);
      for (const row of tables.releases) {
        const key = [ORG, row.id, row.epoch];
        await tx.rows(RELEASE, [...key, row.policy]);
        await tx.rows(APPROVAL, [...key, row.liftsAt]);
        await tx.rows(EMBARGO, [ORG, row.id, row.liftsAt]);
      }
      for (const one of tables.distributions)
        await tx.rows(DISTRIBUTION, [ORG, one.id, one.release, one.epoch, one.liftsAt, one.policy]);
      await tx.rows(DELIVERIES, [ORG, JSON.stringify(tables.deliveries)]);
      await tx.rows(
        `insert into shard (organisation_id, distribution_id, shard, due_at)
         select distinct $1::uuid, distribution_id, shard, '-infinity'::timestamptz from delivery`,
        [ORG],
      );
    });
  }

  lift(release: string, epoch: number): Promise<boolean> {
    return this.db.transaction(async (tx) => (await liftIfOpen(tx, ORG, release as ReleaseId, epoch)) !== undefined);
  }

  async take(distribution: string, shard: number): Promise<string | undefined> {
    return this.ledger.take(
      this.db,
      { organisation: ORG, distribution: distribution as DistributionId, shard },
      'worker',
    );
  }

  async state(): Promise<GateState> {
    const rows = await this.db.rows<{ id: string; state: DeliveryState; attempts: number; next: number | null }>(
      `select id, state, attempts, (extract(epoch from next_at) * 1000)::float8 as next from delivery order by distribution_id, position`,
    );
    const shards = await this.db.rows<{ due: number | null; held: boolean; until: number | null }>(
      `select (extract(epoch from due_at) * 1000)::float8 as due, token is not null as held,
              (extract(epoch from lease_until) * 1000)::float8 as until
         from shard order by distribution_id, shard`,
    );
    return {
      rows: rows.map(({ id, state, attempts, next }) => ({ id, state, attempts, nextAt: whole(next) })),
      shards: shards.map(({ due, held, until }) => ({ due: whole(due), held, until: held ? whole(until) : null })),
    };
  }

  async suppress(address: string): Promise<void> {
    await this.db.rows(
      `insert into suppression (organisation_id, address_key, reason, suppressed_by)
       values ($1, sha256(convert_to($2, 'UTF8')), 'unsubscribed', 'test') on conflict do nothing`,
      [ORG, address],
    );
  }

  async recallAddress(address: string): Promise<number> {
    const row = await this.db.first<{ taken: number }>(
      `select delivery_recall($1, null, sha256(convert_to($2, 'UTF8')), 'suppressed', 'unsubscribed') as taken`,
      [ORG, address],
    );
    return row?.taken ?? 0;
  }
}

/** What both say of an instant: whole milliseconds; "as of old" is minus infinity. */
export function whole(ms: number | null): number | null {
  return ms === null || !Number.isFinite(ms) ? ms : Math.round(ms);
}

const EMPTY = `
  truncate delivery_unknown, delivery_event, delivery_message, delivery, shard, skeleton, distribution, lift, stop_button, embargo,
           approval, suppression, release cascade`;

const RELEASE = `
  insert into release (organisation_id, id, number, state, epoch, version_sha256, title, languages, author_id, last_editor_id,
                       audience_sha256, unknown_policy)
  values ($1, $2::uuid, 'REL-' || $2::uuid, 'prepared', $3, sha256('v'), '', '{en}', $1, $1, sha256('a'), $4)`;

const APPROVAL = `
  insert into approval (organisation_id, release_id, epoch, version_sha256, audience_sha256, lifts_at, approver_id)
  values ($1, $2, $3, sha256('v'), sha256('a'), to_timestamp($4::numeric / 1000), $1)`;

const EMBARGO = `
  insert into embargo (organisation_id, release_id, lifts_at, wall, zone, utc_offset, tzdb, set_by)
  values ($1, $2, to_timestamp($3::numeric / 1000), '', 'UTC', '+00:00', '', $1)`;

const DISTRIBUTION = `
  insert into distribution (organisation_id, id, release_id, epoch, kind, state, version_sha256, audience_sha256, lifts_at,
                            unknown_policy, seed)
  values ($1, $2, $3, $4, 'release', 'prepared', sha256('v'), sha256('a'), to_timestamp($5::numeric / 1000), $6, 1)`;

const DELIVERIES = `
  insert into delivery (organisation_id, distribution_id, id, release_id, epoch, journalist_id, canonical_address, address_key,
                        name, language, shard, position, state)
  select $1, d.distribution, d.id, d.release, d.epoch, d.id, d.address, sha256(convert_to(d.address, 'UTF8')), '', 'en', d.shard,
         d.position, d.state
    from jsonb_to_recordset($2::jsonb)
      as d (distribution uuid, id uuid, release uuid, epoch int, address text, shard int, position int, state text)`;
