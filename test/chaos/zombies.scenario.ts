import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaListId } from '#libs/kernel';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { leftInOrder, type WorkerProcess } from './processes.js';
import { tallied, type Scenario, type Tally } from './scenario.js';

const JOURNALISTS = 1_000;
const WORKERS = 4;
const FROZEN = 2;
/** Beyond the lease of 8 s, so that others have taken the shards before the frozen ones wake. */
const FROZEN_MS = 10_000;
const REPLY_MS = 40;
/** A frozen worker keeps its shards for a lease; then the ticker's second, its ringing, and the work. */
const LATE_AFTER_MS = 40_000;

/** Four workers, each with a ticker of its own, on one T; some freeze in mid-send and wake when others have their shards. */
export const zombiesScenario: Scenario = {
  name: 'zombies',
  says: 'four workers and tickers on one T, some frozen beyond their lease and woken: no row claimed twice, no stale dot',
  runs: { full: 10, quick: 1 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const script = [{ phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } }];
    const room = await house.openRoom({ sink: { script } });
    const list = await room.journalists(JOURNALISTS);
    for (let run = 1; run <= runs; run += 1) {
      await freeze(house, room, list, { graceEnds: run % 2 === 0 });
      house.note(`${run} of ${runs}`);
    }
    const findings = await room.check({ lateAfterMs: LATE_AFTER_MS });
    const { doubleClaims, staleDots } = findings;
    return tallied(runs, findings, { note: `${doubleClaims} double claims, ${staleDots} stale dots` });
  },
};

/** @param told graceEnds: while they are frozen the time for a late answer passes, so that it meets rows held already */
async function freeze(house: ChaosHouse, room: ChaosRoom, list: MediaListId, told: { readonly graceEnds: boolean }) {
  const workers = await room.startWorkers(WORKERS);
  const release = await room.schedule(list);
  const liftsAt = await room.leavesIn(release, 1_000);
  const zombies = workers.slice(0, FROZEN);
  await Promise.all(zombies.map((zombie) => oneFreeze(house, room, zombie, { liftsAt, ...told })));
  // what they wake up with is settled before they leave, so the ledger has their last word
  await room.overSoon(release);
  for (const end of await Promise.all(workers.map((worker) => worker.stop())))
    if (!leftInOrder(end)) throw new Error(`a worker ended with ${end.code ?? end.signal}`);
}

async function oneFreeze(
  house: ChaosHouse,
  room: ChaosRoom,
  zombie: WorkerProcess,
  told: { readonly liftsAt: number; readonly graceEnds: boolean },
): Promise<void> {
  await sleep(Math.max(0, told.liftsAt - Date.now()) + house.chance.whole(20, 600));
  zombie.kill('SIGSTOP');
  try {
    await sleep(FROZEN_MS, undefined, { signal: house.signal });
    if (told.graceEnds) {
      await room.ageUnknowns();
      // the next tick of the others decides about them
      await sleep(1_500);
    }
  } finally {
    zombie.kill('SIGCONT');
  }
}
