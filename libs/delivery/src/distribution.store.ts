import {
  newId,
  type DeliveryId,
  type DistributionId,
  type Language,
  type OrganisationId,
  type ReleaseId,
  type Tx,
} from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { DistributionRow, StateCounts } from './ledger.store.js';

/**
 * Recipients that are prepared, taken and sent together. Small enough that two workers share an audience of a thousand and
 * that a lost worker delays few; large enough that taking a shard is nothing beside sending it.
 */
export const SHARD_SIZE = 250;

export interface PlannedDelivery {
  readonly id: DeliveryId;
  readonly address: string;
  readonly name: string;
  readonly language: Language;
}

const SELECT = `
  select organisation_id as organisation, id, release_id as release, epoch, state, lifts_at as "liftsAt", shards, planned, seed,
         version_sha256 as "versionSha256"
    from distribution`;

/** Distributions and the freezing of their audience into ledger rows. */
export class DistributionStore {
  /**
   * Makes the distribution of a scheduled release and one ledger row per frozen recipient, shuffled by a recorded seed so
   * that no outlet is always first. Suppressed people get a row too, with the reason, and no message.
   * @returns undefined when another worker made it
   */
  async plan(tx: Tx, release: Release, seed: bigint): Promise<DistributionId | undefined> {
    const id = newId<DistributionId>();
    const made = await tx.run(
      `insert into distribution (organisation_id, id, release_id, epoch, kind, version_sha256, audience_sha256, lifts_at, unknown_policy, seed)
       select r.organisation_id, $3, r.id, r.epoch, 'release', r.version_sha256, r.audience_sha256, e.lifts_at, r.unknown_policy, $4
         from release r join embargo e on e.organisation_id = r.organisation_id and e.release_id = r.id
        where r.organisation_id = $1 and r.id = $2
       on conflict (organisation_id, release_id, epoch, kind) do nothing`,
      [release.organisation, release.id, id, seed.toString()],
    );
    if (made === 0) return undefined;
    await tx.rows(`select pg_advisory_xact_lock_shared(hashtextextended('gate', 0))`);
    await tx.run(FREEZE, [release.organisation, release.id, release.epoch, id, seed.toString(), SHARD_SIZE]);
    await tx.run(
      `insert into shard (organisation_id, distribution_id, shard, due_at)
       select distinct $1::uuid, $2::uuid, d.shard, '-infinity'::timestamptz
         from delivery d where d.organisation_id = $1 and d.distribution_id = $2`,
      [release.organisation, id],
    );
    await tx.run(
      `update distribution n
          set planned = c.planned, shards = ceil(c.planned::numeric / $3)
         from (select count(*)::int as planned from delivery where organisation_id = $1 and distribution_id = $2) c
        where n.organisation_id = $1 and n.id = $2`,
      [release.organisation, id, SHARD_SIZE],
    );
    return id;
  }

  async get(
    tx: Pick<Tx, 'first'>,
    organisation: OrganisationId,
    id: DistributionId,
  ): Promise<DistributionRow | undefined> {
    return tx.first<DistributionRow>(`${SELECT} where organisation_id = $1 and id = $2`, [organisation, id]);
  }

  /** By id alone, for wake-ups: they come from our own queue and carry nothing but ids. */
  async byId(tx: Pick<Tx, 'first'>, id: string): Promise<DistributionRow | undefined> {
    return tx.first<DistributionRow>(`${SELECT} where id = $1`, [id]);
  }

  async ofRelease(
    tx: Pick<Tx, 'first'>,
    organisation: OrganisationId,
    release: ReleaseId,
  ): Promise<DistributionRow | undefined> {
    return tx.first<DistributionRow>(
      `${SELECT} where organisation_id = $1 and release_id = $2 order by epoch desc limit 1`,
      [organisation, release],
    );
  }

  async saveSkeleton(tx: Tx, distribution: DistributionRow, language: Language, bytes: Buffer): Promise<void> {
    await tx.run(
      `insert into skeleton (organisation_id, distribution_id, language, bytes) values ($1, $2, $3, $4)
       on conflict (organisation_id, distribution_id, language) do nothing`,
      [distribution.organisation, distribution.id, language, bytes],
    );
  }

  async skeletons(tx: Pick<Tx, 'rows'>, distribution: DistributionRow): Promise<Map<Language, Buffer>> {
    const rows = await tx.rows<{ language: Language; bytes: Buffer }>(
      `select language, bytes from skeleton where organisation_id = $1 and distribution_id = $2`,
      [distribution.organisation, distribution.id],
    );
    return new Map(rows.map((row) => [row.language, row.bytes]));
  }

  /** A shard's rows without a message; what an interrupted preparation left is found again here. */
  async unprepared(tx: Tx, distribution: DistributionRow, shard: number): Promise<PlannedDelivery[]> {
    return tx.rows<PlannedDelivery>(
      `select id, canonical_address as address, name, language from delivery
        where organisation_id = $1 and distribution_id = $2 and shard = $3 and state = 'planned'
        order by position for update skip locked`,
      [distribution.organisation, distribution.id, shard],
    );
  }

