import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkOptions } from '../support/sink.js';
import type { ChaosHouse } from './chaos.house.js';
import type { Taken } from './history.js';
import { readAcceptLog } from './history.js';
import { NOTHING, type Tally } from './scenario.js';

const JOURNALISTS = 280;
const SLOWED = '@outlet-3.example.com';
const OUTLETS = 7;
const THEIRS = JOURNALISTS / OUTLETS;
const OTHERS = JOURNALISTS - THEIRS;
/** Beside a newsroom whose mail nobody slows down, at the same time on the same machine. */
const LATE_AFTER_MS = 5_000;
const GIVE_UP_MS = 60_000;

/** One domain asks a real worker to slow down; everybody else's mail is on time, and theirs waits without a mark on anybody. */
export async function throttledDomain(house: ChaosHouse): Promise<Tally> {
  const answer = { code: 450, text: '4.7.28 Our system has detected an unusual rate of mail from your address' };
  const [slowed, free] = await Promise.all([
    sent(house, { script: [{ phase: 'rcpt', to: SLOWED, answer }] }),
    sent(house, {}),
  ]);
  const limit = slowed.liftsAt + free.lastMs + LATE_AFTER_MS;
  const early = slowed.copies.filter((copy) => copy.at < slowed.liftsAt).length;
  const theirs = slowed.copies.filter((copy) => copy.to.endsWith(SLOWED)).length;
  const late = slowed.copies.filter((copy) => copy.at > limit).length;
  const { ready = 0, deferred = 0, accepted = 0 } = slowed.counts;
  const waiting = ready + deferred === THEIRS && accepted === OTHERS;
  const ok = waiting && early + theirs + late === 0 && slowed.copies.length === OTHERS;
  const note =
    `one domain slowed down: the ${OTHERS} others taken by ${slowed.lastMs} ms after T, ${free.lastMs} ms where nobody is; ` +
    `theirs wait, ${deferred} asked`;
  return { ...NOTHING, early, late, ok, note: ok ? note : `${note}; rows: ${JSON.stringify(slowed.counts)}` };
}

interface Sent {
  readonly liftsAt: number;
  readonly lastMs: number;
  readonly copies: readonly Taken[];
  readonly counts: { readonly ready?: number; readonly deferred?: number; readonly accepted?: number };
}

/** One release by a real worker, until everybody but the slowed domain has it and the ledger says so. */
async function sent(house: ChaosHouse, sink: SinkOptions): Promise<Sent> {
  const room = await house.openRoom({ sink });
  const list = await room.journalists(JOURNALISTS);
  await room.startWorkers(1);
  const release = await room.schedule(list);
  const liftsAt = await room.leavesIn(release, 1_000);
  const done = async () => ((await room.world.counts(release)).accepted ?? 0) >= OTHERS;
  while (!(await done()) && Date.now() < liftsAt + GIVE_UP_MS && !house.signal.aborted) await sleep(50);
  const copies = readAcceptLog(room.sink.acceptLog);
  const others = copies.filter((copy) => !copy.to.endsWith(SLOWED));
  const lastMs = Math.max(...others.map((copy) => copy.at)) - liftsAt;
  return { liftsAt, lastMs, copies, counts: await room.world.counts(release) };
}
