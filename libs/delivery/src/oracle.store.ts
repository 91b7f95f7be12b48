import type { AuditLog } from '#libs/audit';
import type { DeliveryId, DistributionId, OrganisationId, Tx } from '#libs/kernel';

/** What the relay's log says about one message of which nobody knew. */
export type Answer =
  | { readonly word: 'accepted'; readonly queueId: string; readonly at: number }
  | { readonly word: 'not_accepted'; readonly queueId: string; readonly at: number }
  | { readonly word: 'unknown' };

/** A message that is unknown or held, as the relay's log is asked about it. */
export interface AskedDelivery {
  readonly organisation: OrganisationId;
  readonly distribution: DistributionId;
  readonly id: DeliveryId;
  /** The ledger event of its last dot, and when that was let go; null in a restored copy that never saw it. */
  readonly dot: string | null;
  readonly dotAt: Date | null;
  /** The worker that let it go. */
  readonly worker: string | null;
  /** From here on the log is of interest: its dot, or else T. */
  readonly since: Date;
}

interface Locked {
  readonly state: string;
  readonly shard: number;
  readonly dot: string | null;
  readonly mayLeave: boolean;
}

/** Logs are rotated away; what is older than this is for an officer. */
const OLDEST = '48 hours';
const MOST = 2_000;

const LAST_DOT = `
  select e.id::text as id, e.at, e.body::jsonb ->> 'worker' as worker from delivery_event e
   where e.organisation_id = d.organisation_id and e.distribution_id = d.distribution_id and e.delivery_id = d.id
     and e.state = 'dot_pending'
   order by e.id desc limit 1`;

/** Reads and settles the rows that the relay's log is asked about. */
export class OracleStore {
  constructor(private readonly audit: AuditLog) {}

  /** Oldest first. Index: the primary key of delivery_unknown, which holds these rows only. */
  async asked(tx: Pick<Tx, 'rows'>): Promise<AskedDelivery[]> {
    return tx.rows<AskedDelivery>(
      `select d.organisation_id as organisation, d.distribution_id as distribution, d.id, e.id as dot, e.at as "dotAt", e.worker,
              coalesce(e.at, n.lifts_at) as since
         from delivery_unknown u
         join delivery d on d.organisation_id = u.organisation_id and d.distribution_id = u.distribution_id and d.id = u.delivery_id
         join distribution n on n.organisation_id = d.organisation_id and n.id = d.distribution_id
         left join lateral (${LAST_DOT}) e on true
        where d.state in ('unknown', 'held') and coalesce(e.at, n.lifts_at) > clock_timestamp() - interval '${OLDEST}'
        order by u.since, d.id limit ${MOST}`,
    );
  }

  /**
   * Writes what the log has decided, with ledger event and audit line. A resend is left undone where nothing of it may leave
   * any more: the row stays for an officer.
   * @returns false when the row has moved on, or stays
   */
  async settle(tx: Tx, row: AskedDelivery, answer: Exclude<Answer, { word: 'unknown' }>): Promise<boolean> {
    // everything that writes ledger events holds the gate's latch, so that a stop or a seal never finds it half done
    await tx.rows(`select pg_advisory_xact_lock_shared(hashtextextended('gate', 0))`);
    const now = await this.lock(tx, row);
    // a later dot: what the log told was of an earlier one
    if (!now || now.dot !== row.dot) return false;
    const accepted = answer.word === 'accepted';
    if (!accepted && !now.mayLeave) return false;
    const reason = accepted ? 'accepted_by_relay_log' : 'not_in_relay_log';
    await tx.run(SETTLE, [
      row.organisation,
      row.distribution,
      row.id,
      accepted ? 'accepted' : 'ready',
      reason,
      accepted ? answer.queueId : null,
    ]);
    if (!accepted) await this.putBack(tx, row, now.shard);
    await this.audit.record(
      tx,
      { kind: 'process', organisation: row.organisation, name: 'oracle' },
      {
        type: 'delivery.settled',
        subject: `delivery:${row.id}`,
        facts: {
          as: accepted ? 'accepted' : 'resend',
          from: now.state,
          reason,
          queueId: answer.queueId,
          loggedAt: new Date(answer.at).toISOString(),
        },
      },
    );
    return true;
  }

  private async lock(tx: Tx, row: AskedDelivery): Promise<Locked | undefined> {
    return tx.first<Locked>(
      `select d.state, d.shard, e.id as dot,
              r.epoch = d.epoch and r.state in ('releasing', 'released', 'corrected') and n.state <> 'cancelled'
              and not exists (select from suppression s
                               where s.organisation_id = d.organisation_id and s.address_key = d.address_key) as "mayLeave"
         from delivery d
         join distribution n on n.organisation_id = d.organisation_id and n.id = d.distribution_id
         join release r on r.organisation_id = d.organisation_id and r.id = d.release_id
         left join lateral (${LAST_DOT}) e on true
        where d.organisation_id = $1 and d.distribution_id = $2 and d.id = $3 and d.state in ('unknown', 'held')
          for update of d, n`,
      [row.organisation, row.distribution, row.id],
    );
  }

  /** Its shard has work again, and so has a distribution that had finished. */
  private async putBack(tx: Tx, row: AskedDelivery, shard: number): Promise<void> {
    await tx.run(
      `update distribution set state = 'sending', finished_at = null
        where organisation_id = $1 and id = $2 and state = 'finished'`,
      [row.organisation, row.distribution],
    );
    await tx.run(
      `update shard set due_at = clock_timestamp() where organisation_id = $1 and distribution_id = $2 and shard = $3`,
      [row.organisation, row.distribution, shard],
    );
  }
}

/**
 * The row and its event in one statement. No accepted_at: the log counts whole seconds, and the second in which T lies began
 * before T. The token goes, so that the worker that lost it cannot answer any more.
 */
const SETTLE = `
  with settled as (
    update delivery d
       set state = $4, reason = $5, reply = $6, lease_token = null, next_at = null, updated_at = t.moment
      from (select clock_timestamp() as moment) t
     where d.organisation_id = $1 and d.distribution_id = $2 and d.id = $3 and d.state in ('unknown', 'held')
    returning d.organisation_id, d.distribution_id, d.id, t.moment
  )
  insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
  select s.organisation_id, s.distribution_id, s.id, s.moment, $4,
         jsonb_strip_nulls(jsonb_build_object('delivery', s.id, 'distribution', s.distribution_id,
           'at', to_char(s.moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'state', $4::text,
           'reason', $5::text, 'reply', $6::text))::text
    from settled s`;
