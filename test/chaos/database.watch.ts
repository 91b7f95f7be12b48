import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '#libs/releases';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { readAcceptLog } from './history.js';

const LOOK_MS = 50;

/** Waits for the end of a release whose database may be away: nobody who does not answer says that it is over. */
export async function overInTheEnd(
  house: ChaosHouse,
  room: ChaosRoom,
  release: Release,
  withinMs: number,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await room.isOver(release).catch(() => false))) {
    if (house.signal.aborted) throw new Error('stopped');
    if (Date.now() > end) {
      const rows = JSON.stringify(await room.world.counts(release).catch(() => 'nobody can say'));
      throw new Error(`${release.number} was not over within ${withinMs} ms; rows: ${rows}`);
    }
    await sleep(LOOK_MS);
  }
}

/** When the mail server took its messages, milliseconds since 1970, in order. */
export function takenAt(room: ChaosRoom): number[] {
  return readAcceptLog(room.sink.acceptLog)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
}

/** Waits for the first message that is taken after an instant. @returns milliseconds from then; Infinity when none comes */
export async function firstTakenAfter(room: ChaosRoom, at: number, withinMs: number): Promise<number> {
  while (Date.now() < at + withinMs) {
    const first = takenAt(room).find((taken) => taken > at);
    if (first !== undefined) return first - at;
    await sleep(LOOK_MS);
  }
  return Infinity;
}
