import type { Database, ReleaseId } from '#libs/kernel';
import type { ReleaseState } from '#libs/releases';

/** A release whose T lies near, or has passed without its leaving; as it stands in the database now. */
export interface UpcomingRow {
  readonly organisation: string;
  readonly release: ReleaseId;
  readonly number: string;
  readonly state: ReleaseState;
  readonly liftsAt: Date;
  /** Until T by the database's clock; negative once it has passed. */
  readonly msToT: number;
  readonly wall: string;
  readonly zone: string;
  readonly offset: string;
  readonly tzdb: string;
  /** Whether the approval is one of exactly this text, audience and T. */
  readonly approvalBinds: boolean;
  readonly lifted: boolean;
  /** Reasons of the stop buttons that hold it. */
  readonly stops: readonly string[];
  readonly audience: number | null;
  /** Of its distribution; null before one is planned. */
  readonly distribution: string | null;
  readonly planned: number | null;
  /** Rows that are composed and signed, or ended already. */
  readonly prepared: number | null;
  readonly accepted: number;
}

/** Recipients a second of the last distribution that was large enough to tell; null when there was none. */
export interface PastRate {
  readonly perSecond: number;
  readonly release: string;
}

/** What leaves next, across all organisations. */
export class UpcomingViews {
  constructor(private readonly db: Database) {}

  /** Everything on its way or meant to be, whose T lies at most so far ahead, the nearest first. Index release_on_its_way. */
  async within(seconds: number): Promise<UpcomingRow[]> {
    return this.db.rows<UpcomingRow>(
      `select o.slug as organisation, r.id as release, r.number, r.state, e.lifts_at as "liftsAt",
              (extract(epoch from e.lifts_at - clock_timestamp()) * 1000)::float8 as "msToT",
              e.wall, e.zone, e.utc_offset as "offset", e.tzdb, r.audience_count as audience,
              exists (select from approval a
                       where a.organisation_id = r.organisation_id and a.release_id = r.id and a.epoch = r.epoch
                         and a.version_sha256 = r.version_sha256 and a.audience_sha256 = r.audience_sha256
                         and a.lifts_at = e.lifts_at) as "approvalBinds",
              exists (select from lift l
                       where l.organisation_id = r.organisation_id and l.release_id = r.id and l.epoch = r.epoch) as lifted,
              array(select s.reason from stop_button s
                     where s.raised_at is null
                       and (s.organisation_id is null
                            or (s.organisation_id = r.organisation_id and (s.release_id is null or s.release_id = r.id)))) as stops,
              n.state as distribution, n.planned,
              (select count(*)::int from delivery d
                where d.organisation_id = n.organisation_id and d.distribution_id = n.id and d.state <> 'planned') as prepared,
              (select count(*)::int from delivery d
                where d.organisation_id = n.organisation_id and d.distribution_id = n.id and d.state = 'accepted') as accepted
         from release r
         join organisation o on o.id = r.organisation_id
         join embargo e on e.organisation_id = r.organisation_id and e.release_id = r.id
         left join distribution n on n.organisation_id = r.organisation_id and n.release_id = r.id and n.epoch = r.epoch
                                 and n.kind = 'release'
        where r.state in ('draft', 'in_review', 'approved', 'scheduled', 'preparing', 'prepared', 'releasing')
          and e.lifts_at <= clock_timestamp() + make_interval(secs => $1)
        order by e.lifts_at, r.number`,
      [seconds],
    );
  }

  /** Every T that is scheduled, however far ahead, for checking them against new zone data. */
  async scheduled(): Promise<
    Pick<UpcomingRow, 'organisation' | 'number' | 'liftsAt' | 'wall' | 'zone' | 'offset' | 'tzdb'>[]
  > {
    return this.db.rows(
      `select o.slug as organisation, r.number, e.lifts_at as "liftsAt", e.wall, e.zone, e.utc_offset as "offset", e.tzdb
         from release r
         join organisation o on o.id = r.organisation_id
         join embargo e on e.organisation_id = r.organisation_id and e.release_id = r.id
        where r.state in ('in_review', 'approved', 'scheduled', 'preparing', 'prepared')
        order by e.lifts_at`,
    );
  }

  /** By the time after T in which 95 % were accepted: the tail of deferred ones says nothing about the sending. */
  async pastRate(): Promise<PastRate | undefined> {
    return this.db.first<PastRate>(
      `select r.number as release, (0.95 * a.n / greatest(a.p95, 0.001))::float8 as "perSecond"
         from (select * from distribution where state = 'finished' and planned >= 20 order by finished_at desc limit 1) n
         join release r on r.organisation_id = n.organisation_id and r.id = n.release_id
        cross join lateral (
          select count(*)::int as n, percentile_cont(0.95) within group (order by extract(epoch from d.accepted_at - n.lifts_at)) as p95
            from delivery d
           where d.organisation_id = n.organisation_id and d.distribution_id = n.id and d.accepted_at is not null) a
        where a.n > 0`,
    );
  }
}
