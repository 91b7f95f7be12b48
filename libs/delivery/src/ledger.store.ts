import type { DeliveryId, DistributionId, Language, OrganisationId, ReleaseId, Tx } from '#libs/kernel';
import type { DeliveryState } from './delivery.states.js';

export interface Claimed {
  readonly id: DeliveryId;
  readonly token: string;
  readonly address: string;
  readonly language: Language;
  readonly attempts: number;
  readonly pieces: Buffer;
}

/** What one attempt came to, as the ledger takes it. */
export interface Settlement {
  readonly id: DeliveryId;
  readonly token: string;
  readonly state: DeliveryState;
  readonly code?: number;
  /** The server's words, with the recipient's address replaced. */
  readonly reply?: string;
  readonly reason?: string;
  /** For `ready` and `deferred`: how long until the next attempt, milliseconds. */
  readonly waitMs?: number;
  /** When the answer was read, by this worker's clock brought to the database's; ISO 8601. */
  readonly observedAt?: string;
}

export interface ShardKey {
  readonly organisation: OrganisationId;
  readonly distribution: DistributionId;
  readonly shard: number;
}

/** Seconds a worker may stay silent before its rows go to others. It renews every third of it. */
export const LEASE_SECONDS = 8;

/** The ledger's commands: claim, open dots, settle, recall, sweep. Every one a single statement. */
export class LedgerStore {
  /**
   * G1. Takes up to `limit` due rows of a shard, in sending order, past rows that others hold.
   * Index delivery_waiting: only waiting rows, so the cost is per row taken, not per row in the ledger.
   */
  async claim(tx: Pick<Tx, 'rows'>, key: ShardKey, worker: string, limit: number): Promise<Claimed[]> {
    return tx.rows<Claimed>(
      `with open as materialized (
         select n.epoch, n.release_id from distribution n
          where n.organisation_id = $1 and n.id = $2 and n.state in ('prepared', 'sending')
            and (select true from embargo_open o
                  where o.organisation_id = n.organisation_id and o.release_id = n.release_id and o.epoch = n.epoch)
       ), due as (
         select d.id from delivery d
          where d.organisation_id = $1 and d.distribution_id = $2 and d.shard = $3 and d.state in ('ready', 'deferred')
            and (d.next_at is null or d.next_at <= clock_timestamp())
            and exists (select from open)
            and not exists (select from suppression s where s.organisation_id = $1 and s.address_key = d.address_key)
          order by d.position limit $5 for update skip locked
       ), taken as (
         update delivery d
            set state = 'claimed', lease_token = gen_random_uuid(), leased_by = $4, attempts = d.attempts + 1, next_at = null,
                lease_until = clock_timestamp() + interval '${LEASE_SECONDS} seconds', lift_release_id = open.release_id,
                updated_at = clock_timestamp()
           from due, open
          where d.organisation_id = $1 and d.distribution_id = $2 and d.id = due.id and d.epoch = open.epoch
         returning d.id, d.lease_token, d.canonical_address, d.language, d.attempts, d.position)
       select t.id, t.lease_token as token, t.canonical_address as address, t.language, t.attempts, m.pieces
         from taken t
         join delivery_message m on m.organisation_id = $1 and m.distribution_id = $2 and m.delivery_id = t.id
        order by t.position`,
      [key.organisation, key.distribution, key.shard, worker, limit],
    );
  }

  /** G3. Returns the ids whose final dot may leave now; every other id asked for must not. */
  async openDots(
    tx: Pick<Tx, 'rows'>,
    organisation: OrganisationId,
    distribution: DistributionId,
    asked: readonly { id: DeliveryId; token: string }[],
  ): Promise<Set<DeliveryId>> {
    const rows = await tx.rows<{ id: DeliveryId }>(`select delivery_open_dots($1, $2, $3::uuid[], $4::uuid[]) as id`, [
      organisation,
      distribution,
      asked.map((a) => a.id),
      asked.map((a) => a.token),
    ]);
    return new Set(rows.map((row) => row.id));
  }

  /** Writes a group of verdicts with their events. Returns the ids that took theirs. */
  async settle(
    tx: Pick<Tx, 'rows'>,
    organisation: OrganisationId,
    distribution: DistributionId,
    settlements: readonly Settlement[],
  ): Promise<Set<DeliveryId>> {
    const verdicts = settlements.map((s) => ({
      id: s.id,
      token: s.token,
      state: s.state,
      code: s.code ?? null,
      reply: s.reply ?? null,
      reason: s.reason ?? null,
      wait_ms: s.waitMs === undefined ? null : Math.round(s.waitMs),
      observed_at: s.observedAt ?? null,
    }));
    const rows = await tx.rows<{ id: DeliveryId }>(`select delivery_settle($1, $2, $3::jsonb) as id`, [
      organisation,
      distribution,
      JSON.stringify(verdicts),
    ]);
    return new Set(rows.map((row) => row.id));
  }

