import type { AuditLog } from '#libs/audit';
import { liftIfOpen, waitForBothClocks } from '#libs/embargo';
import { errorFacts, type Alarms, type Outcome, type Tx, type WakeUpData } from '#libs/kernel';
import type { Releases } from '#libs/releases';
import { DistributionStore } from './distribution.store.js';
import type { DistributionRow } from './ledger.store.js';
import { unpackSkeleton } from './mime.js';
import { LANE_PAUSE_MS, ShardSender, type SendingTools, type Shard } from './shard.sender.js';

/** Connect, STARTTLS and AUTH begin this long before T; nothing of a message is touched. */
export const ARM_MS = 30_000;
const GATE_SHUT_PAUSE_MS = 1_000;
const ATTEND_EVERY_MS = 1_000;

/** Answers the wake-up `drain`: arm, wait for T by both clocks, lift, send the shard, say when to come again. */
export class Drain {
  private readonly distributions = new DistributionStore();

  constructor(
    private readonly tools: SendingTools,
    private readonly releases: Releases,
    private readonly audit: AuditLog,
    private readonly alarms: Alarms,
  ) {}

  async run(data: WakeUpData['drain'], told: AbortSignal): Promise<Outcome> {
    // a lost queue lock is no reason to stop: rows have leases of their own, and a second worker only shares the work
    const signal = onlyWhenClosing(told);
    const { db, clock, watch } = this.tools;
    const distribution = await this.distributions.byId(db, data.distribution);
    if (!distribution || distribution.epoch !== data.epoch)
      return { word: 'drop', reason: 'unknown distribution or old epoch' };
    if (distribution.state !== 'prepared' && distribution.state !== 'sending')
      return { word: 'drop', reason: distribution.state };
    const liftsAt = distribution.liftsAt.getTime();
    await watch.measure();
    // not ours to do: without our attendance the ticker rings for another worker
    if (!watch.trusted()) return { word: 'drop', reason: 'this worker’s clock is not trusted' };
    if (watch.until(liftsAt) > ARM_MS) return { word: 'snooze', until: clock.now() + watch.until(liftsAt) - ARM_MS };
    const leaving = new AbortController();
    const attendance = this.attend(distribution, data.shard, leaving.signal);
    try {
      return await this.armAndSend(distribution, data.shard, signal);
    } finally {
      leaving.abort();
      await attendance;
    }
  }

  private async armAndSend(distribution: DistributionRow, shardNumber: number, signal: AbortSignal): Promise<Outcome> {
    const { db, clock, watch, lane } = this.tools;
    const liftsAt = distribution.liftsAt.getTime();
    const shard = await this.load(distribution, shardNumber);
    await this.arm();
    if (!(await waitForBothClocks(watch, clock, liftsAt, signal))) return { word: 'snooze', until: clock.now() };
    if (!(await this.clocksAgree())) return { word: 'snooze', until: clock.now() + GATE_SHUT_PAUSE_MS };
    if (!(await this.lift(distribution))) return this.shut(distribution);
    const end = await new ShardSender(this.tools, shard, signal).run(lane.connections);
    if (end.end === 'lane') return this.holdLane(end.kind, end.why);
    await this.alarms.clear(db, 'smtp.lane', lane.name);
    return this.nextDue(distribution, shardNumber, end.end === 'leaving');
  }

  private async attend(distribution: DistributionRow, shard: number, signal: AbortSignal): Promise<void> {
    const { db, ledger, clock, worker, log } = this.tools;
    const key = { organisation: distribution.organisation, distribution: distribution.id, shard };
    while (!signal.aborted) {
      await ledger
        .attend(db, key, worker)
        .catch((error: unknown) => log.warn(errorFacts(error), 'could not tell that I am here'));
      await clock.sleep(ATTEND_EVERY_MS, signal);
    }
  }

  private async load(distribution: DistributionRow, shard: number): Promise<Shard> {
    const packed = await this.distributions.skeletons(this.tools.db, distribution);
    const skeletons = new Map([...packed].map(([language, bytes]) => [language, unpackSkeleton(bytes)]));
    const first = [...skeletons.values()][0];
    if (!first) throw new Error(`distribution ${distribution.id} is prepared but has no skeleton`);
    return {
      key: { organisation: distribution.organisation, distribution: distribution.id, shard },
      liftsAt: distribution.liftsAt.getTime(),
      from: first.fields.from.address,
      skeletons,
    };
  }

