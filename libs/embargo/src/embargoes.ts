import { requireRole } from '#libs/accounts';
import type { AuditLog } from '#libs/audit';
import { Problem, type Actor, type OrganisationId, type ReleaseId, type Tx } from '#libs/kernel';
import type { Releases } from '#libs/releases';
import type { EmbargoInstant } from './instant.js';

export interface Embargo {
  readonly liftsAt: Date;
  readonly wall: string;
  readonly zone: string;
  readonly offset: string;
  readonly tzdb: string;
}

/** T of a release: set, moved, put on the calendar. */
export class Embargoes {
  constructor(
    private readonly releases: Releases,
    private readonly audit: AuditLog,
  ) {}

  /** Sets or moves T. An approval that stood falls; refused once lifted. T must lie ahead of the database's clock. */
  async set(tx: Tx, by: Actor, id: ReleaseId, instant: EmbargoInstant): Promise<void> {
    if (by.kind === 'officer' && !by.roles.includes('author')) requireRole(by, 'releaser', 'Setting the embargo');
    const release = await this.releases.lock(tx, by.organisation, id);
    const before = await this.of(tx, by.organisation, id);
    if (before?.liftsAt.getTime() === instant.utcMs) return;
    await this.refusePast(tx, instant);
    if (release.state !== 'draft') await this.releases.reopen(tx, by, id);
    await tx.run(
      `insert into embargo (organisation_id, release_id, lifts_at, wall, zone, utc_offset, tzdb, set_by)
       values ($1, $2, to_timestamp($3::numeric / 1000), $4, $5, $6, $7, $8)
       on conflict (organisation_id, release_id) do update
          set lifts_at = excluded.lifts_at, wall = excluded.wall, zone = excluded.zone, utc_offset = excluded.utc_offset,
              tzdb = excluded.tzdb, set_by = excluded.set_by, set_at = clock_timestamp()`,
      [
        by.organisation,
        id,
        instant.utcMs,
        instant.wall,
        instant.zone,
        instant.offset,
        instant.tzdb,
        by.kind === 'officer' ? by.officer : null,
      ],
    );
    await this.audit.record(tx, by, {
      type: before ? 'embargo.moved' : 'embargo.set',
      subject: `release:${id}`,
      facts: {
        from: before?.liftsAt.toISOString() ?? null,
        to: new Date(instant.utcMs).toISOString(),
        zone: instant.zone,
        wall: instant.wall,
      },
    });
  }

  /** approved → scheduled: from here on T fires by itself. Refused when T has passed or is not the T that was approved. */
  async schedule(tx: Tx, by: Actor, id: ReleaseId): Promise<void> {
    requireRole(by, 'releaser', 'Scheduling a release');
    const release = await this.releases.lock(tx, by.organisation, id);
    const embargo = await this.of(tx, by.organisation, id);
    if (!embargo) throw noEmbargo(release.number);
    await this.refusePast(tx, { utcMs: embargo.liftsAt.getTime() });
    await this.releases.move(tx, by, release, 'scheduled', {
      type: 'release.scheduled',
      liftsAt: embargo.liftsAt.toISOString(),
      epoch: release.epoch,
    });
    const bound = await tx.first(
      `select from approval where organisation_id = $1 and release_id = $2 and epoch = $3 and lifts_at = $4
          and version_sha256 = $5 and audience_sha256 = $6`,
      [by.organisation, id, release.epoch, embargo.liftsAt, release.versionSha256, release.audienceSha256],
    );
    if (!bound) {
      throw new Problem({
        code: 'embargo.schedule.unapproved',
        status: 409,
        field: 'approval',
        message: `${release.number} has no approval for this text, audience and time.`,
        remedy: 'Have exactly this approved by another officer, then schedule it.',
      });
    }
  }

  async of(tx: Pick<Tx, 'first'>, organisation: OrganisationId, id: ReleaseId): Promise<Embargo | undefined> {
    return tx.first<Embargo>(
      `select lifts_at as "liftsAt", wall, zone, utc_offset as "offset", tzdb
         from embargo where organisation_id = $1 and release_id = $2`,
      [organisation, id],
    );
  }

  private async refusePast(tx: Tx, instant: { utcMs: number }): Promise<void> {
    const row = await tx.first<{ past: boolean }>(
      `select to_timestamp($1::numeric / 1000) <= clock_timestamp() as past`,
      [instant.utcMs],
    );
    if (!row?.past) return;
    throw new Problem({
      code: 'embargo.past',
      field: 'embargo',
      message: `${new Date(instant.utcMs).toISOString()} has passed by the database's clock.`,
      remedy: 'Give an instant that lies ahead.',
    });
  }
}

export function noEmbargo(number: string): Problem {
  return new Problem({
    code: 'embargo.missing',
    field: 'embargo',
    message: `${number} has no embargo instant.`,
    remedy: 'Set one with date, time and zone; for an immediate release set it a minute ahead.',
  });
}