  async saveMessages(
    tx: Tx,
    distribution: DistributionRow,
    messages: readonly { id: DeliveryId; pieces: Buffer; sha256: Buffer }[],
  ): Promise<void> {
    const ids = messages.map((m) => m.id);
    await tx.run(
      `insert into delivery_message (organisation_id, distribution_id, delivery_id, pieces)
       select $1, $2, m.* from unnest($3::uuid[], $4::bytea[]) m on conflict do nothing`,
      [distribution.organisation, distribution.id, ids, messages.map((m) => m.pieces)],
    );
    await tx.run(
      `update delivery d set state = 'ready', message_sha256 = m.sha256, updated_at = clock_timestamp()
         from unnest($3::uuid[], $4::bytea[]) as m (id, sha256)
        where d.organisation_id = $1 and d.distribution_id = $2 and d.id = m.id and d.state = 'planned'`,
      [distribution.organisation, distribution.id, ids, messages.map((m) => m.sha256)],
    );
  }

  /**
   * The last look before a distribution is called finished: shards with rows that are in no end state after all are made
   * due again (a dot that was committed while its worker's lease ran out, a row put back by hand). Returns how many.
   */
  async reopen(tx: Tx, distribution: DistributionRow): Promise<number> {
    // whoever puts a row back holds this lock: looked at before it, a row that comes back now would never be rung for
    await tx.rows(`select from distribution where organisation_id = $1 and id = $2 for update`, [
      distribution.organisation,
      distribution.id,
    ]);
    return tx.run(
      `update shard s set due_at = clock_timestamp()
        where s.organisation_id = $1 and s.distribution_id = $2
          and exists (select from delivery d
                       where d.organisation_id = $1 and d.distribution_id = $2 and d.shard = s.shard
                         and d.state in ('planned', 'ready', 'deferred', 'dot_pending'))`,
      [distribution.organisation, distribution.id],
    );
  }

  /** Compare-and-set of its state; false says that it was somewhere else already. */
  async move(
    tx: Tx,
    distribution: DistributionRow,
    from: readonly DistributionRow['state'][],
    to: DistributionRow['state'],
  ): Promise<boolean> {
    const moved = await tx.run(
      `update distribution
          set state = $4, prepared_at = case when $4 = 'prepared' then clock_timestamp() else prepared_at end,
              finished_at = case when $4 in ('finished', 'cancelled') then clock_timestamp() else finished_at end
        where organisation_id = $1 and id = $2 and state = any($3)`,
      [distribution.organisation, distribution.id, from, to],
    );
    return moved === 1;
  }

  /** Rows by state. Not for the sending path: reads the whole distribution. */
  async counts(tx: Pick<Tx, 'rows'>, organisation: OrganisationId, id: DistributionId): Promise<StateCounts> {
    const rows = await tx.rows<{ state: keyof StateCounts; n: number }>(
      `select state, count(*)::int as n from delivery where organisation_id = $1 and distribution_id = $2 group by state`,
      [organisation, id],
    );
    return Object.fromEntries(rows.map((row) => [row.state, row.n]));
  }
}

/** md5 is only the shuffle here: order by a hash of seed and journalist is the same on every machine and cannot be steered. */
const FREEZE = `
  with t as materialized (
    select clock_timestamp() as moment
  ), frozen as (
    select m.*, s.reason as suppressed, t.moment,
           (row_number() over (order by md5($5 || m.journalist_id::text)) - 1)::int as place
      from audience_member m
     cross join t
      left join suppression s on s.organisation_id = m.organisation_id and s.address_key = m.address_key
     where m.organisation_id = $1 and m.release_id = $2 and m.epoch = $3
  ), planned as (
    insert into delivery (organisation_id, distribution_id, id, release_id, epoch, journalist_id, canonical_address, address_key,
                          name, language, shard, position, state, reason, updated_at)
    select f.organisation_id, $4, gen_random_uuid(), f.release_id, f.epoch, f.journalist_id, f.canonical_address, f.address_key,
           f.name, f.language, f.place / $6::int, f.place, case when f.suppressed is null then 'planned' else 'suppressed' end, f.suppressed,
           f.moment
      from frozen f
    returning organisation_id, distribution_id, id, state, reason, address_key, language, updated_at
  )
  insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
  select p.organisation_id, p.distribution_id, p.id, p.updated_at, p.state,
         jsonb_strip_nulls(jsonb_build_object('delivery', p.id, 'distribution', p.distribution_id,
           'at', to_char(p.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'state', p.state, 'reason', p.reason,
           'recipient', encode(p.address_key, 'hex'), 'language', p.language))::text
    from planned p`;
