import type { KeyObject } from 'node:crypto';
import type { Alarms, Clock, Database, Language, Links, Log, Outcome, WakeUpData } from '#libs/kernel';
import type { Releases } from '#libs/releases';
import { fillSlot, greetingFor, type Slot } from '#libs/rendering';
import type { DkimIdentity } from './dkim.js';
import { DistributionStore, type PlannedDelivery } from './distribution.store.js';
import { FrozenRows } from './frozen.rows.js';
import type { DistributionRow } from './ledger.store.js';
import { domainOf, type Letters } from './letters.js';
import { buildSkeleton, packSkeleton, type Skeleton } from './mime.js';
import { messageSha256, packPieces, piecesOf, stitch } from './pieces.js';
import { placeOf, type Sealing } from './sealed.js';
import { openSkeletons } from './sending.js';

export interface PrepareTools {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly alarms: Alarms;
  readonly links: Links;
  readonly newsroomUrl: string;
  readonly dkim: { readonly key: KeyObject; readonly selector: string };
  readonly sealing: Sealing;
}

/** Copies made in one go: hashing holds the event loop, and another release may be leaving from this worker. */
const AT_ONCE = 32;
/** UEMO section 9 asks that the way out works for 30 days; a year costs nothing. */
const LINK_LIFE_SECONDS = 365 * 86_400;

/**
 * Answers the wake-up `prepare`: everything that can be done before T is done here, and everything that can fail fails
 * here, while people can still act. Resumable: each shard is committed by itself and what is left is found again.
 */
export class Prepare {
  private readonly distributions = new DistributionStore();

  constructor(
    private readonly tools: PrepareTools,
    private readonly releases: Releases,
    private readonly letters: Letters,
  ) {}

  async run(data: WakeUpData['prepare'], signal: AbortSignal): Promise<Outcome> {
    const { db, clock } = this.tools;
    const distribution = await this.distributions.byId(db, data.distribution);
    if (!distribution || distribution.epoch !== data.epoch)
      return { word: 'drop', reason: 'unknown distribution or old epoch' };
    if (distribution.state !== 'preparing') return { word: 'drop', reason: distribution.state };
    try {
      const skeletons = await this.skeletons(distribution);
      for (let shard = 0; shard < distribution.shards && !signal.aborted; shard++) {
        await this.shard(distribution, shard, skeletons);
        await clock.sleep(0);
      }
    } catch (error) {
      await this.tools.alarms.raise(
        db,
        'prepare.failed',
        `release:${distribution.release}`,
        'A scheduled release cannot be prepared; see the log of the worker.',
      );
      throw error;
    }
    if (signal.aborted) return { word: 'snooze', until: clock.now() };
    await this.finish(distribution);
    return { word: 'done' };
  }

  /** Compiled once per language and stored: a second worker, or this one after a crash, works with the same bytes. */
  private async skeletons(distribution: DistributionRow): Promise<Map<Language, Skeleton<Slot>>> {
    const { db } = this.tools;
    await db.transaction(async (tx) => {
      const stored = await this.distributions.skeletons(tx, distribution);
      const release = await this.releases.get(tx, distribution.organisation, distribution.release);
      const embargo = await tx.first<{ zone: string }>(
        `select zone from embargo where organisation_id = $1 and release_id = $2`,
        [distribution.organisation, distribution.release],
      );
      const wanted = await tx.rows<{ language: Language }>(
        `select distinct language from delivery where organisation_id = $1 and distribution_id = $2 and state = 'planned'`,
        [distribution.organisation, distribution.id],
      );
      for (const { language } of wanted) {
        if (stored.has(language)) continue;
        const instant = { utcMs: distribution.liftsAt.getTime(), zone: embargo?.zone ?? 'UTC' };
        const { letter } = await this.letters.compose(tx, release, language, 'at_t', instant);
        const place = placeOf(distribution.organisation, distribution.id, language);
        const sealed = this.tools.sealing.seal(packSkeleton(buildSkeleton(letter)), place);
        await this.distributions.saveSkeleton(tx, distribution, language, sealed);
      }
    });
    const stored = await this.distributions.skeletons(db, distribution);
    return openSkeletons<Slot>(this.tools.sealing, distribution, stored);
  }

  private async shard(
    distribution: DistributionRow,
    shard: number,
    skeletons: ReadonlyMap<Language, Skeleton<Slot>>,
  ): Promise<void> {
    await this.tools.db.transaction(async (tx) => {
      const planned = await this.distributions.unprepared(tx, distribution, shard);
      if (planned.length === 0) return;
      for (let at = 0; at < planned.length; at += AT_ONCE) {
        const some = planned.slice(at, at + AT_ONCE);
        const messages = await Promise.all(some.map((delivery) => this.message(delivery, distribution, skeletons)));
        await this.distributions.saveMessages(tx, distribution, messages);
      }
    });
  }

  private async message(
    delivery: PlannedDelivery,
    distribution: DistributionRow,
    skeletons: ReadonlyMap<Language, Skeleton<Slot>>,
  ) {
    const skeleton = skeletons.get(delivery.language);
    if (!skeleton) throw new Error(`no skeleton in ${delivery.language}`);
    const { links, newsroomUrl, dkim } = this.tools;
    const expires = Math.floor(distribution.liftsAt.getTime() / 1000) + LINK_LIFE_SECONDS;
    const unsubscribe = `${newsroomUrl}/u/${links.make({ purpose: 'unsubscribe', id: delivery.id, expires })}`;
    const preferences = `${newsroomUrl}/p/${links.make({ purpose: 'preferences', id: delivery.id, expires })}`;
    const from = skeleton.fields.from.address;
    const identity: DkimIdentity = { domain: domainOf(from), selector: dkim.selector, key: dkim.key };
    const pieces = await piecesOf(
      skeleton,
      {
        deliveryId: delivery.id,
        to: { name: delivery.name, address: delivery.address },
        unsubscribe: { link: unsubscribe, address: from },
        values: {
          greeting: greetingFor(delivery.language, delivery.name),
          address: delivery.address,
          unsubscribe,
          preferences,
        },
      },
      fillSlot,
      identity,
    );
    const place = placeOf(distribution.organisation, distribution.id, delivery.id);
    return {
      id: delivery.id,
      pieces: this.tools.sealing.seal(packPieces(pieces), place),
      sha256: messageSha256(stitch(skeleton, pieces)),
    };
  }

  private async finish(distribution: DistributionRow): Promise<void> {
    const { db, alarms } = this.tools;
    await db.transaction(async (tx) => {
      const release = await this.releases.lock(tx, distribution.organisation, distribution.release);
      // moved or edited meanwhile: a later distribution speaks for it now
      if (release.state !== 'preparing' || release.epoch !== distribution.epoch) return;
      // rows that another worker holds are skipped by `unprepared`: it is for that worker to finish
      const left = await tx.first<{ n: number }>(
        `select count(*)::int as n from delivery where organisation_id = $1 and distribution_id = $2 and state = 'planned'`,
        [distribution.organisation, distribution.id],
      );
      if (left?.n !== 0 || !(await this.distributions.move(tx, distribution, ['preparing'], 'prepared'))) return;
      const by = { kind: 'process', organisation: distribution.organisation, name: 'prepare' } as const;
      await this.releases.move(tx, by, release, 'prepared', {
        type: 'release.prepared',
        epoch: distribution.epoch,
        distribution: distribution.id,
        frozen: await new FrozenRows(tx, distribution.organisation).root(distribution.id),
      });
    });
    await alarms.clear(db, 'prepare.failed', `release:${distribution.release}`);
    await db.rows(`select delivery_analyze()`);
  }
}