  /** Trouble with the relay is told before T, while people can still act; the sending tries again by itself. */
  private async arm(): Promise<void> {
    const { relay, lane, db, log } = this.tools;
    const { ready, fault } = await relay.arm(lane.connections);
    if (!fault) return this.alarms.clear(db, 'smtp.lane', lane.name);
    const kind = fault.word === 'lane' ? fault.kind : 'connect';
    log.error({ relay: lane.name, ready, kind, why: fault.why }, 'not every connection to the relay stands');
    await this.alarms.raise(db, 'smtp.lane', lane.name, `${lane.name}: ${kind}: ${fault.why}`);
  }

  /** G2. A clock that is far off may only ever delay: this worker holds, and says so. */
  private async clocksAgree(): Promise<boolean> {
    const { watch, db, worker, log } = this.tools;
    if (watch.trusted()) {
      await this.alarms.clear(db, 'clock.skew', worker);
      return true;
    }
    const { offsetMs } = watch.best();
    log.error({ offsetMs: Math.round(offsetMs) }, 'this clock and the database differ too much; holding');
    await this.alarms.raise(
      db,
      'clock.skew',
      worker,
      `The clock of ${worker} is ${Math.round(-offsetMs)} ms off the database; it holds all mail.`,
    );
    return false;
  }

  private async lift(distribution: DistributionRow): Promise<boolean> {
    return this.tools.db.transaction(async (tx) => {
      const lift = await liftIfOpen(tx, distribution.organisation, distribution.release, distribution.epoch);
      if (!lift) return false;
      if (await this.distributions.move(tx, distribution, ['prepared'], 'sending'))
        await this.tellLift(tx, distribution, lift.liftedAt);
      return true;
    });
  }

  private async tellLift(tx: Tx, distribution: DistributionRow, liftedAt: Date): Promise<void> {
    const by = { kind: 'process', organisation: distribution.organisation, name: this.tools.worker } as const;
    const release = await this.releases.lock(tx, distribution.organisation, distribution.release);
    await this.releases.move(tx, by, release, 'releasing', { type: 'release.releasing', epoch: release.epoch });
    await this.audit.record(tx, by, {
      type: 'embargo.lifted',
      subject: `release:${distribution.release}`,
      facts: {
        liftsAt: distribution.liftsAt.toISOString(),
        liftedAt: liftedAt.toISOString(),
        distribution: distribution.id,
      },
    });
  }

  /** T has come by both clocks and the gate is still shut: stopped, moved or cancelled. The ticker rings again when it opens. */
  private async shut(distribution: DistributionRow): Promise<Outcome> {
    const now = await this.distributions.get(this.tools.db, distribution.organisation, distribution.id);
    if (now?.state === 'cancelled' || !now) return { word: 'drop', reason: 'cancelled' };
    return { word: 'done' };
  }

  private async holdLane(kind: string, why: string): Promise<Outcome> {
    const { db, lane, log, clock } = this.tools;
    log.error({ relay: lane.name, kind, why }, 'the mail relay cannot be used; holding its lane');
    await this.alarms.raise(db, 'smtp.lane', lane.name, `${lane.name}: ${kind}: ${why}`);
    return { word: 'snooze', until: clock.now() + LANE_PAUSE_MS };
  }

  private async nextDue(distribution: DistributionRow, shard: number, leaving: boolean): Promise<Outcome> {
    const { db, clock } = this.tools;
    const row = await db.first<{ wait: string | null }>(
      `select extract(epoch from min(coalesce(next_at, clock_timestamp())) - clock_timestamp()) * 1000 as wait
         from delivery where organisation_id = $1 and distribution_id = $2 and shard = $3 and state in ('ready', 'deferred')`,
      [distribution.organisation, distribution.id, shard],
    );
    if (row?.wait === null || row === undefined) return { word: 'done' };
    return { word: 'snooze', until: clock.now() + Math.max(leaving ? 0 : 500, Number(row.wait)) };
  }
}

function onlyWhenClosing(told: AbortSignal): AbortSignal {
  const own = new AbortController();
  const pass = () => {
    if (told.reason === 'closing') own.abort('closing');
  };
  if (told.aborted) pass();
  else told.addEventListener('abort', pass, { once: true });
  return own.signal;
}
