import type { Database, DistributionId, OrganisationId, ReleaseId } from '#libs/kernel';
import type { StateCounts } from './ledger.store.js';

/** A distribution as people watch it; every number is read from the ledger's own rows. */
export interface Progress {
  readonly distribution: DistributionId;
  readonly state: string;
  readonly epoch: number;
  readonly liftsAt: Date;
  readonly liftedAt: Date | null;
  readonly planned: number;
  readonly counts: StateCounts;
  readonly firstAccepted: Date | null;
  readonly lastAccepted: Date | null;
  /** Milliseconds after T: median, 95th and 99th percentile of acceptances. */
  readonly delays: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
  readonly secondsToT: number;
}

export interface WaitingDelivery {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly reply: string | null;
  readonly attempts: number;
  readonly nextAt: Date | null;
}

/** Screens over the ledger. */
export class DeliveryViews {
  constructor(private readonly db: Database) {}

  /** The latest distribution of a release, or undefined before it was planned. */
  async progress(organisation: OrganisationId, release: ReleaseId): Promise<Progress | undefined> {
    const row = await this.db.first<
      Omit<Progress, 'counts' | 'delays'> & { p50: number | null; p95: number | null; p99: number | null }
    >(
      `select n.id as distribution, n.state, n.epoch, n.lifts_at as "liftsAt", l.lifted_at as "liftedAt", n.planned,
              a.first as "firstAccepted", a.last as "lastAccepted", a.delays[1] as p50, a.delays[2] as p95, a.delays[3] as p99,
              extract(epoch from n.lifts_at - clock_timestamp())::float8 as "secondsToT"
         from distribution n
         left join lift l on l.organisation_id = n.organisation_id and l.release_id = n.release_id and l.epoch = n.epoch
         left join lateral (
           select min(d.accepted_at) as first, max(d.accepted_at) as last,
                  percentile_cont(array[0.5, 0.95, 0.99]) within group (order by extract(epoch from d.accepted_at - n.lifts_at) * 1000) as delays
             from delivery d
            where d.organisation_id = n.organisation_id and d.distribution_id = n.id and d.state = 'accepted') a on true
        where n.organisation_id = $1 and n.release_id = $2
        order by n.epoch desc limit 1`,
      [organisation, release],
    );
    if (!row) return undefined;
    const { p50, p95, p99, ...rest } = row;
    const counts = await this.db.rows<{ state: keyof StateCounts; n: number }>(
      `select state, count(*)::int as n from delivery where organisation_id = $1 and distribution_id = $2 group by state`,
      [organisation, row.distribution],
    );
    return { ...rest, counts: Object.fromEntries(counts.map((one) => [one.state, one.n])), delays: { p50, p95, p99 } };
  }

  /** Rows that met trouble: refused, deferred, unknown or held. Those that merely wait for their turn are in the counts. */
  async waiting(organisation: OrganisationId, distribution: DistributionId, limit: number): Promise<WaitingDelivery[]> {
    return this.db.rows<WaitingDelivery>(
      `select id, state, reason, reply, attempts, next_at as "nextAt"
         from delivery
        where organisation_id = $1 and distribution_id = $2 and state in ('refused', 'deferred', 'unknown', 'held')
        order by position limit $3`,
      [organisation, distribution, limit],
    );
  }

  /** Ledger events of dots and acceptances that are told to be before T; must be empty for ever. */
  async early(organisation: OrganisationId, release: ReleaseId): Promise<number> {
    const row = await this.db.first<{ n: number }>(
      `select count(*)::int as n
         from delivery_event e
         join distribution n on n.organisation_id = e.organisation_id and n.id = e.distribution_id
         left join delivery d on d.organisation_id = e.organisation_id and d.distribution_id = e.distribution_id and d.id = e.delivery_id
        where e.organisation_id = $1 and n.release_id = $2 and e.state in ('dot_pending', 'accepted')
          and (e.at < n.lifts_at or d.accepted_at < n.lifts_at)`,
      [organisation, release],
    );
    return row?.n ?? 0;
  }
}
