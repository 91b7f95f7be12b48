import type { ChaosHouse } from './chaos.house.js';
import { readAcceptLog } from './history.js';
import { NOTHING, type Tally } from './scenario.js';

const JOURNALISTS = 280;
const SLOWED = '@outlet-3.example.com';
const OUTLETS = 7;
/** On an idle machine the others are through within half a second. */
const OTHERS_WITHIN_MS = 8_000;

/** One domain asks a real worker to slow down; everybody else's mail is on time, and theirs waits without a mark on anybody. */
export async function throttledDomain(house: ChaosHouse): Promise<Tally> {
  const answer = { code: 450, text: '4.7.28 Our system has detected an unusual rate of mail from your address' };
  const room = await house.openRoom({ sink: { script: [{ phase: 'rcpt', to: SLOWED, answer }] } });
  const list = await room.journalists(JOURNALISTS);
  await room.startWorkers(1);
  const release = await room.schedule(list);
  const liftsAt = await room.leavesIn(release, 1_000);
  const others = JOURNALISTS - JOURNALISTS / OUTLETS;
  const taken = () => readAcceptLog(room.sink.acceptLog);
  while (taken().length < others && Date.now() < liftsAt + 2 * OTHERS_WITHIN_MS && !house.signal.aborted)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const copies = taken();
  const lastMs = Math.max(...copies.map((copy) => copy.at)) - liftsAt;
  const counts = await room.world.counts(release);
  const { ready = 0, deferred = 0, accepted = 0 } = counts;
  const early = copies.filter((copy) => copy.at < liftsAt).length;
  const waiting = ready + deferred === JOURNALISTS / OUTLETS && accepted === others;
  const theirs = copies.filter((copy) => copy.to.endsWith(SLOWED)).length;
  const late = copies.filter((copy) => copy.at > liftsAt + OTHERS_WITHIN_MS).length;
  const ok = waiting && early + theirs + late === 0 && copies.length === others;
  const note = `one domain slowed down: the ${others} others taken by ${lastMs} ms after T, theirs wait (${deferred} asked)`;
  return { ...NOTHING, early, late, ok, note: ok ? note : `${note}; rows: ${JSON.stringify(counts)}` };
}
