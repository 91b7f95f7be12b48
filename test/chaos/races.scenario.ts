import { Database } from '#libs/kernel';
import type { Rule } from '../support/sink.script.js';
import { raceCancels } from './cancel.races.js';
import type { ChaosHouse } from './chaos.house.js';
import type { Findings } from './checker.js';
import { readAcceptLog } from './history.js';
import { raceMoves } from './move.races.js';
import { raceOptOuts } from './opt-out.races.js';
import { inviteTo, type RaceFindings, type RaceGround } from './race.ground.js';
import { tallied, type Scenario, type Tally } from './scenario.js';

const AUDIENCE = 16;
const REPLY_MS = 15;
/** Of each audience two are told to come again: their rows have passed a dot and are not taken. */
const PUT_OFF = ['cancel.3@', 'cancel.8@'];
const LATE_AFTER_MS = 20_000;

/** Half of the runs are cancels, half are moves of T; each is a release of its own. */
export const moveRacesScenario: Scenario = {
  name: 'races-of-t',
  says: 'cancels and moves within 50 ms of T: what the officer is told is what left, and nothing leaves after it',
  runs: { full: 1_000, quick: 40 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const later = PUT_OFF.map((to) => ({
      phase: 'dot' as const,
      to,
      answer: { code: 451, text: '4.7.1 Greylisted', delayMs: REPLY_MS },
    }));
    const slow = { phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } };
    const { room, ground } = await openGround(house, [...later, slow]);
    await room.startWorkers(2);
    const cancels = Math.ceil(runs / 2);
    const told = (what: string) => (done: number) => house.note(`${done} ${what}`);
    const cancelled = await raceCancels(
      ground,
      [(await inviteTo(ground, 'cancel', AUDIENCE)).list],
      cancels,
      told('cancels'),
    );
    const moved = await raceMoves(
      ground,
      [(await inviteTo(ground, 'move', AUDIENCE)).list],
      runs - cancels,
      told('moves'),
    );
    const findings = await room.check({ lateAfterMs: LATE_AFTER_MS });
    return raced(house, runs, findings, [cancelled, moved]);
  },
};

/** Each run is a person who says no. */
export const optOutRacesScenario: Scenario = {
  name: 'races-of-opt-outs',
  says: 'unsubscribes and erasures within 50 ms of T: nothing is let go to anybody who had said no',
  runs: { full: 1_000, quick: 80 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const slow = { phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } };
    const { room, ground } = await openGround(house, [slow]);
    await room.startWorkers(2);
    const newsroom = await Database.open({ url: room.database.url, role: 'dateline_newsroom' });
    house.later(() => newsroom.close());
    const said = await raceOptOuts(ground, newsroom, runs, (done) => house.note(`${done} opt-outs`));
    return raced(house, runs, await room.check({ lateAfterMs: LATE_AFTER_MS }), [said]);
  },
};

async function openGround(house: ChaosHouse, script: readonly Rule[]) {
  const room = await house.openRoom({ connections: 4, sink: { script } });
  const ground: RaceGround = {
    world: room.world,
    chance: house.chance,
    taken: () => readAcceptLog(room.sink.acceptLog),
  };
  return { room, ground };
}

/** The checker's figures, with what the races themselves found. */
function raced(house: ChaosHouse, runs: number, findings: Findings, races: readonly RaceFindings[]): Tally {
  const breaches = races.flatMap((race) => race.breaches);
  for (const breach of breaches.slice(0, 20)) house.note(breach);
  const note = [...races.map((race) => race.note), ...breaches.slice(0, 3)].join('; ');
  return tallied(runs, findings, { ok: breaches.length === 0, note });
}
