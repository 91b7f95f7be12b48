import type { Language, OfficerId, OrganisationId, ReleaseId, Tx } from '#libs/kernel';
import type { ReleaseState } from './release.states.js';

export type UnknownPolicy = 'hold' | 'resend';

/** A release as its row tells it. */
export interface Release {
  readonly organisation: OrganisationId;
  readonly id: ReleaseId;
  /** What people say: REL-2026-0001. */
  readonly number: string;
  readonly state: ReleaseState;
  /** Counts up with every change that voids an approval; whatever carries an older one is dead. */
  readonly epoch: number;
  readonly versionSeq: number;
  readonly versionSha256: Buffer;
  readonly title: string;
  readonly languages: readonly Language[];
  readonly author: OfficerId;
  readonly lastEditor: OfficerId;
  readonly audienceSelection: unknown;
  readonly audienceSha256: Buffer | null;
  readonly audienceCount: number | null;
  readonly unknownPolicy: UnknownPolicy;
}

/** One journalist of a frozen audience. */
export interface FrozenMember {
  readonly journalist: string;
  readonly canonicalAddress: string;
  readonly addressKey: Buffer;
  readonly language: Language;
  readonly name: string;
}

const SELECT = `
  select organisation_id as organisation, id, number, state, epoch, version_seq as "versionSeq", version_sha256 as "versionSha256",
         title, languages, author_id as author, last_editor_id as "lastEditor", audience_selection as "audienceSelection",
         audience_sha256 as "audienceSha256", audience_count as "audienceCount", unknown_policy as "unknownPolicy"
    from release`;

/** One table, commands only: `release` with its versions, frozen audience and approvals. */
export class ReleaseStore {
  async get(tx: Pick<Tx, 'first'>, organisation: OrganisationId, id: ReleaseId): Promise<Release | undefined> {
    return tx.first<Release>(`${SELECT} where organisation_id = $1 and id = $2`, [organisation, id]);
  }

  /** The same, keeping other writers of this release out until the transaction ends. */
  async lock(tx: Tx, organisation: OrganisationId, id: ReleaseId): Promise<Release | undefined> {
    return tx.first<Release>(`${SELECT} where organisation_id = $1 and id = $2 for update`, [organisation, id]);
  }

  async byNumber(tx: Pick<Tx, 'first'>, organisation: OrganisationId, number: string): Promise<Release | undefined> {
    return tx.first<Release>(`${SELECT} where organisation_id = $1 and number = $2`, [organisation, number]);
  }

  /** The next number of this organisation in this year of its own zone, for example REL-2026-0007. */
  async nextNumber(tx: Tx, organisation: OrganisationId): Promise<string> {
    await tx.rows(`select pg_advisory_xact_lock(hashtextextended('release-number:' || $1, 0))`, [organisation]);
    const row = await tx.first<{ number: string }>(
      `select 'REL-' || y.year || '-' || lpad((1 + coalesce(max(substring(r.number from 10)::int), 0))::text, 4, '0') as number
         from (select to_char(now() at time zone o.zone, 'YYYY') as year from organisation o where o.id = $1) y
         left join release r on r.organisation_id = $1 and r.number like 'REL-' || y.year || '-%'
        group by y.year`,
      [organisation],
    );
    if (!row) throw new Error('the organisation of a release does not exist');
    return row.number;
  }

  async insert(
    tx: Tx,
    release: Pick<
      Release,
      'organisation' | 'id' | 'number' | 'versionSha256' | 'title' | 'languages' | 'author' | 'unknownPolicy'
    >,
  ) {
    await tx.run(
      `insert into release (organisation_id, id, number, state, version_sha256, title, languages, author_id, last_editor_id, unknown_policy)
       values ($1, $2, $3, 'draft', $4, $5, $6, $7, $7, $8)`,
      [
        release.organisation,
        release.id,
        release.number,
        release.versionSha256,
        release.title,
        release.languages,
        release.author,
        release.unknownPolicy,
      ],
    );
  }

