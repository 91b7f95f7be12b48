import { requireRole } from '#libs/accounts';
import { DistributionStore, LedgerStore } from '#libs/delivery';
import { noEmbargo, type EmbargoInstant } from '#libs/embargo';
import { Problem, type Actor, type ReleaseId, type Tx } from '#libs/kernel';
import type { Release, VersionContent } from '#libs/releases';
import type { CheckReport } from './checks.js';
import type { DeskTools } from './desk.tools.js';
import { Checks } from './preflight.js';

export interface Cancelled {
  /** Rows whose dot had left, or may have, when the cancel committed: nobody can call these back. */
  readonly alreadyGone: number;
  readonly recalled: number;
}

/** Distributions that a cancel still ends. */
const OPEN = ['preparing', 'prepared', 'sending'] as const;

/** What officers do with a release, across the rooms of the house; the command line and the API both act through this. */
export class Desk {
  private readonly distributions = new DistributionStore();
  private readonly ledger = new LedgerStore();
  private readonly preflight: Checks;

  constructor(private readonly tools: DeskTools) {
    this.preflight = new Checks(tools);
  }

  /** Saves a new release with its pictures. Nothing is sent, nobody is asked. */
  async write(tx: Tx, by: Actor, content: VersionContent, unknownPolicy: 'hold' | 'resend' = 'hold'): Promise<Release> {
    const release = await this.tools.releases.create(tx, by, content, unknownPolicy);
    await this.bindAssets(tx, release, content);
    return release;
  }

  async revise(tx: Tx, by: Actor, id: ReleaseId, content: VersionContent): Promise<Release> {
    const release = await this.tools.releases.revise(tx, by, id, content);
    await this.bindAssets(tx, release, content);
    return release;
  }

  /** Everything that would stop or should worry, at once; changes nothing. */
  async check(tx: Tx, release: Release): Promise<CheckReport> {
    return this.preflight.run(tx, release);
  }

  /** draft → in_review. Throws the first blocking problem, which says how many there are. */
  async submit(tx: Tx, by: Actor, id: ReleaseId): Promise<Release> {
    const release = await this.tools.releases.get(tx, by.organisation, id);
    const report = await this.preflight.run(tx, release);
    const [first] = report.blocks;
    if (first) throw firstOf(first, report.blocks.length);
    await this.packKit(tx, release);
    const audience = await this.preflight.audience(tx, release);
    return this.tools.releases.submit(
      tx,
      by,
      id,
      audience.map(({ journalist, canonicalAddress, addressKey, language, name }) => ({
        journalist,
        canonicalAddress,
        addressKey,
        language,
        name,
      })),
    );
  }

  /** in_review → approved, bound to the text, audience and T as they stand. @param liftsAt T as the approver read it */
  async approve(tx: Tx, by: Actor, id: ReleaseId, liftsAt?: Date): Promise<Release> {
    const release = await this.tools.releases.lock(tx, by.organisation, id);
    const embargo = await this.tools.embargoes.of(tx, by.organisation, id);
    if (!embargo) throw noEmbargo(release.number);
    if (liftsAt && liftsAt.getTime() !== embargo.liftsAt.getTime()) {
      throw new Problem({
        code: 'release.approve.other_time',
        status: 409,
        field: 'time',
        message: `${release.number} lifts at ${embargo.liftsAt.toISOString()}, not at ${liftsAt.toISOString()}.`,
        remedy: 'Look at the time again and approve what stands, or ask for changes.',
      });
    }
    if (!release.audienceSha256) {
      throw new Problem({
        code: 'release.approve.unsubmitted',
        status: 409,
        field: 'release',
        message: `${release.number} has not been submitted for review.`,
        remedy: 'Let its author submit it first.',
      });
    }
    return this.tools.releases.approve(tx, by, id, {
      versionSha256: release.versionSha256,
      audienceSha256: release.audienceSha256,
      liftsAt: embargo.liftsAt,
    });
  }

