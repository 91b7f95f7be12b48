import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '#libs/releases';
import { AlarmWatch } from './alarm.watch.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { FalseTimePostgres } from './false-time.postgres.js';
import { readAcceptLog } from './history.js';
import type { WorkerProcess } from './processes.js';
import { tallied, type Scenario, type Tally } from './scenario.js';

const JOURNALISTS = 60;
const REPLY_MS = 40;
const HOUR_MS = 3_600_000;
const CONNECTIONS = 2;
const WORKERS = 2;
/** Wrong for so long after T: long enough that whoever believes the database would have sent. */
const WRONG_FOR_MS = 2_500;
/** From the moment when the database's clock is right again to the last message: a tick, its ringing, and the sending. */
const LATE_AFTER_STEP_MS = 10_000;

/**
 * The database's own clock is set an hour ahead while workers stand armed, or while they send, and an hour back. Workers
 * must not believe it: with two clocks that disagree nothing leaves.
 */
export const databaseClockScenario: Scenario = {
  name: 'database-clock',
  says: 'the database’s clock jumps an hour while workers wait or send: all is held, told within 10 s, and sent when it is right',
  runs: { full: 12, quick: 1 },
  alone: true,
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const postgres = await FalseTimePostgres.start(house);
    const script = [{ phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } }];
    const room = await house.openRoom({ clusterUrl: postgres.url, connections: CONNECTIONS, sink: { script } });
    const list = await room.journalists(JOURNALISTS);
    const workers = await room.startWorkers(WORKERS);
    const alarms = new AlarmWatch(room);
    let [worst, held] = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const release = await room.schedule(list);
      const jump = { by: run % 3 === 2 ? -HOUR_MS : HOUR_MS, inMidSend: run % 2 === 1 };
      const came = await jumpAround(house, room, release, { postgres, workers, alarms, ...jump });
      worst = Math.max(worst, came.lastMs);
      // in mid-send, after T: what a connection had begun when its worker noticed may still end, on a busy machine late
      held += jump.inMidSend ? Math.max(0, came.whileWrong - CONNECTIONS * WORKERS) : came.whileWrong;
      house.note(
        `${run + 1} of ${runs}: the last ${came.lastMs} ms after the step, ${came.whileWrong} while it was wrong`,
      );
    }
    const findings = await room.check({ oneClock: false });
    const late = worst > LATE_AFTER_STEP_MS ? 1 : 0;
    const ok = alarms.ok && held === 0 && findings.accepted === runs * JOURNALISTS;
    const note = `the last ${worst} ms after the clock was right, ${held} let go while it was wrong, ${alarms.note}`;
    return tallied(runs, { ...findings, late }, { ok, note });
  },
};

interface Jump {
  readonly postgres: FalseTimePostgres;
  readonly workers: readonly WorkerProcess[];
  readonly alarms: AlarmWatch;
  readonly by: number;
  /** While messages leave; otherwise while workers stand armed. */
  readonly inMidSend: boolean;
}

/** @returns what was let go although everybody had been told, and ms from the step back to the last message */
async function jumpAround(house: ChaosHouse, room: ChaosRoom, release: Release, jump: Jump) {
  const { postgres, workers, alarms, by, inMidSend } = jump;
  const liftsAt = await room.leavesIn(release, 3_000);
  const before = readAcceptLog(room.sink.acceptLog).length;
  const moment = inMidSend ? liftsAt + house.chance.whole(50, 400) : liftsAt - house.chance.whole(1_200, 2_000);
  await sleep(Math.max(0, moment - Date.now()));
  postgres.clock.set(by);
  await Promise.all(workers.map((worker) => alarms.raisedBy(worker)));
  // what was on the wire when they noticed may still end
  await sleep(REPLY_MS * 5);
  const noticed = Date.now();
  await sleep(Math.max(0, liftsAt + WRONG_FOR_MS - Date.now()));
  const right = postgres.clock.set(0);
  await room.over(release, 90_000);
  const taken = readAcceptLog(room.sink.acceptLog).slice(before);
  const whileWrong = taken.filter(({ at }) => at > noticed && at < right).length;
  return { whileWrong, lastMs: Math.max(...taken.map(({ at }) => at)) - Math.max(right, liftsAt) };
}
