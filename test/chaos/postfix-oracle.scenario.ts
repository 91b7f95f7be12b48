import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '#libs/releases';
import { until } from '../support/world.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { plannedKills, type Kill } from './kills.js';
import { PrivatePostfix } from './private.postfix.js';
import type { WorkerProcess } from './processes.js';
import { NOTHING, tallied, type Scenario, type Tally } from './scenario.js';

const WORKERS = 3;
/** About twice what a worker sends before it dies. */
const JOURNALISTS_A_KILL = 80;
const KILLS_A_RELEASE = 10;
const LEAD_MS = 2_500;
/** A worker that has work and does not come by its point dies all the same. */
const PATIENCE_MS = 3_000;
/** What is promised: so long after the last death nothing is unknown any more. */
const KNOWN_WITHIN_MS = 30_000;

/** Policy hold, and nobody settles anything by hand: only the log of the relay can end what is unknown. */
export const postfixOracleScenario: Scenario = {
  name: 'postfix-oracle',
  says: 'kill -9 beside a local Postfix: its log settles every message within 30 s, nothing twice, nothing lost, nothing left unknown',
  runs: { full: 40, quick: 4 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const obstacle = PrivatePostfix.obstacle();
    if (obstacle) return { ...NOTHING, note: obstacle };
    return new Siege(house, runs).run();
  },
};

class Siege {
  private readonly left: Kill[];
  private pastTheDot = 0;
  private slowestMs = 0;

  constructor(
    private readonly house: ChaosHouse,
    private readonly kills: number,
  ) {
    this.left = plannedKills(house.chance, kills);
  }

  async run(): Promise<Tally> {
    const sink = await this.house.startSinkProcess();
    const postfix = await PrivatePostfix.start(this.house, sink.url);
    const room = await this.house.openRoom({ sinkProcess: sink, smtpUrl: postfix.url, relayLog: postfix.log });
    const list = await room.journalists(JOURNALISTS_A_KILL * Math.min(this.kills, KILLS_A_RELEASE));
    while (this.left.length > 0) {
      const release = await this.prepared(room, list);
      await this.against(room, release);
    }
    await postfix.drained();
    const findings = await room.check();
    const all = await settledBy(room);
    const known = this.slowestMs <= KNOWN_WITHIN_MS && findings.unknown === 0;
    const note =
      `${this.kills} killed, ${this.pastTheDot} messages past the dot; settled by the log: ${all.accepted} accepted, ` +
      `${all.resent} sent again; last known ${(this.slowestMs / 1000).toFixed(1)} s after a death`;
    return tallied(this.kills, findings, { ok: known, note });
  }

  private async prepared(room: ChaosRoom, list: Parameters<ChaosRoom['schedule']>[0]): Promise<Release> {
    const [preparer] = await room.startWorkers(1);
    const release = await room.schedule(list, { unknown: 'hold' });
    await room.prepared(release);
    await preparer?.stop();
    return release;
  }

  /** Several workers at a time, each replaced when it has died; then one that lives, until everything is known. */
  private async against(room: ChaosRoom, release: Release): Promise<void> {
    const liftsAt = await room.leavesIn(release, LEAD_MS);
    const mine = this.left.splice(0, KILLS_A_RELEASE);
    let last = liftsAt;
    const lane = async () => {
      for (let kill = mine.shift(); kill; kill = mine.shift()) {
        if (this.house.signal.aborted || (await room.isOver(release))) return void mine.unshift(kill);
        last = Math.max(last, await this.life(room, kill, liftsAt));
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, lane));
    this.left.unshift(...mine);
    const [survivor] = await room.startWorkers(1);
    await until('everything known', () => this.isKnown(room, release), 120_000);
    const known = Date.now() - last;
    this.slowestMs = Math.max(this.slowestMs, known);
    await until('the end', () => this.isOver(room, release), 120_000);
    await survivor?.stop();
    this.house.note(`${this.kills - this.left.length} of ${this.kills} killed, all known after ${known} ms`);
  }

  /** @returns when it died */
  private async life(room: ChaosRoom, kill: Kill, liftsAt: number): Promise<number> {
    const { worker, ready } = room.startWorker('point' in kill ? { DATELINE_CRASH: `${kill.point}:${kill.nth}` } : {});
    await Promise.race([ready.catch(() => undefined), worker.ended]);
    await this.wait(liftsAt - Date.now(), worker);
    await this.wait('point' in kill ? PATIENCE_MS : kill.afterMs, worker);
    const { at } = await worker.kill9();
    await until('the end of its sessions', async () => (await room.sessionsOf(worker)) === 0);
    this.pastTheDot += await room.pastTheDot(worker);
    if (this.house.random() < 0.75) await room.endLeasesOf(worker);
    return at;
  }

  private async wait(ms: number, worker: WorkerProcess): Promise<void> {
    const over = AbortSignal.any([this.house.signal, worker.gone]);
    await sleep(Math.max(0, ms), undefined, { signal: over }).catch(() => undefined);
  }

  /** Of no message that was past its dot is the end open. */
  private async isKnown(room: ChaosRoom, release: Release): Promise<boolean> {
    if (this.house.signal.aborted) throw new Error('stopped');
    const { dot_pending: pending = 0, unknown = 0, held = 0 } = await room.world.counts(release);
    return pending + unknown + held === 0;
  }

  private async isOver(room: ChaosRoom, release: Release): Promise<boolean> {
    return (await this.isKnown(room, release)) && (await room.isOver(release));
  }
}

async function settledBy(room: ChaosRoom): Promise<{ accepted: number; resent: number }> {
  const row = await room.world.owner.first<{ accepted: number; resent: number }>(
    `select count(*) filter (where body like '%accepted_by_relay_log%')::int as accepted,
            count(*) filter (where body like '%not_in_relay_log%')::int as resent from delivery_event`,
  );
  return row ?? { accepted: 0, resent: 0 };
}
