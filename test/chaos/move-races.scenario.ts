import { raceCancels } from './cancel.races.js';
import type { ChaosHouse } from './chaos.house.js';
import { raceMoves } from './move.races.js';
import { inviteTo } from './race.ground.js';
import { LATE_AFTER_MS, openGround, raced, REPLY_MS, SLOW } from './race.room.js';
import type { Scenario, Tally } from './scenario.js';

const AUDIENCE = 16;
/** Of each audience two are told to come again: their rows have passed a dot and are not taken. */
const PUT_OFF = ['cancel.3@', 'cancel.8@'];

/** Half of the runs are cancels, half are moves of T; each is a release of its own. */
export const moveRacesScenario: Scenario = {
  name: 'move-races',
  says: 'cancels and moves within 50 ms of T: what the officer is told is what left, and nothing leaves after it',
  runs: { full: 1_000, quick: 10 },
  within: { full: 2_700 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const later = PUT_OFF.map((to) => ({
      phase: 'dot' as const,
      to,
      answer: { code: 451, text: '4.7.1 Greylisted', delayMs: 4 * REPLY_MS },
    }));
    const { room, ground } = await openGround(house, [...later, SLOW]);
    const cancels = Math.ceil(runs / 2);
    const told = (what: string) => (done: number) => house.note(`${done} ${what}`);
    const [first, second] = [await inviteTo(ground, 'cancel', AUDIENCE), await inviteTo(ground, 'move', AUDIENCE)];
    const cancelled = await raceCancels(ground, [first.list], cancels, told('cancels'));
    const moved = await raceMoves(ground, [second.list], runs - cancels, told('moves'));
    const findings = await room.check({ lateAfterMs: LATE_AFTER_MS });
    return raced(house, runs, findings, [cancelled, moved]);
  },
};
