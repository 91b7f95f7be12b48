import { randomBytes } from 'node:crypto';
import type { AuditLog } from '#libs/audit';
import {
  errorFacts,
  type Database,
  type Log,
  type OrganisationId,
  type ReleaseId,
  type WakeUpData,
  type WakeUpHandlers,
  type WakeUpKind,
  type WakeUps,
} from '#libs/kernel';
import type { Releases } from '#libs/releases';
import { DistributionStore } from './distribution.store.js';
import { ARM_MS } from './drain.js';
import type { HeadExport } from './head.export.js';
import { LedgerStore, type DistributionRow } from './ledger.store.js';
import { Sealer } from './sealer.js';

export interface TickerTools {
  readonly db: Database;
  readonly wakeUps: WakeUps;
  readonly releases: Releases;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly heads: HeadExport;
  /** Runs the handler in this process: what happens when the queue cannot be reached. */
  readonly direct: WakeUpHandlers;
}

/** An unknown row waits this long for the late answer of the worker that sent it. */
const UNKNOWN_GRACE_SECONDS = 60;
/** A shard that is due and that nobody took is rung for again this often: a lost wake-up costs this. */
const RING_SECONDS = 2;
const TICKER_LOCK = 727_002;

interface Due {
  readonly organisation: OrganisationId;
  readonly release: ReleaseId;
}

/**
 * Once a second, one holder at a time: asks the database what is due and rings for it again, whatever the queue remembers.
 * Every step is harmless when repeated, so a holder that dies half-way leaves nothing to clean up.
 */
export class Ticker {
  private readonly distributions = new DistributionStore();
  private readonly ledger = new LedgerStore();
  private readonly sealer: Sealer;
  private readonly direct = new Set<string>();
  private readonly leaving = new AbortController();

  constructor(
    private readonly tools: TickerTools,
    private readonly leadSeconds: number,
  ) {
    this.sealer = new Sealer(tools.db, tools.audit);
  }

  /** Returns false when another process holds the ticker at this moment. */
  async tick(): Promise<boolean> {
    const { db, log } = this.tools;
    return db.transaction(async (tx) => {
      const lock = await tx.first<{ held: boolean }>(`select pg_try_advisory_xact_lock(${TICKER_LOCK}) as held`);
      if (!lock?.held) return false;
      for (const step of [this.sweep, this.plan, this.dropStale, this.ring, this.finish, this.seal, this.keepHeads]) {
        try {
          await step.call(this);
        } catch (error) {
          // the other steps must not wait for this one
          log.error({ step: step.name, ...errorFacts(error) }, 'a step of the ticker failed');
        }
      }
      return true;
    });
  }

  private async sweep(): Promise<void> {
    const swept = await this.ledger.sweep(this.tools.db, UNKNOWN_GRACE_SECONDS);
    if (swept.freed + swept.lost + swept.decided > 0)
      this.tools.log.warn(swept, 'took rows back from workers that fell silent');
  }

  /** Scheduled releases whose T is near get their distribution and ledger rows. */
  private async plan(): Promise<void> {
    const due = await this.tools.db.rows<Due>(
      `select r.organisation_id as organisation, r.id as release
         from release r join embargo e on e.organisation_id = r.organisation_id and e.release_id = r.id
        where r.state = 'scheduled' and e.lifts_at <= clock_timestamp() + make_interval(secs => $1)
        order by e.lifts_at limit 20`,
      [this.leadSeconds],
    );
    for (const one of due) {
      await this.tools.db.transaction(async (tx) => {
        const release = await this.tools.releases.lock(tx, one.organisation, one.release);
        if (release.state !== 'scheduled') return;
        const by = { kind: 'process', organisation: one.organisation, name: 'ticker' } as const;
        await this.distributions.plan(tx, release, randomBytes(8).readBigInt64BE());
        await this.tools.releases.move(tx, by, release, 'preparing', {
          type: 'release.preparing',
          epoch: release.epoch,
        });
      });
    }
  }