  /** Keeps rows that are on the wire from being taken for lost. */
  async renew(
    tx: Pick<Tx, 'rows'>,
    key: Omit<ShardKey, 'shard'>,
    held: readonly { id: DeliveryId; token: string }[],
  ): Promise<void> {
    await tx.rows(
      `update delivery d set lease_until = clock_timestamp() + interval '${LEASE_SECONDS} seconds'
         from unnest($3::uuid[], $4::uuid[]) as t (id, token)
        where d.organisation_id = $1 and d.distribution_id = $2 and d.id = t.id and d.lease_token = t.token
          and d.state in ('claimed', 'dot_pending')`,
      [key.organisation, key.distribution, held.map((h) => h.id), held.map((h) => h.token)],
    );
  }

  /** Tells the ticker that a worker is at this shard; it rings for shards that nobody was at for a while. */
  async attend(tx: Pick<Tx, 'rows'>, key: ShardKey, worker: string): Promise<void> {
    await tx.rows(
      `insert into shard_attendance (organisation_id, distribution_id, shard, worker, seen_at)
       values ($1, $2, $3, $4, clock_timestamp())
       on conflict (organisation_id, distribution_id, shard) do update set worker = excluded.worker, seen_at = excluded.seen_at`,
      [key.organisation, key.distribution, key.shard, worker],
    );
  }

  /** Takes back every row of a distribution whose dot has not left. Returns how many. */
  async recallDistribution(
    tx: Tx,
    organisation: OrganisationId,
    distribution: DistributionId,
    state: 'cancelled' | 'expired',
    reason: string,
  ) {
    const row = await tx.first<{ taken: number }>(`select delivery_recall($1, $2, null, $3, $4) as taken`, [
      organisation,
      distribution,
      state,
      reason,
    ]);
    return row?.taken ?? 0;
  }

  /** Takes back every waiting message to one address, in every distribution of the organisation. Returns how many. */
  async recallAddress(tx: Tx, organisation: OrganisationId, addressKey: Buffer, reason: string): Promise<number> {
    const row = await tx.first<{ taken: number }>(`select delivery_recall($1, null, $2, 'suppressed', $3) as taken`, [
      organisation,
      addressKey,
      reason,
    ]);
    return row?.taken ?? 0;
  }

  /** Leases that ran out, in every organisation. @param graceSeconds how long an unknown row waits for a late answer */
  async sweep(tx: Pick<Tx, 'first'>, graceSeconds: number): Promise<{ freed: number; lost: number; decided: number }> {
    const row = await tx.first<{ freed: number; lost: number; decided: number }>(`select * from delivery_sweep($1)`, [
      graceSeconds,
    ]);
    return row ?? { freed: 0, lost: 0, decided: 0 };
  }

  /**
   * Ends waiting rows of people whose suppression came without a recall (an import, a restored backup). The gate already
   * keeps their messages back; without this they would wait for ever.
   */
  async suppressWaiting(tx: Pick<Tx, 'rows'>): Promise<void> {
    await tx.rows(
      `select delivery_recall(w.organisation_id, w.distribution_id, w.address_key, 'suppressed', w.reason)
         from (select distinct d.organisation_id, d.distribution_id, d.address_key, s.reason
                 from distribution n
                 join delivery d on d.organisation_id = n.organisation_id and d.distribution_id = n.id
                                and d.state in ('planned', 'ready', 'deferred')
                 join suppression s on s.organisation_id = d.organisation_id and s.address_key = d.address_key
                where n.state in ('preparing', 'prepared', 'sending')) w`,
    );
  }
}

/** Rows of one distribution by state. */
export type StateCounts = Partial<Record<DeliveryState, number>>;

export interface DistributionRow {
  readonly organisation: OrganisationId;
  readonly id: DistributionId;
  readonly release: ReleaseId;
  readonly epoch: number;
  readonly state: 'preparing' | 'prepared' | 'sending' | 'finished' | 'cancelled';
  readonly liftsAt: Date;
  readonly shards: number;
  readonly planned: number;
  readonly seed: string;
  readonly versionSha256: Buffer;
}
