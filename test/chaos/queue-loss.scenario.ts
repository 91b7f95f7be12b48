import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaListId } from '#libs/kernel';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { readAcceptLog } from './history.js';
import { Lateness } from './lateness.js';
import { amnesias, type Amnesia } from './queue.amnesia.js';
import { added, NOTHING, tallied, type Scenario, type Tally } from './scenario.js';

/** Two shards, so that more than one wake-up can be lost. */
const JOURNALISTS = 300;
/** Four connections take 66 messages a second: the sending lasts nearly as long as the window of the faults. */
const REPLY_MS = 60;
const WINDOW_MS = 5_000;
/** What is promised at p99, beyond what an undisturbed run takes on the same machine in the same minutes. */
const ADDED_MS = 3_000;
const OVER_WITHIN_MS = 60_000;

/** The queue forgets everything, dies or refuses, at a random moment around T. */
export const queueLossScenario: Scenario = {
  name: 'queue-loss',
  says: 'the queue flushed, killed, out of memory or emptied within 5 s of T: nothing early, twice or lost, and at most 3 s later',
  runs: { full: 50, quick: 4 },
  within: { full: 1_800 },
  alone: true,
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const kinds = (await amnesias(house)).slice(0, runs);
    const shares = kinds.map((_, place) => Math.floor((runs + kinds.length - 1 - place) / kinds.length));
    const tallies = await Promise.all(kinds.map((kind, place) => new Forgetting(house, kind).run(shares[place] ?? 0)));
    return tallies.reduce(added, NOTHING);
  },
};

/** One kind of loss, again and again, beside the others. */
class Forgetting {
  private readonly lateness = new Lateness();

  constructor(
    private readonly house: ChaosHouse,
    private readonly kind: Amnesia,
  ) {}

  async run(times: number): Promise<Tally> {
    const { house, kind, lateness } = this;
    const script = [{ phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } }];
    const room = await house.openRoom({ sink: { script }, ...(kind.redisUrl ? { redisUrl: kind.redisUrl } : {}) });
    const list = await room.journalists(JOURNALISTS);
    await room.startWorkers(1);
    lateness.undisturbed(await this.release(room, list, async () => undefined));
    for (let done = 0; done < times && !house.signal.aborted; done += 1) {
      const strikeAfter = house.chance.whole(0, 2 * WINDOW_MS);
      const strike = async () => {
        await sleep(strikeAfter);
        await kind.strike(room);
      };
      const afterT = await this.release(room, list, strike);
      lateness.disturbed(afterT);
      house.note(
        `${kind.name} at T ${signed(strikeAfter - WINDOW_MS)} ms: last taken at T + ${Math.max(...afterT)} ms`,
      );
    }
    const findings = await room.check();
    const [median, p99] = [lateness.quantile(0.5), lateness.quantile(0.99)];
    const late = p99 > ADDED_MS ? lateness.beyond(ADDED_MS) : 0;
    const all = findings.accepted === findings.planned;
    const note = `${kind.name} ${times} times: ${median} ms later at the median, ${p99} ms at p99`;
    return tallied(times, { ...findings, late }, { ok: all, note });
  }

  /** @returns milliseconds from T of each message taken */
  private async release(room: ChaosRoom, list: MediaListId, strike: () => Promise<void>): Promise<number[]> {
    const release = await room.schedule(list);
    const liftsAt = await room.leavesIn(release, WINDOW_MS);
    const struck = strike();
    await Promise.all([struck, room.over(release, OVER_WITHIN_MS)]);
    return readAcceptLog(room.sink.acceptLog)
      .map(({ at }) => at - liftsAt)
      .filter((ms) => ms > -WINDOW_MS);
  }
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'} ${Math.abs(ms)}`;
}
