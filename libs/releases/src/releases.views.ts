import type { Database, OrganisationId } from '#libs/kernel';
import type { ReleaseState } from './release.states.js';

export interface ReleaseLine {
  readonly number: string;
  readonly title: string;
  readonly state: ReleaseState;
  readonly languages: readonly string[];
  readonly version: number;
  readonly recipients: number | null;
  readonly updatedAt: Date;
}

/** Screens over releases. */
export class ReleaseViews {
  constructor(private readonly db: Database) {}

  /** The newest first. */
  async list(organisation: OrganisationId, limit = 50): Promise<ReleaseLine[]> {
    return this.db.rows<ReleaseLine>(
      `select number, title, state, languages, version_seq as version, audience_count as recipients, updated_at as "updatedAt"
         from release where organisation_id = $1 order by created_at desc limit $2`,
      [organisation, limit],
    );
  }
}
