import type { AuditLog } from '#libs/audit';
import { liftIfOpen, waitForBothClocks } from '#libs/embargo';
import { crashPoint, type Alarms, type Outcome, type Tx, type WakeUpData } from '#libs/kernel';
import type { Release, Releases } from '#libs/releases';
import { DistributionStore } from './distribution.store.js';
import type { DistributionRow } from './ledger.store.js';
import { openSkeletons, Sending, type SendingTools } from './sending.js';
import type { Lease } from './shard.leases.js';
import { ShardSender, type ShardEnd } from './shard.sender.js';

/** Connect, STARTTLS and AUTH begin this long before T, and the first shards are read into memory; nothing leaves. */
export const ARM_MS = 30_000;
/** T has come by both clocks and the gate is still shut: stopped, moved or cancelled. Asked again after this. */
const SHUT_PAUSE_MS = 1_000;
/** After an error of our own or of the database. */
const BROKEN_PAUSE_MS = 1_000;

interface Lifted {
  readonly distribution: DistributionRow;
  readonly release: Release;
  readonly liftedAt: Date;
}

/** Answers the wake-up `drain`: take a shard, arm, wait for T by both clocks, lift, send it, say when to come again. */
export class Drain {
  private readonly distributions = new DistributionStore();
  /** What the shards of a distribution share while any is in hand here. */
  private readonly sendings = new Map<string, { readonly sending: Promise<Sending>; users: number }>();

  constructor(
    private readonly tools: SendingTools,
    private readonly releases: Releases,
    private readonly audit: AuditLog,
    private readonly alarms: Alarms,
  ) {}

  async run(data: WakeUpData['drain'], told: AbortSignal): Promise<Outcome> {
    // a lost queue lock is no reason to stop: shards have leases of their own
    const signal = onlyWhenClosing(told);
    const { db, clock, watch, leases } = this.tools;
    const distribution = await this.distributions.byId(db, data.distribution);
    if (!distribution || distribution.epoch !== data.epoch)
      return { word: 'drop', reason: 'unknown distribution or old epoch' };
    if (distribution.state !== 'prepared' && distribution.state !== 'sending')
      return { word: 'drop', reason: distribution.state };
    await watch.measure();
    // not ours to do: the shard stays free and the ticker rings for another worker
    if (!watch.trusted()) return { word: 'drop', reason: 'this worker’s clock is not trusted' };
    const early = watch.until(distribution.liftsAt.getTime());
    if (early > ARM_MS) return { word: 'snooze', until: clock.now() + early - ARM_MS };
    const key = { organisation: distribution.organisation, distribution: distribution.id, shard: data.shard };
    const lease = await leases.take(key);
    if (!lease) return { word: 'done' };
    crashPoint('claim.after_commit');
    return this.hold(distribution, lease, signal);
  }

  /** Whatever happens, the shard goes back: for at once, for after a pause, or for its next try. */
  private async hold(distribution: DistributionRow, lease: Lease, signal: AbortSignal): Promise<Outcome> {
    let pauseMs = BROKEN_PAUSE_MS;
    let due: Date | undefined;
    try {
      pauseMs = (await this.armAndSend(distribution, lease, signal)).pauseMs;
    } finally {
      due = await this.tools.leases.release(lease, pauseMs);
    }
    crashPoint('ack.before');
    return due ? { word: 'snooze', until: due.getTime() } : { word: 'done' };
  }

  private async armAndSend(distribution: DistributionRow, lease: Lease, signal: AbortSignal): Promise<ShardEnd> {
    const { db, clock, watch, lane, ledger } = this.tools;
    const sending = await this.enter(distribution);
    try {
      const rows = await ledger.waiting(db, lease.key);
      // with nobody left to send to before T, a release lifts all the same; else it would stay prepared for ever
      if (rows.length === 0 && distribution.state === 'sending') return { end: 'drained', pauseMs: 0 };
      if (rows.length > 0) await this.arm(distribution);
      if (!(await waitForBothClocks(watch, clock, sending.liftsAt, AbortSignal.any([signal, lease.lost]))))
        return { end: 'leaving', pauseMs: 0 };
      // no pause: the database may be the one that is wrong, and a pause by its clock could last until it is caught up
      if (!(await this.clocksAgree())) return { end: 'leaving', pauseMs: 0 };
      if (!(await sending.lifted(() => this.lift(distribution)))) return { end: 'shut', pauseMs: SHUT_PAUSE_MS };
      const end = await new ShardSender(this.tools, sending, lease, signal).run(rows);
      if (end.end === 'lane') await this.tellTrouble(end.kind, end.why);
      else if (end.end === 'drained') await this.alarms.clear(db, 'smtp.lane', lane.name);
      return end;
    } finally {
      this.leave(distribution);
    }
  }

  private async enter(distribution: DistributionRow): Promise<Sending> {
    const known = this.sendings.get(distribution.id);
    const entry = known ?? { sending: this.open(distribution), users: 0 };
    entry.users += 1;
    this.sendings.set(distribution.id, entry);
    try {
      return await entry.sending;
    } catch (error) {
      this.leave(distribution);
      throw error;
    }
  }

  private leave(distribution: DistributionRow): void {
    const entry = this.sendings.get(distribution.id);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users === 0) this.sendings.delete(distribution.id);
  }

  private async open(distribution: DistributionRow): Promise<Sending> {
    const stored = await this.distributions.skeletons(this.tools.db, distribution);
    return new Sending(this.tools, distribution, openSkeletons(this.tools.sealing, distribution, stored));
  }

  /** Trouble with the relay is told before T, while people can still act; the sending tries again by itself. */
  private async arm(distribution: DistributionRow): Promise<void> {
    const { relay, lane, db, log, watch } = this.tools;
    const untilMs = watch.until(distribution.liftsAt.getTime());
    const { ready, fault } = await relay.arm(Math.min(lane.connections, distribution.planned), untilMs);
    if (!fault) return this.alarms.clear(db, 'smtp.lane', lane.name);
    const kind = fault.word === 'lane' ? fault.kind : 'connect';
    log.error({ relay: lane.name, ready, kind, why: fault.why }, 'not every connection to the relay stands');
    await this.alarms.raise(db, 'smtp.lane', lane.name, `${lane.name}: ${kind}: ${fault.why}`);
  }

  /** G2. A clock that is far off may only ever delay: this worker holds, and says so. */
  private async clocksAgree(): Promise<boolean> {
    const { watch, db, worker, log } = this.tools;
    // no word to the database when all is well: it is T, and the worker's next tick clears the alarm
    if (watch.trusted()) return true;
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
      // before the gate is read: whoever moves or cancels it at this moment is either seen by the gate, or waits and is refused
      const release = await this.releases.lock(tx, distribution.organisation, distribution.release);
      const lift = await liftIfOpen(tx, distribution.organisation, distribution.release, distribution.epoch);
      if (!lift) return false;
      if (await this.distributions.move(tx, distribution, ['prepared'], 'sending'))
        await this.tellLift(tx, { distribution, release, liftedAt: lift.liftedAt });
      return true;
    });
  }

  private async tellLift(tx: Tx, { distribution, release, liftedAt }: Lifted): Promise<void> {
    const by = { kind: 'process', organisation: distribution.organisation, name: this.tools.worker } as const;
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

  private async tellTrouble(kind: string, why: string): Promise<void> {
    const { db, lane, log } = this.tools;
    log.error({ relay: lane.name, kind, why }, 'the mail relay cannot be used; holding its lane');
    await this.alarms.raise(db, 'smtp.lane', lane.name, `${lane.name}: ${kind}: ${why}`);
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
