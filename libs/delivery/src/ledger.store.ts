import type { DeliveryId, DistributionId, Language, OrganisationId, ReleaseId, Tx } from '#libs/kernel';
import type { DeliveryState } from './delivery.states.js';

/** A message that waits to be sent, as a worker holds it in memory. */
export interface Waiting {
  readonly id: DeliveryId;
  readonly address: string;
  readonly language: Language;
  readonly attempts: number;
  /** Sealed; see Sealing. */
  readonly pieces: Buffer;
}

/** What one attempt came to, as the ledger takes it. */
export interface Settlement {
  readonly id: DeliveryId;
  /** The shard's, under which it was sent. */
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

/** Seconds a worker may stay silent before its shards go to others. It renews every third of it. */
export const LEASE_SECONDS = 8;

/** The ledger's commands: take and release a shard, open dots, settle, recall, sweep. */
export class LedgerStore {
  /** G1. Takes a shard that is due and that nobody holds. Returns the fencing token, or undefined. */
  async take(tx: Pick<Tx, 'first'>, key: ShardKey, worker: string): Promise<string | undefined> {
    const row = await tx.first<{ token: string | null }>(
      `select delivery_take($1, $2, $3, $4, ${LEASE_SECONDS}) as token`,
      [key.organisation, key.distribution, key.shard, worker],
    );
    return row?.token ?? undefined;
  }

  /** What waits in a shard and is due, in sending order. Index delivery_in_order. */
  async waiting(tx: Pick<Tx, 'rows'>, key: ShardKey): Promise<Waiting[]> {
    return tx.rows<Waiting>(
      `select d.id, d.canonical_address as address, d.language, d.attempts, m.pieces
         from delivery d
         join delivery_message m on m.organisation_id = d.organisation_id and m.distribution_id = d.distribution_id and m.delivery_id = d.id
        where ${IN_SHARD} and d.state in ('ready', 'deferred') and (d.next_at is null or d.next_at <= clock_timestamp())
        order by d.position`,
      [key.organisation, key.distribution, key.shard],
    );
  }

  /** Of the rows a worker has in memory, those that nobody took back meanwhile. */
  async stillWaiting(tx: Pick<Tx, 'rows'>, key: ShardKey): Promise<Set<DeliveryId>> {
    const rows = await tx.rows<{ id: DeliveryId }>(
      `select d.id from delivery d where ${IN_SHARD} and d.state in ('ready', 'deferred')`,
      [key.organisation, key.distribution, key.shard],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Whether the gate is open for a distribution as a whole. */
  async mayLeave(tx: Pick<Tx, 'first'>, organisation: OrganisationId, distribution: DistributionId): Promise<boolean> {
    const row = await tx.first<{ open: boolean }>(
      `select exists (select from embargo_open o where o.organisation_id = $1
                         and (o.release_id, o.epoch) = (select n.release_id, n.epoch from distribution n
                                                         where n.organisation_id = $1 and n.id = $2 and n.state <> 'cancelled')) as open`,
      [organisation, distribution],
    );
    return row?.open ?? false;
  }

  /** Gives a shard back. @param pauseMs nobody should come again sooner. @returns when somebody should; undefined: never */
  async release(tx: Pick<Tx, 'first'>, key: ShardKey, token: string, pauseMs: number): Promise<Date | undefined> {
    const row = await tx.first<{ due: Date | null }>(`select delivery_release($1, $2, $3, $4, $5) as due`, [
      key.organisation,
      key.distribution,
      key.shard,
      token,
      Math.round(pauseMs),
    ]);
    return row?.due ?? undefined;
  }

  /** Keeps shards from being taken for abandoned. Returns the tokens that are still good. */
  async renew(tx: Pick<Tx, 'rows'>, tokens: readonly string[]): Promise<Set<string>> {
    const rows = await tx.rows<{ token: string }>(
      `update shard set lease_until = clock_timestamp() + interval '${LEASE_SECONDS} seconds'
        where token = any($1) and lease_until is not null returning token`,
      [tokens],
    );
    return new Set(rows.map((row) => row.token));
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
    const rows = await tx.rows<{ id: DeliveryId }>(
      `select delivery_settle($1, $2, $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::int[], $9::bigint[], $10::timestamptz[]) as id`,
      [
        organisation,
        distribution,
        settlements.map((s) => s.id),
        settlements.map((s) => s.token),
        settlements.map((s) => s.state),
        settlements.map((s) => s.reply ?? null),
        settlements.map((s) => s.reason ?? null),
        settlements.map((s) => s.code ?? null),
        settlements.map((s) => (s.waitMs === undefined ? null : Math.round(s.waitMs))),
        settlements.map((s) => s.observedAt ?? null),
      ],
    );
    return new Set(rows.map((row) => row.id));
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

  /** Shards whose lease ran out, in every organisation. @param graceSeconds how long an unknown row waits for a late answer */
  async sweep(tx: Pick<Tx, 'first'>, graceSeconds: number): Promise<{ freed: number; lost: number; decided: number }> {
    const row = await tx.first<{ freed: number; lost: number; decided: number }>(`select * from delivery_sweep($1)`, [
      graceSeconds,
    ]);
    return row ?? { freed: 0, lost: 0, decided: 0 };
  }
}

const IN_SHARD = `d.organisation_id = $1 and d.distribution_id = $2 and d.shard = $3`;

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
