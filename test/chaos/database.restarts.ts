import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '#libs/releases';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { firstTakenAfter, overInTheEnd } from './database.watch.js';
import { OwnPostgres } from './own.postgres.js';
import { tallied, type Tally } from './scenario.js';

/** Enough for five restarts or so, and for two. */
const JOURNALISTS = { full: 900, quick: 400 } as const;
/** Four connections take 66 messages a second. */
const REPLY_MS = 60;
/** Between the last message before a crash and the next crash. */
const BETWEEN_MS = [800, 2_000] as const;
const DOWN_MS = [0, 1_500] as const;
/** What is promised, from the moment it takes connections again. */
const RESUMES_WITHIN_MS = 5_000;
const OVER_WITHIN_MS = 120_000;

/** PostgreSQL dies in mid-send and comes back, several times a release. */
export async function restarts(house: ChaosHouse, times: number): Promise<Tally> {
  const postgres = await OwnPostgres.start(house, house.folder());
  const script = [{ phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } }];
  const room = await house.openRoom({ clusterUrl: postgres.url, sink: { script } });
  const journalists = JOURNALISTS[house.quick ? 'quick' : 'full'];
  const list = await room.journalists(journalists);
  await room.startWorkers(1);
  const resumed: number[] = [];
  while (resumed.length < times && !house.signal.aborted) {
    const release = await room.schedule(list);
    const liftsAt = await room.leavesIn(release, 1_000);
    await firstTakenAfter(room, liftsAt, 30_000);
    while (resumed.length < times && !(await nearlyOver(room, release, journalists))) {
      await sleep(house.chance.whole(...BETWEEN_MS));
      await postgres.crash();
      await sleep(house.chance.whole(...DOWN_MS));
      await postgres.restart();
      const ms = await firstTakenAfter(room, Date.now(), 30_000);
      resumed.push(ms);
      house.note(`PostgreSQL killed ${resumed.length} times; resumed ${ms} ms after it was back`);
    }
    await overInTheEnd(house, room, release, OVER_WITHIN_MS);
  }
  const findings = await room.check();
  // the worker lives and the mail server answers: what was heard is kept until it can be written
  const slow = resumed.filter((ms) => ms > RESUMES_WITHIN_MS).length;
  const middle = [...resumed].sort((a, b) => a - b)[Math.floor(resumed.length / 2)];
  const note = `PostgreSQL restarted ${resumed.length} times in mid-send: resumed after ${middle} ms at the median, ${Math.max(...resumed)} ms at most`;
  return tallied(resumed.length, { ...findings, late: slow }, { ok: findings.unknown === 0, note });
}

/** So little is left that a crash would find nothing to interrupt. */
async function nearlyOver(room: ChaosRoom, release: Release, journalists: number): Promise<boolean> {
  const { accepted = 0 } = await room.world.counts(release);
  return accepted > journalists * 0.7;
}
