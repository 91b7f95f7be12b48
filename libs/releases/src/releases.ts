import { requireRole } from '#libs/accounts';
import type { AuditLog } from '#libs/audit';
import { inlineText, type PressDocument } from '#libs/documents';
import { newId, Problem, type Actor, type Language, type OrganisationId, type ReleaseId, type Tx } from '#libs/kernel';
import { canonicalJson, sha256 } from './canonical.js';
import type { ReleaseAudit } from './releases.audit.js';
import type { FrozenMember, Release, ReleaseStore, UnknownPolicy } from './release.store.js';
import { BOUND_STATES, mayMove, type ReleaseState } from './release.states.js';

/** Everything one version holds; its canonical JSON is what the SHA-256 names. */
export interface VersionContent {
  readonly editions: readonly PressDocument[];
  /** SHA-256 (hex) of each asset's bytes, by asset id. */
  readonly assets: Readonly<Record<string, string>>;
}

/** Writing, reviewing and approving releases. Knows nothing of time: T is told to it and compared, never judged here. */
export class Releases {
  constructor(
    private readonly store: ReleaseStore,
    private readonly audit: AuditLog,
  ) {}

  async create(tx: Tx, by: Actor, content: VersionContent, unknownPolicy: UnknownPolicy = 'hold'): Promise<Release> {
    requireRole(by, 'author', 'Writing a release');
    const version = nameVersion(content);
    const id = newId<ReleaseId>();
    await this.store.insert(tx, {
      organisation: by.organisation,
      id,
      number: await this.store.nextNumber(tx, by.organisation),
      versionSha256: version.sha256,
      title: titleOf(content),
      languages: languagesOf(content),
      author: by.officer,
      unknownPolicy,
    });
    await this.store.insertVersion(tx, by.organisation, id, { seq: 1, ...version, by: by.officer });
    await this.say(tx, by, id, { type: 'release.created', version: version.sha256.toString('hex') });
    return this.get(tx, by.organisation, id);
  }

  /** Saves a new version. An approval or a schedule that stood falls, and the release is a draft of a new epoch. */
  async revise(tx: Tx, by: Actor, id: ReleaseId, content: VersionContent): Promise<Release> {
    requireRole(by, 'author', 'Changing a release');
    const release = await this.openForChange(tx, by, id, 'content');
    const version = nameVersion(content);
    if (version.sha256.equals(release.versionSha256)) return release;
    const seq = release.versionSeq + 1;
    await this.store.insertVersion(tx, by.organisation, id, { seq, ...version, by: by.officer });
    await this.store.pointToVersion(tx, release, {
      seq,
      sha256: version.sha256,
      title: titleOf(content),
      languages: languagesOf(content),
      by: by.officer,
    });
    await this.say(tx, by, id, {
      type: 'release.revised',
      version: version.sha256.toString('hex'),
      epoch: release.epoch,
    });
    return this.get(tx, by.organisation, id);
  }

  /** Says who is to get it (`AudienceSelection` of contacts). Voids an approval that stood. */
  async chooseAudience(tx: Tx, by: Actor, id: ReleaseId, selection: unknown): Promise<Release> {
    requireRole(by, 'author', 'Choosing the audience');
    const release = await this.openForChange(tx, by, id, 'audience');
    await this.store.setSelection(tx, release, selection);
    await this.say(tx, by, id, { type: 'release.audience_chosen', epoch: release.epoch });
    return this.get(tx, by.organisation, id);
  }

  /** Voids an approval because T moves; the caller stores the new T. */
  async reopen(tx: Tx, by: Actor, id: ReleaseId): Promise<Release> {
    return this.openForChange(tx, by, id, 'embargo');
  }

  /** draft → in_review with a frozen audience: later changes to lists do not reach this release. */
  async submit(tx: Tx, by: Actor, id: ReleaseId, members: readonly FrozenMember[]): Promise<Release> {
    requireRole(by, 'author', 'Submitting a release');
    const release = await this.lock(tx, by.organisation, id);
    await this.store.freezeAudience(tx, release, members, audienceName(members));
    await this.move(tx, by, release, 'in_review', {
      type: 'release.submitted',
      recipients: members.length,
      epoch: release.epoch,
    });
    return this.get(tx, by.organisation, id);
  }

  /**
   * in_review → approved, by somebody who neither wrote nor last edited it.
   * @param seen what the approver looked at; a release that changed meanwhile is refused
   */
  async approve(
    tx: Tx,
    by: Actor,
    id: ReleaseId,
    seen: { versionSha256: Buffer; audienceSha256: Buffer; liftsAt: Date },
  ): Promise<Release> {
    requireRole(by, 'approver', 'Approving a release');
    const release = await this.lock(tx, by.organisation, id);
    if (by.officer === release.author || by.officer === release.lastEditor) {
      throw new Problem({
        code: 'release.approve.own',
        status: 403,
        field: 'approver',
        message: `${by.name} wrote or last edited ${release.number} and may not approve it.`,
        remedy: 'Ask another officer with the role "approver".',
      });
    }
    if (!release.versionSha256.equals(seen.versionSha256) || !release.audienceSha256?.equals(seen.audienceSha256)) {
      throw movedOn(release, 'Its text or audience changed while you were reading.');
    }
    // two approvers at once: the second hears in our words that it is approved, not the database's about a key
    if (!mayMove(release.state, 'approved')) throw illegal(release, 'approved');
    await this.store.insertApproval(tx, release, by.officer, seen.liftsAt);
    await this.move(tx, by, release, 'approved', {
      type: 'release.approved',
      version: release.versionSha256.toString('hex'),
      audience: release.audienceSha256.toString('hex'),
      liftsAt: seen.liftsAt.toISOString(),
      epoch: release.epoch,
    });
    return this.get(tx, by.organisation, id);
  }

