import { requireRole } from '#libs/accounts';
import type { AuditLog } from '#libs/audit';
import { Problem, type Actor, type DeliveryId, type Language, type OrganisationId, type Tx } from '#libs/kernel';

/** What a person may decide about a message of which nobody knows whether it was taken. */
export const UNKNOWN_DECISIONS = ['accepted', 'resend'] as const;
export type UnknownDecision = (typeof UNKNOWN_DECISIONS)[number];

/** A message whose final dot left and whose answer never came; `held` once it waits for a person. */
export interface UnknownDelivery {
  readonly id: DeliveryId;
  /** Number of its release. */
  readonly release: string;
  readonly state: 'unknown' | 'held';
  readonly reason: string | null;
  /** Personal data: for the officer's eyes. */
  readonly name: string;
  readonly address: string;
  readonly language: Language;
  readonly attempts: number;
  /** When the dot left, by the ledger. */
  readonly dotAt: Date | null;
  /** The worker that sent it; its log has the session. */
  readonly worker: string | null;
}

interface Row {
  readonly organisation: OrganisationId;
  readonly distribution: string;
  readonly release: string;
  readonly state: string;
  readonly mayLeave: boolean;
  readonly shard: number;
  readonly suppressed: boolean;
}

/** Messages that are unknown or held, and what an officer decides about them. */
export class Unknowns {
  constructor(private readonly audit: AuditLog) {}

  /** Oldest first. @param release its number; all releases when not given */
  async list(tx: Pick<Tx, 'rows'>, organisation: OrganisationId, release?: string): Promise<UnknownDelivery[]> {
    return tx.rows<UnknownDelivery>(
      `select d.id, r.number as release, d.state, d.reason, d.name, d.canonical_address as address, d.language, d.attempts,
              e.at as "dotAt", e.worker
         from delivery_unknown u
         join delivery d on d.organisation_id = u.organisation_id and d.distribution_id = u.distribution_id and d.id = u.delivery_id
         join release r on r.organisation_id = d.organisation_id and r.id = d.release_id
         left join lateral (select e.at, e.body::jsonb ->> 'worker' as worker from delivery_event e
                             where e.organisation_id = d.organisation_id and e.distribution_id = d.distribution_id
                               and e.delivery_id = d.id and e.state = 'dot_pending' order by e.id desc limit 1) e on true
        where u.organisation_id = $1 and d.state in ('unknown', 'held') and ($2::text is null or r.number = $2)
        order by e.at, d.id`,
      [organisation, release ?? null],
    );
  }

  /**
   * Ends one of them: `accepted` (the relay's log says that it took the message) or `resend` (the same bytes under the same
   * Message-ID go once more, through the same gate). Writes the ledger event and the audit line.
   * @throws Problem when the officer may not, no reason is given, the row is in another state, or a resend cannot leave
   */
  async settle(tx: Tx, by: Actor, id: DeliveryId, as: UnknownDecision, reason: string): Promise<void> {
    if (!(by.kind === 'officer' && by.roles.includes('releaser')))
      requireRole(by, 'ops', 'Settling an unknown message');
    if (!reason.trim()) throw noReason();
    // everything that writes ledger events holds the gate's latch, so that a stop or a seal never finds it half done
    await tx.rows(`select pg_advisory_xact_lock_shared(hashtextextended('gate', 0))`);
    const row = await this.lock(tx, by.organisation, id);
    if (as === 'resend') refuseResend(row);
    const settled = await tx.run(SETTLE, [
      by.organisation,
      row.distribution,
      id,
      as === 'accepted' ? 'accepted' : 'ready',
      as === 'accepted' ? 'accepted_by_officer' : 'resent_by_officer',
    ]);
    if (settled !== 1) throw notUnknown(id, row.state);
    // a finished distribution has work again; the ticker finds it and finishes it anew
    if (as === 'resend') {
      await tx.run(
        `update distribution set state = 'sending', finished_at = null
          where organisation_id = $1 and id = $2 and state = 'finished'`,
        [by.organisation, row.distribution],
      );
      await tx.run(
        `update shard set due_at = clock_timestamp() where organisation_id = $1 and distribution_id = $2 and shard = $3`,
        [by.organisation, row.distribution, row.shard],
      );
    }
    await this.audit.record(tx, by, {
      type: 'delivery.settled',
      subject: `delivery:${id}`,
      facts: { as, from: row.state, reason: reason.trim().slice(0, 500) },
    });
  }

  private async lock(tx: Tx, organisation: OrganisationId, id: DeliveryId): Promise<Row> {
    const row = await tx.first<Row>(
      `select d.organisation_id as organisation, d.distribution_id as distribution, r.number as release, d.state, d.shard,
              r.epoch = d.epoch and r.state in ('releasing', 'released', 'corrected') and n.state <> 'cancelled' as "mayLeave",
              exists (select from suppression s
                       where s.organisation_id = d.organisation_id and s.address_key = d.address_key) as suppressed
         from delivery d
         join distribution n on n.organisation_id = d.organisation_id and n.id = d.distribution_id
         join release r on r.organisation_id = d.organisation_id and r.id = d.release_id
        where d.organisation_id = $1 and d.id = $2
          for update of d, n`,
      [organisation, id],
    );
    if (!row) throw notUnknown(id, undefined);
    if (row.state !== 'unknown' && row.state !== 'held') throw notUnknown(id, row.state);
    return row;
  }
}

/**
 * The row and its event in one statement. No accepted_at: an officer knows that it was taken, not when. The token goes, so
 * that the worker that lost it cannot answer any more.
 */
const SETTLE = `
  with settled as (
    update delivery d
       set state = $4, reason = $5, lease_token = null, next_at = null, updated_at = t.moment
      from (select clock_timestamp() as moment) t
     where d.organisation_id = $1 and d.distribution_id = $2 and d.id = $3 and d.state in ('unknown', 'held')
    returning d.organisation_id, d.distribution_id, d.id, t.moment
  )
  insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
  select s.organisation_id, s.distribution_id, s.id, s.moment, $4,
         jsonb_build_object('delivery', s.id, 'distribution', s.distribution_id,
           'at', to_char(s.moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'state', $4::text, 'reason', $5::text)::text
    from settled s`;

function refuseResend(row: Row): void {
  if (row.suppressed)
    throw new Problem({
      code: 'delivery.resend.suppressed',
      status: 409,
      field: 'delivery',
      message: 'This recipient is suppressed since, so nothing may be sent again.',
      remedy: 'Settle it as accepted if the relay’s log says so, or leave it held.',
    });
  if (!row.mayLeave)
    throw new Problem({
      code: 'delivery.resend.closed',
      status: 409,
      field: 'delivery',
      message: `${row.release} was cancelled, withdrawn or changed since, so nothing of it may leave any more.`,
      remedy: 'Settle it as accepted if the relay’s log says so, or leave it held.',
    });
}

function notUnknown(id: DeliveryId, state: string | undefined): Problem {
  return new Problem({
    code: 'delivery.settle.state',
    status: 409,
    field: 'delivery',
    message: state ? `Delivery ${id} is ${state}, so there is nothing to settle.` : `There is no delivery ${id} here.`,
    remedy: 'Look at "dateline unknown list" again.',
  });
}

function noReason(): Problem {
  return new Problem({
    code: 'delivery.settle.reason',
    field: 'reason',
    message: 'Settling an unknown message needs a reason.',
    remedy: 'Say how you know, for example "the relay’s log shows 250 at 09:00:03".',
  });
}
