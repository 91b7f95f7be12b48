import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '#libs/releases';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { readAcceptLog } from './history.js';
import { leftInOrder, type WorkerProcess } from './processes.js';
import { tallied, type Scenario, type Tally } from './scenario.js';

const JOURNALISTS = 800;
const CONNECTIONS = 4;
/** Slow enough that the release goes on through several restarts: 8 connections then take 80 messages a second. */
const REPLY_MS = 100;
/** Of messages while a release is being sent. Short runs share the machine with others, so they may wait for it as well. */
const PAUSE_LIMIT_MS = { full: 3_000, quick: 6_000 } as const;
const LATE_AFTER_MS = 60_000;

/** Two workers, one after the other told to leave while it sends, and another in its place at once. */
export const rollingDeployScenario: Scenario = {
  name: 'rolling-deploy',
  says: 'SIGTERM to one worker after the other in mid-send: none unknown, none twice, and never 3 s without a message',
  runs: { full: 20, quick: 4 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const script = [{ phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } }];
    const room = await house.openRoom({ connections: CONNECTIONS, sink: { script } });
    const list = await room.journalists(JOURNALISTS);
    const workers = await room.startWorkers(2);
    let [done, pause] = [0, 0];
    while (done < runs) {
      const release = await room.schedule(list);
      const liftsAt = await room.leavesIn(release, 1_000);
      done += await deploy(house, room, release, { workers, most: runs - done, liftsAt });
      await room.overSoon(release, LATE_AFTER_MS);
      pause = Math.max(pause, longestPause(room, liftsAt));
      house.note(`${done} of ${runs} restarted, longest pause ${pause} ms`);
    }
    const findings = await room.check({ lateAfterMs: LATE_AFTER_MS });
    const ok = findings.unknown === 0 && pause <= PAUSE_LIMIT_MS[house.quick ? 'quick' : 'full'];
    return tallied(runs, findings, { ok, note: `${done} restarts in mid-send, longest pause ${pause} ms` });
  },
};

interface Deploy {
  readonly workers: WorkerProcess[];
  readonly most: number;
  readonly liftsAt: number;
}

/** Replaces workers as long as the release is being sent. Returns how many. */
async function deploy(house: ChaosHouse, room: ChaosRoom, release: Release, asked: Deploy): Promise<number> {
  const { workers, most, liftsAt } = asked;
  await sleep(Math.max(0, liftsAt - Date.now()));
  for (let done = 0; done < most; done += 1) {
    await sleep(house.chance.whole(50, 400));
    if (house.signal.aborted || (await room.isOver(release))) return done;
    const end = await workers.shift()?.stop();
    if (!leftInOrder(end)) throw new Error(`a worker told to leave ended with ${end?.code ?? end?.signal}`);
    workers.push(...(await room.startWorkers(1)));
  }
  return most;
}

/** Milliseconds between two messages of one release; the first is counted from T. */
function longestPause(room: ChaosRoom, liftsAt: number): number {
  const times = readAcceptLog(room.sink.acceptLog).map((taken) => taken.at);
  let [last, longest] = [liftsAt, 0];
  for (const at of times.filter((time) => time >= liftsAt).sort((a, b) => a - b)) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return longest;
}
