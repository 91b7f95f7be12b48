import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashPoint } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { Chance } from './chance.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import type { WorkerProcess } from './processes.js';
import { until } from '../support/world.js';

/** How one worker is to die: at a named point, at its n-th passing, or so long after it was started and T has come. */
export type Kill = { readonly point: CrashPoint; readonly nth: number } | { readonly afterMs: number };

/** Passed once a shard; the others once a message. */
const PER_SHARD: ReadonlySet<CrashPoint> = new Set(['claim.after_commit', 'ack.before']);

/** The worst first, for those who kill but a few times. */
const KINDS: readonly (CrashPoint | 'moment')[] = [
  'dot.after',
  'reply.before_commit',
  'dot.before',
  'moment',
  'data.mid',
  'claim.after_commit',
  'ack.before',
];

/** So many deaths, every kind about equally often, in an order that the seed decides. */
export function plannedKills(chance: Chance, count: number): Kill[] {
  const kills = Array.from({ length: count }, (_, n): Kill => {
    const point = KINDS[n % KINDS.length] ?? 'moment';
    if (point === 'moment') return { afterMs: chance.whole(0, 400) };
    return { point, nth: PER_SHARD.has(point) ? 1 : chance.whole(1, 40) };
  });
  for (let last = kills.length - 1; last > 0; last -= 1) {
    const other = chance.whole(0, last);
    [kills[last], kills[other]] = [kills[other]!, kills[last]!];
  }
  return kills;
}

/** What an onslaught came to. */
export interface Slain {
  readonly kills: number;
  /** Of those, at a named point rather than at a moment of ours. */
  readonly atPoints: Readonly<Partial<Record<CrashPoint, number>>>;
  /** Rows past their dot without an answer, summed over the instants after each death: what may become unknown. */
  readonly pastTheDot: number;
}

/** A worker that has work and does not come by its point dies all the same. */
const PATIENCE_MS = 5_000;
/** The first workers are starting while T comes. */
const LEAD_MS = 2_500;

/**
 * Several workers on one release, each told how to die, and restarted at once when it has, as a supervisor would. When the
 * deaths are used up, one without orders finishes the work.
 */
export class Onslaught {
  private readonly atPoints: Partial<Record<CrashPoint, number>> = {};
  private kills = 0;
  private pastTheDot = 0;

  constructor(
    private readonly house: ChaosHouse,
    private readonly room: ChaosRoom,
    /** Taken from; what is left when a release is over serves the next one. */
    private readonly left: Kill[],
  ) {}

  /** Returns when the release is over. @param most deaths for this release @returns milliseconds from T until a worker lived */
  async on(release: Release, workers: number, most: number): Promise<number> {
    const mine = this.left.splice(0, most);
    const liftsAt = await this.room.leavesIn(release, LEAD_MS);
    const lane = async () => {
      for (let kill = mine.shift(); kill; kill = mine.shift()) {
        if (this.house.signal.aborted || (await this.room.isOver(release))) return void mine.unshift(kill);
        await this.life(kill, liftsAt);
      }
    };
    await Promise.all(Array.from({ length: workers }, lane));
    this.left.unshift(...mine);
    const [worker] = await this.room.startWorkers(1);
    const faultMs = Math.max(0, Date.now() - liftsAt);
    await this.room.overSoon(release);
    await worker?.stop();
    return faultMs;
  }

  get slain(): Slain {
    const { kills, atPoints, pastTheDot } = this;
    return { kills, atPoints, pastTheDot };
  }

  private async life(kill: Kill, liftsAt: number): Promise<void> {
    const order: Record<string, string> = 'point' in kill ? { DATELINE_CRASH: `${kill.point}:${kill.nth}` } : {};
    const { worker, ready } = this.room.startWorker(order);
    // one that dies before it is ready has died, which is all that is asked of it
    await Promise.race([ready.catch(() => undefined), worker.ended]);
    await this.wait(liftsAt - Date.now(), worker);
    await this.wait('point' in kill ? PATIENCE_MS : kill.afterMs, worker);
    if (!worker.alive && 'point' in kill) this.atPoints[kill.point] = (this.atPoints[kill.point] ?? 0) + 1;
    const end = await worker.kill9();
    if (end.signal !== 'SIGKILL') throw new Error(`a worker left by itself: ${worker.words.slice(-5).join('\n')}`);
    this.kills += 1;
    await this.bury(worker);
  }

  private async wait(ms: number, worker: WorkerProcess): Promise<void> {
    const over = AbortSignal.any([this.house.signal, worker.gone]);
    await sleep(Math.max(0, ms), undefined, { signal: over }).catch(() => undefined);
  }

  /** What it left past the dot is counted before anybody touches it; three of four leave their shards at once. */
  private async bury(worker: WorkerProcess): Promise<void> {
    // PostgreSQL finishes what a dead client has asked: a gate may still open for it
    await until('the end of its sessions', async () => (await this.room.sessionsOf(worker)) === 0);
    this.pastTheDot += await this.room.pastTheDot(worker);
    if (this.house.random() < 0.75) await this.room.endLeasesOf(worker);
  }
}
