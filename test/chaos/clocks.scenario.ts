import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { AlarmWatch } from './alarm.watch.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { FalseClock } from './false.clock.js';
import { readAcceptLog } from './history.js';
import type { WorkerProcess } from './processes.js';
import { added, tallied, type Scenario, type Tally } from './scenario.js';

const JOURNALISTS = 4;
/** How wrong clocks are: a little, an hour, and behind. */
const WRONG_MS = [5_000, 3_600_000, -20_000] as const;
/** Of the schedules, so many meet a worker that is alone with its clock; they take seconds each. */
const ALONE_SHARE = 0.2;
/** While others are honest: a worker whose clock steps lets go within a second, and the ticker rings every two. */
const LATE_TOGETHER_MS = 5_000;
/** After the clock of the only worker is right again. */
const LATE_AFTER_STEP_MS = 2_000;

/** Workers with wrong clocks, and clocks that step while a worker stands armed. The sink's clock is always right. */
export const clocksScenario: Scenario = {
  name: 'clocks',
  says: 'workers 5 s and an hour fast, 20 s slow, and stepped while they wait: none early, told within 10 s, on time again',
  runs: { full: 200, quick: 5 },
  alone: true,
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const alone = Math.max(WRONG_MS.length, Math.round(runs * ALONE_SHARE));
    const together = await sendTogether(house, Math.max(1, runs - alone));
    return added(together, await sendAlone(house, alone));
  },
};

interface Skewed {
  readonly worker: WorkerProcess;
  readonly clock: FalseClock;
}

/** One honest worker beside three whose clocks step all the while; a T every second. */
async function sendTogether(house: ChaosHouse, runs: number): Promise<Tally> {
  const room = await house.openRoom({ connections: 2 });
  const list = await room.journalists(JOURNALISTS);
  await room.startWorkers(1);
  const skewed = await Promise.all(WRONG_MS.map(() => startSkewed(house, room)));
  const alarms = new AlarmWatch(room);
  const releases = await schedule(house, room, list, runs);
  const over = new AbortController();
  const stepping = step(house, skewed, alarms, over.signal);
  try {
    for (const [place, release] of releases.entries()) {
      await room.leavesIn(release, 2_000);
      await sleep(800 + house.chance.whole(0, 200));
      if (place % 20 === 19) house.note(`${place + 1} of ${runs} beside an honest worker`);
    }
    for (const release of releases) await room.over(release);
  } finally {
    over.abort();
    await stepping;
  }
  await Promise.all([...skewed.map(({ worker }) => worker.stop())]);
  const findings = await room.check({ lateAfterMs: LATE_TOGETHER_MS });
  const note = `beside an honest worker the last ${Math.round(findings.lastMs ?? 0)} ms after T, ${alarms.note}`;
  return tallied(runs, findings, { ok: alarms.ok && findings.accepted === runs * JOURNALISTS, note });
}

/** Steps one clock after another, wrong and right again, at moments that nobody planned. */
async function step(house: ChaosHouse, skewed: readonly Skewed[], alarms: AlarmWatch, over: AbortSignal) {
  const { chance } = house;
  while (!over.aborted && !house.signal.aborted) {
    const { worker, clock } = chance.one(skewed);
    clock.set(chance.one(WRONG_MS));
    await alarms.raisedBy(worker);
    await sleep(chance.whole(0, 1_500));
    // one in two stays wrong until its next turn
    if (chance.random() < 0.5) clock.set(0);
    await sleep(chance.whole(200, 1_000));
  }
}

/** One worker, wrong before it arms or stepped while armed, and set right again about T or well after it. */
async function sendAlone(house: ChaosHouse, runs: number): Promise<Tally> {
  const room = await house.openRoom({ connections: 2 });
  const list = await room.journalists(JOURNALISTS);
  const skewed = await startSkewed(house, room);
  const alarms = new AlarmWatch(room);
  const releases = await schedule(house, room, list, runs);
  let [late, worst] = [0, 0];
  for (const [place, release] of releases.entries()) {
    const afterMs = await wrongAround(house, room, release, { ...skewed, alarms, wrong: WRONG_MS[place % 3] ?? 0 });
    worst = Math.max(worst, afterMs);
    if (afterMs > LATE_AFTER_STEP_MS) late += 1;
    if (place % 5 === 4) house.note(`${place + 1} of ${runs} alone, at most ${worst} ms after the step`);
  }
  const findings = await room.check();
  const note = `alone the last ${worst} ms after T or the step, ${alarms.note}`;
  const ok = alarms.ok && late === 0 && findings.accepted === runs * JOURNALISTS;
  return tallied(runs, { ...findings, late }, { ok, note });
}

interface Around extends Skewed {
  readonly alarms: AlarmWatch;
  readonly wrong: number;
}

/** @returns ms from T, or from the moment when the clock was right again if that is later, to the last acceptance */
async function wrongAround(house: ChaosHouse, room: ChaosRoom, release: Release, around: Around): Promise<number> {
  const { clock, worker, alarms, wrong } = around;
  const { chance } = house;
  const early = chance.random() < 0.3;
  if (early) clock.set(wrong);
  const liftsAt = await room.leavesIn(release, 2_500);
  const before = readAcceptLog(room.sink.acceptLog).length;
  await sleep(Math.max(0, liftsAt - chance.whole(200, 1_800) - Date.now()));
  if (!early) clock.set(wrong);
  await alarms.raisedBy(worker);
  // half of the time it is right again about T, else well after
  const back = liftsAt + (chance.random() < 0.5 ? chance.whole(-150, 400) : chance.whole(1_000, 3_000));
  await sleep(Math.max(0, back - Date.now()));
  const right = clock.set(0);
  await room.over(release);
  const taken = readAcceptLog(room.sink.acceptLog).slice(before);
  return Math.max(...taken.map(({ at }) => at)) - Math.max(liftsAt, right);
}

async function startSkewed(house: ChaosHouse, room: ChaosRoom): Promise<Skewed> {
  const clock = new FalseClock(house.folder());
  const { worker, ready } = room.startWorker(clock.environment);
  await ready;
  return { worker, clock };
}

/** Prepared, and T half an hour away. */
async function schedule(house: ChaosHouse, room: ChaosRoom, list: MediaListId, count: number): Promise<Release[]> {
  const releases: Release[] = [];
  for (let n = 0; n < count && !house.signal.aborted; n += 1)
    releases.push(await room.schedule(list, { languages: ['en', 'zh-Hant'] }));
  for (const release of releases) await room.prepared(release);
  return releases;
}
