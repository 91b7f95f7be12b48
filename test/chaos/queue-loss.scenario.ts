import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaListId } from '#libs/kernel';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { takenAt } from './database.watch.js';
import { Lateness } from './lateness.js';
import { amnesias, type Amnesia } from './queue.amnesia.js';
import { added, NOTHING, tallied, type Scenario, type Tally } from './scenario.js';

/** Two releases at one T, so that more than one wake-up can be lost. */
const RELEASES = 2;
const JOURNALISTS = 75;
/** Four connections take 33 messages a second: the sending lasts nearly as long as the window of the faults. */
const REPLY_MS = 120;
const WINDOW_MS = 5_000;
/** What is promised at p99, beside a newsroom to which nothing happens at the same time. */
const ADDED_MS = 3_000;
const OVER_WITHIN_MS = 90_000;

/** The queue forgets everything, dies or refuses, at a random moment around T. */
export const queueLossScenario: Scenario = {
  name: 'queue-loss',
  says: 'the queue flushed, killed, out of memory or emptied within 5 s of T: nothing early, twice or lost, and at most 3 s later',
  runs: { full: 50, quick: 4 },
  within: { full: 1_800 },
  alone: true,
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const kinds = (await amnesias(house)).slice(0, runs);
    const control = await Newsroom.open(house, undefined);
    const rooms = await Promise.all(kinds.map((kind) => Newsroom.open(house, kind)));
    for (let left = runs; left > 0 && !house.signal.aborted; left -= rooms.length) {
      const struck = rooms.slice(0, left);
      const [undisturbed = [], ...disturbed] = await Promise.all([control, ...struck].map((room) => room.round()));
      for (const [place, room] of struck.entries()) room.compare(undisturbed, disturbed[place] ?? []);
    }
    const tallies = await Promise.all([control, ...rooms].map((room) => room.tally()));
    return tallies.reduce(added, NOTHING);
  },
};

/** One newsroom with a queue of its own, to which one kind of loss happens in each round; or none, for comparison. */
class Newsroom {
  private readonly lateness = new Lateness();
  private rounds = 0;

  private constructor(
    private readonly house: ChaosHouse,
    private readonly kind: Amnesia | undefined,
    private readonly room: ChaosRoom,
    private readonly list: MediaListId,
  ) {}

  static async open(house: ChaosHouse, kind: Amnesia | undefined): Promise<Newsroom> {
    const script = [{ phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } }];
    const room = await house.openRoom({ sink: { script }, ...(kind?.redisUrl ? { redisUrl: kind.redisUrl } : {}) });
    const list = await room.journalists(JOURNALISTS);
    await room.startWorkers(1);
    return new Newsroom(house, kind, room, list);
  }

  /** @returns milliseconds from T of each message taken */
  async round(): Promise<number[]> {
    const { house, kind, room } = this;
    this.rounds += 1;
    const before = takenAt(room).length;
    const releases = [];
    for (let n = 0; n < RELEASES; n += 1) releases.push(await room.schedule(this.list));
    for (const release of releases) await room.prepared(release);
    let liftsAt = 0;
    for (const release of releases) liftsAt = await room.leavesIn(release, WINDOW_MS);
    const strikeAt = liftsAt + house.chance.whole(-WINDOW_MS, WINDOW_MS);
    const strike = async () => {
      await sleep(Math.max(0, strikeAt - Date.now()));
      await kind?.strike(room);
    };
    await Promise.all([strike(), ...releases.map((release) => room.over(release, OVER_WITHIN_MS))]);
    const afterT = takenAt(room)
      .slice(before)
      .map((at) => at - liftsAt);
    if (kind) house.note(`${kind.name} ${strikeAt - liftsAt} ms from T: last taken ${afterT.at(-1)} ms after T`);
    return afterT;
  }

  /** @param undisturbed what the newsroom for comparison came to in the same round */
  compare(undisturbed: readonly number[], disturbed: readonly number[]): void {
    this.lateness.undisturbed(undisturbed);
    this.lateness.disturbed(disturbed);
  }

  async tally(): Promise<Tally> {
    const findings = await this.room.check();
    const ok = findings.accepted === findings.planned && findings.unknown === 0;
    if (!this.kind) return { ...tallied(0, findings, { ok }) };
    const { noiseMs } = this.lateness;
    const [median, p99] = [this.lateness.quantile(0.5), this.lateness.quantile(0.99)];
    // on a machine that is busy otherwise, two undisturbed newsrooms are apart as well
    const late = p99 > ADDED_MS + noiseMs ? this.lateness.beyond(ADDED_MS) : 0;
    const note = `${this.kind.name} ${this.rounds} times: ${median} ms later at the median, ${p99} ms at p99 (undisturbed runs are ${noiseMs} ms apart)`;
    return tallied(this.rounds, { ...findings, late }, { ok, note });
  }
}