  async insertVersion(
    tx: Tx,
    organisation: OrganisationId,
    id: ReleaseId,
    version: { seq: number; sha256: Buffer; content: string; by: OfficerId },
  ) {
    await tx.run(
      `insert into release_version (organisation_id, release_id, seq, sha256, content, created_by) values ($1, $2, $3, $4, $5, $6)`,
      [organisation, id, version.seq, version.sha256, version.content, version.by],
    );
  }

  /** The content of the version with this name, exactly as hashed. */
  async content(
    tx: Pick<Tx, 'first'>,
    organisation: OrganisationId,
    id: ReleaseId,
    sha256: Buffer,
  ): Promise<string | undefined> {
    const row = await tx.first<{ content: string }>(
      `select content from release_version where organisation_id = $1 and release_id = $2 and sha256 = $3 order by seq desc limit 1`,
      [organisation, id, sha256],
    );
    return row?.content;
  }

  async pointToVersion(
    tx: Tx,
    release: Release,
    version: { seq: number; sha256: Buffer; title: string; languages: readonly Language[]; by: OfficerId },
  ) {
    await tx.run(
      `update release
          set version_seq = $3, version_sha256 = $4, title = $5, languages = $6, last_editor_id = $7, updated_at = clock_timestamp()
        where organisation_id = $1 and id = $2`,
      [release.organisation, release.id, version.seq, version.sha256, version.title, version.languages, version.by],
    );
  }

  async setSelection(tx: Tx, release: Release, selection: unknown): Promise<void> {
    await tx.run(
      `update release set audience_selection = $3::jsonb, audience_sha256 = null, audience_count = null, updated_at = clock_timestamp()
        where organisation_id = $1 and id = $2`,
      [release.organisation, release.id, JSON.stringify(selection)],
    );
  }

  /** Replaces the frozen audience of this epoch. */
  async freezeAudience(tx: Tx, release: Release, members: readonly FrozenMember[], sha256: Buffer): Promise<void> {
    const key = [release.organisation, release.id, release.epoch];
    await tx.run(`delete from audience_member where organisation_id = $1 and release_id = $2 and epoch = $3`, key);
    await tx.run(
      `insert into audience_member (organisation_id, release_id, epoch, journalist_id, canonical_address, address_key, language, name)
       select $1, $2, $3, m.* from unnest($4::uuid[], $5::text[], $6::bytea[], $7::text[], $8::text[]) m`,
      [
        ...key,
        members.map((m) => m.journalist),
        members.map((m) => m.canonicalAddress),
        members.map((m) => m.addressKey),
        members.map((m) => m.language),
        members.map((m) => m.name),
      ],
    );
    await tx.run(
      `update release set audience_sha256 = $3, audience_count = $4 where organisation_id = $1 and id = $2`,
      [release.organisation, release.id, sha256, members.length],
    );
  }

  async insertApproval(tx: Tx, release: Release, approver: OfficerId, liftsAt: Date): Promise<void> {
    await tx.run(
      `insert into approval (organisation_id, release_id, epoch, version_sha256, audience_sha256, lifts_at, approver_id)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        release.organisation,
        release.id,
        release.epoch,
        release.versionSha256,
        release.audienceSha256,
        liftsAt,
        approver,
      ],
    );
  }

  /** Compare-and-set on state and epoch; 0 says that somebody else was quicker. */
  async setState(tx: Tx, release: Release, to: ReleaseState): Promise<number> {
    return tx.run(
      `update release set state = $5, updated_at = clock_timestamp()
        where organisation_id = $1 and id = $2 and state = $3 and epoch = $4`,
      [release.organisation, release.id, release.state, release.epoch, to],
    );
  }

  async startEpoch(tx: Tx, release: Release): Promise<number> {
    return tx.run(
      `update release set state = 'draft', epoch = epoch + 1, audience_sha256 = null, audience_count = null, updated_at = clock_timestamp()
        where organisation_id = $1 and id = $2 and state = $3 and epoch = $4`,
      [release.organisation, release.id, release.state, release.epoch],
    );
  }
}