  async setEmbargo(tx: Tx, by: Actor, id: ReleaseId, instant: EmbargoInstant): Promise<void> {
    await this.tools.embargoes.set(tx, by, id, instant);
  }

  async schedule(tx: Tx, by: Actor, id: ReleaseId): Promise<void> {
    await this.tools.embargoes.schedule(tx, by, id);
  }

  /** Takes back everything whose dot has not left. The numbers are exact: no dot and no answer comes between. */
  async cancel(tx: Tx, by: Actor, id: ReleaseId, reason: string): Promise<Cancelled> {
    requireRole(by, 'releaser', 'Cancelling a release');
    if (!reason.trim()) {
      throw new Problem({
        code: 'release.cancel.reason',
        field: 'reason',
        message: 'A cancellation needs a reason.',
        remedy: 'Say in a few words why.',
      });
    }
    const release = await this.tools.releases.lock(tx, by.organisation, id);
    let recalled = 0;
    let alreadyGone = 0;
    const distribution = await this.distributions.ofRelease(tx, by.organisation, id);
    // first the distribution: whoever decides about rows asks it, and sees that it is cancelled from here on
    if (distribution && (await this.distributions.move(tx, distribution, OPEN, 'cancelled'))) {
      recalled = await this.ledger.recallDistribution(
        tx,
        by.organisation,
        distribution.id,
        'cancelled',
        'release_cancelled',
      );
      const counts = await this.distributions.counts(tx, by.organisation, distribution.id);
      alreadyGone = (counts.dot_pending ?? 0) + (counts.accepted ?? 0) + (counts.unknown ?? 0) + (counts.held ?? 0);
    }
    await this.tools.releases.move(tx, by, release, 'cancelled', {
      type: 'release.cancelled',
      reason: reason.trim(),
      alreadyGone,
    });
    return { alreadyGone, recalled };
  }

  /** Suppresses an address and takes back what waits for it. Returns how many messages were taken back. */
  async suppress(
    tx: Tx,
    by: Actor,
    address: string,
    because: { reason: 'unsubscribed' | 'bounced' | 'complained' | 'erased' | 'by_hand'; note?: string },
  ): Promise<number> {
    requireRole(by, 'author', 'Suppressing an address');
    const { addressKey } = await this.tools.contacts.suppressions.suppress(tx, by.organisation, address, {
      reason: because.reason,
      ...(because.note ? { note: because.note } : {}),
      by: by.officer,
    });
    const taken = await this.ledger.recallAddress(tx, by.organisation, addressKey, because.reason);
    await this.tools.audit.record(tx, by, {
      type: 'contacts.suppressed',
      subject: `recipient:${addressKey.toString('hex').slice(0, 16)}`,
      facts: { reason: because.reason, recalled: taken },
    });
    return taken;
  }

  /** Packed while people can still act: the mail's button names its size, and nothing of it can fail at T. */
  private async packKit(tx: Tx, release: Release): Promise<void> {
    const content = await this.tools.releases.content(tx, release);
    const texts = [];
    for (const { attrs } of content.editions) {
      texts.push({ language: attrs.language, text: await this.tools.letters.storyText(tx, release, attrs.language) });
    }
    await this.tools.kits.pack(tx, release, content, texts);
  }

  private async bindAssets(tx: Tx, release: Release, content: VersionContent): Promise<void> {
    await this.tools.assets.bind(tx, release.organisation, {
      release: release.id,
      versionSha256: release.versionSha256,
      assets: Object.keys(content.assets),
    });
  }
}

function firstOf(first: Problem, count: number): Problem {
  if (count === 1) return first;
  return new Problem({
    code: first.code,
    message: `${first.message} (${count - 1} more: see "dateline release check".)`,
    remedy: first.remedy,
    status: first.status,
    ...(first.field === undefined ? {} : { field: first.field }),
  });
}