  async requestChanges(tx: Tx, by: Actor, id: ReleaseId, reason: string): Promise<Release> {
    requireRole(by, 'approver', 'Asking for changes');
    const release = await this.lock(tx, by.organisation, id);
    if (release.state !== 'in_review') throw illegal(release, 'draft');
    await this.startEpoch(tx, by, release, `changes requested: ${reason}`);
    return this.get(tx, by.organisation, id);
  }

  /** One step of its life, with the audit line that tells it. The row count is the answer. */
  async move(tx: Tx, by: Actor, release: Release, to: ReleaseState, fact: ReleaseAudit): Promise<void> {
    if (!mayMove(release.state, to)) throw illegal(release, to);
    if ((await this.store.setState(tx, release, to)) === 0)
      throw movedOn(release, 'Another officer or process was quicker.');
    await this.say(tx, by, release.id, fact);
  }

  async get(tx: Pick<Tx, 'first'>, organisation: OrganisationId, id: ReleaseId): Promise<Release> {
    const release = await this.store.get(tx, organisation, id);
    if (!release) throw unknownRelease(id);
    return release;
  }

  async byNumber(tx: Pick<Tx, 'first'>, organisation: OrganisationId, number: string): Promise<Release> {
    const release = await this.store.byNumber(tx, organisation, number.trim().toUpperCase());
    if (!release) throw unknownRelease(number);
    return release;
  }

  /** Holds other writers of this release off until the transaction ends. */
  async lock(tx: Tx, organisation: OrganisationId, id: ReleaseId): Promise<Release> {
    const release = await this.store.lock(tx, organisation, id);
    if (!release) throw unknownRelease(id);
    return release;
  }

  async content(tx: Pick<Tx, 'first'>, release: Release): Promise<VersionContent> {
    const content = await this.store.content(tx, release.organisation, release.id, release.versionSha256);
    if (content === undefined) throw new Error('a release points to a version that does not exist');
    return JSON.parse(content) as VersionContent;
  }

  private async openForChange(tx: Tx, by: Actor, id: ReleaseId, what: string): Promise<Release> {
    const release = await this.lock(tx, by.organisation, id);
    if (release.state === 'draft') return release;
    if (!(BOUND_STATES as readonly ReleaseState[]).includes(release.state)) {
      throw new Problem({
        code: 'release.change.late',
        status: 409,
        field: what,
        message: `${release.number} is ${release.state}; its ${what} can no longer change.`,
        remedy: 'Issue a correction or a withdrawal instead.',
      });
    }
    await this.startEpoch(tx, by, release, `${what} changed`);
    return this.lock(tx, by.organisation, id);
  }

  private async startEpoch(tx: Tx, by: Actor, release: Release, reason: string): Promise<void> {
    if ((await this.store.startEpoch(tx, release)) === 0) throw movedOn(release, 'Another officer was quicker.');
    await this.say(tx, by, release.id, {
      type: 'release.reopened',
      from: release.state,
      epoch: release.epoch + 1,
      reason,
    });
  }

  private async say(tx: Tx, by: Actor, id: ReleaseId, fact: ReleaseAudit): Promise<void> {
    const { type, ...facts } = fact;
    await this.audit.record(tx, by, { type, subject: `release:${id}`, facts });
  }
}

/** The name of an audience: order does not matter, a changed address or language does. */
export function audienceName(members: readonly FrozenMember[]): Buffer {
  const lines = members.map((m) => `${m.journalist} ${m.addressKey.toString('hex')} ${m.language}`);
  return sha256(lines.sort().join('\n'));
}

function nameVersion(content: VersionContent): { content: string; sha256: Buffer } {
  const text = canonicalJson(content);
  return { content: text, sha256: sha256(text) };
}

function languagesOf(content: VersionContent): Language[] {
  return content.editions.map((edition) => edition.attrs.language);
}

function titleOf(content: VersionContent): string {
  const headline = content.editions[0]?.content.find((node) => node.type === 'headline');
  return headline ? inlineText(headline.content).slice(0, 300) : '';
}

function illegal(release: Release, to: ReleaseState): Problem {
  return new Problem({
    code: 'release.move.illegal',
    status: 409,
    field: 'state',
    message: `${release.number} is ${release.state} and cannot become ${to} from there.`,
    remedy: REMEDIES[to] ?? 'Look at its state first.',
  });
}

const REMEDIES: Partial<Record<ReleaseState, string>> = {
  in_review: 'Only a draft is submitted.',
  approved: 'Submit it first, then let somebody else approve it.',
  scheduled: 'Have it approved first; a change after approval needs a new approval.',
};

function movedOn(release: Release, why: string): Problem {
  return new Problem({
    code: 'release.moved_on',
    status: 409,
    field: 'release',
    message: `${release.number} is no longer as you saw it. ${why}`,
    remedy: 'Look at it again and repeat the act if it still applies.',
  });
}

function unknownRelease(which: string): Problem {
  return new Problem({
    code: 'release.unknown',
    status: 404,
    field: 'release',
    message: `There is no release "${which}" here.`,
    remedy: 'List them with "dateline releases".',
  });
}