  /** A release that was reopened or cancelled leaves its distribution behind: its rows are taken back. */
  private async dropStale(): Promise<void> {
    const stale = await this.tools.db.rows<DistributionRow>(
      `select n.organisation_id as organisation, n.id, n.release_id as release, n.epoch, n.state
         from distribution n join release r on r.organisation_id = n.organisation_id and r.id = n.release_id
        where n.state in ('preparing', 'prepared') and (r.epoch <> n.epoch or r.state in ('draft', 'in_review', 'cancelled'))`,
    );
    for (const distribution of stale) {
      await this.tools.db.transaction(async (tx) => {
        await this.tools.releases.lock(tx, distribution.organisation, distribution.release);
        if (!(await this.distributions.move(tx, distribution, ['preparing', 'prepared'], 'cancelled'))) return;
        await this.ledger.recallDistribution(
          tx,
          distribution.organisation,
          distribution.id,
          'cancelled',
          'release_changed',
        );
      });
    }
  }

  /** Wakes workers for whatever is due and has no worker on it. */
  private async ring(): Promise<void> {
    const { db } = this.tools;
    const preparing = await db.rows<{ id: string; epoch: number }>(
      `select id, epoch from distribution where state = 'preparing'`,
    );
    for (const { id, epoch } of preparing)
      await this.wake('prepare', { distribution: id, epoch }, `prepare-${id}-${epoch}`);
    // index shard_due: only shards with something left that nobody holds, however many were ever sent
    const shards = await db.rows<{ id: string; epoch: number; shard: number; round: string }>(
      `select n.id, n.epoch, s.shard, floor(extract(epoch from clock_timestamp()) / $2)::text as round
         from shard s
         join distribution n on n.organisation_id = s.organisation_id and n.id = s.distribution_id
        where s.due_at <= clock_timestamp() and s.token is null
          and n.state in ('prepared', 'sending') and n.lifts_at <= clock_timestamp() + make_interval(secs => $1)
        order by n.lifts_at, s.shard limit 500`,
      [ARM_MS / 1000, RING_SECONDS],
    );
    for (const { id, epoch, shard, round } of shards) {
      await this.wake('drain', { distribution: id, epoch, shard }, `drain-${id}-${epoch}-${shard}-${round}`);
    }
  }

  private async wake<Kind extends WakeUpKind>(kind: Kind, data: WakeUpData[Kind], key: string): Promise<void> {
    try {
      await this.tools.wakeUps.ring(kind, data, { key });
    } catch (error) {
      this.tools.log.error({ kind, ...errorFacts(error) }, 'the queue cannot be reached; working without it');
      if (this.direct.has(key)) return;
      this.direct.add(key);
      const run: (data: WakeUpData[Kind], signal: AbortSignal) => Promise<unknown> = this.tools.direct[kind];
      void run(data, this.leaving.signal)
        .catch((failure: unknown) => this.tools.log.error({ kind, ...errorFacts(failure) }, 'direct work failed'))
        .finally(() => this.direct.delete(key));
    }
  }

  /** Ends work that runs without the queue, as the closing of the queue's listener does for the rest. */
  leave(): void {
    this.leaving.abort('closing');
  }

  /** A distribution whose every row is in an end state is finished, and so is its release. */
  private async finish(): Promise<void> {
    const { db, releases } = this.tools;
    const done = await db.rows<DistributionRow>(
      `select n.organisation_id as organisation, n.id, n.release_id as release, n.epoch, n.state
         from distribution n
        where n.state = 'sending'
          and not exists (select from shard s
                           where s.organisation_id = n.organisation_id and s.distribution_id = n.id and s.due_at is not null)
          and not exists (select from delivery_unknown u
                            join delivery d on d.organisation_id = u.organisation_id and d.distribution_id = u.distribution_id
                                           and d.id = u.delivery_id
                           where u.organisation_id = n.organisation_id and u.distribution_id = n.id and d.state = 'unknown')`,
    );
    for (const distribution of done) {
      await db.transaction(async (tx) => {
        // release, distribution, rows: in this order everywhere, or a cancel at this moment would meet us half-way
        const release = await releases.lock(tx, distribution.organisation, distribution.release);
        if (await this.distributions.reopen(tx, distribution)) return;
        if (!(await this.distributions.move(tx, distribution, ['sending'], 'finished'))) return;
        if (release.state !== 'releasing') return;
        const counts = await this.distributions.counts(tx, distribution.organisation, distribution.id);
        const by = { kind: 'process', organisation: distribution.organisation, name: 'ticker' } as const;
        await releases.move(tx, by, release, 'released', { type: 'release.released', epoch: release.epoch, counts });
      });
    }
  }

  private async seal(): Promise<void> {
    await this.sealer.seal();
  }

  /** After the sealing: what just finished is under the head that leaves. */
  private async keepHeads(): Promise<void> {
    await this.tools.heads.export();
  }
}
