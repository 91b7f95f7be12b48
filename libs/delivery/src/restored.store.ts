import type { AuditLog } from '#libs/audit';
import { liftIfOpen } from '#libs/embargo';
import type { DistributionId, OrganisationId, ReleaseId, Tx } from '#libs/kernel';
import type { Releases } from '#libs/releases';
import { DistributionStore } from './distribution.store.js';

/** A release that this database still means to send although its T has passed: whatever ran before may have sent it. */
export interface MaybeSent {
  readonly organisation: OrganisationId;
  readonly slug: string;
  readonly release: ReleaseId;
  readonly number: string;
  readonly epoch: number;
  readonly liftsAt: Date;
  readonly distribution: DistributionId | null;
  /** Of the distribution; null before one was planned. */
  readonly state: 'preparing' | 'prepared' | 'sending' | null;
  /** Messages without an end; 0 before they were planned. */
  readonly messages: number;
}

export interface Ahead {
  readonly releases: number;
  readonly next: Date | null;
}

export interface HeldBack {
  /** Messages that wait for a person now, or for the relay's log. */
  readonly held: number;
  /** Releases that had no messages yet, and have a stop button pressed instead. */
  readonly stopped: readonly string[];
}

/** What this database still means to send, past its T and before it. */
export interface Survey {
  readonly maybeSent: readonly MaybeSent[];
  /** Scheduled and still to come: it leaves by itself, as this copy knows it. */
  readonly ahead: Ahead;
}

const UNFINISHED = `
  select r.organisation_id as organisation, o.slug, r.id as release, r.number, r.epoch, e.lifts_at as "liftsAt",
         extract(epoch from e.lifts_at - clock_timestamp())::float8 as "secondsToT", n.id as distribution, n.state,
         (select count(*)::int from delivery d
           where d.organisation_id = n.organisation_id and d.distribution_id = n.id
             and d.state in ('planned', 'ready', 'deferred', 'dot_pending', 'unknown')) as messages
    from release r
    join organisation o on o.id = r.organisation_id
    join embargo e on e.organisation_id = r.organisation_id and e.release_id = r.id
    left join distribution n on n.organisation_id = r.organisation_id and n.release_id = r.id and n.epoch = r.epoch
                            and n.state in ('preparing', 'prepared', 'sending')
   where r.state = 'scheduled' or n.id is not null
   order by e.lifts_at, r.number`;

/** What a restored copy would send although it may have been sent already, and how it is kept back. All organisations. */
export class RestoredStore {
  private readonly distributions = new DistributionStore();

  constructor(
    private readonly releases: Releases,
    private readonly audit: AuditLog,
  ) {}

  async survey(tx: Pick<Tx, 'rows'>): Promise<Survey> {
    const rows = await tx.rows<MaybeSent & { readonly secondsToT: number }>(UNFINISHED);
    const maybeSent = rows.filter((one) => one.secondsToT <= 0);
    const ahead = rows.filter((one) => one.secondsToT > 0);
    return { maybeSent, ahead: { releases: ahead.length, next: ahead[0]?.liftsAt ?? null } };
  }

  /**
   * Keeps every one of them from leaving by itself. Messages that were made become `held`, under the ids that the relay's
   * log knows; a release whose messages were not made yet is stopped as a whole, because the ones it would make now have
   * other ids. Call it under the gate's latch, in the transaction that opens the gate.
   */
  async hold(tx: Tx, found: readonly MaybeSent[]): Promise<HeldBack> {
    let held = 0;
    const stopped: string[] = [];
    for (const one of found) {
      if (await this.lifted(tx, one)) held += await this.holdMessages(tx, one);
      else {
        await this.stop(tx, one);
        stopped.push(one.number);
      }
    }
    return { held, stopped };
  }

  /** A message that may have left is one of a release that has lifted; that T has passed is known. */
  private async lifted(tx: Tx, one: MaybeSent): Promise<boolean> {
    if (one.state === 'sending') return true;
    if (one.state !== 'prepared' || one.distribution === null) return false;
    const lift = await liftIfOpen(tx, one.organisation, one.release, one.epoch);
    if (!lift) return false;
    const distribution = await this.distributions.get(tx, one.organisation, one.distribution);
    if (!distribution || !(await this.distributions.move(tx, distribution, ['prepared'], 'sending'))) return false;
    const by = { kind: 'process', organisation: one.organisation, name: 'quarantine' } as const;
    const release = await this.releases.lock(tx, one.organisation, one.release);
    await this.releases.move(tx, by, release, 'releasing', { type: 'release.releasing', epoch: release.epoch });
    await this.audit.record(tx, by, {
      type: 'embargo.lifted',
      subject: `release:${one.release}`,
      facts: {
        liftsAt: one.liftsAt.toISOString(),
        liftedAt: lift.liftedAt.toISOString(),
        distribution: one.distribution,
      },
    });
    return true;
  }

  private async holdMessages(tx: Tx, one: MaybeSent): Promise<number> {
    const held = await tx.run(HOLD, [one.organisation, one.distribution]);
    const by = { kind: 'process', organisation: one.organisation, name: 'quarantine' } as const;
    await this.audit.record(tx, by, {
      type: 'distribution.held',
      subject: `distribution:${one.distribution}`,
      facts: { messages: held, reason: 'held_after_restore' },
    });
    return held;
  }

  private async stop(tx: Tx, one: MaybeSent): Promise<void> {
    const reason = 'Restored copy: this may have been sent after the copy was made. Look before you resume.';
    await tx.run(
      `insert into stop_button (organisation_id, release_id, reason, pressed_by) values ($1, $2, $3, 'process:quarantine')`,
      [one.organisation, one.release, reason],
    );
    const by = { kind: 'process', organisation: one.organisation, name: 'quarantine' } as const;
    await this.audit.record(tx, by, {
      type: 'stop.pressed',
      subject: `release:${one.release}`,
      facts: { reason },
    });
  }
}

/** Rows and events in one statement. The token stays: an answer that comes after all is still welcome. */
const HOLD = `
  with held as (
    update delivery d
       set state = 'held', reason = 'held_after_restore', next_at = null, updated_at = t.moment
      from (select clock_timestamp() as moment) t
     where d.organisation_id = $1 and d.distribution_id = $2 and d.state in ('ready', 'deferred', 'dot_pending', 'unknown')
    returning d.organisation_id, d.distribution_id, d.id, t.moment
  )
  insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
  select h.organisation_id, h.distribution_id, h.id, h.moment, 'held',
         jsonb_build_object('delivery', h.id, 'distribution', h.distribution_id,
           'at', to_char(h.moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'state', 'held',
           'reason', 'held_after_restore')::text
    from held h`;
