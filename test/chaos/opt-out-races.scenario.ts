import { Database } from '#libs/kernel';
import type { ChaosHouse } from './chaos.house.js';
import { raceOptOuts } from './opt-out.races.js';
import { LATE_AFTER_MS, openGround, raced, SLOW } from './race.room.js';
import type { Scenario, Tally } from './scenario.js';

/** Each run is a person who says no. */
export const optOutRacesScenario: Scenario = {
  name: 'opt-out-races',
  says: 'unsubscribes and erasures within 50 ms of T: nothing is let go to anybody who had said no',
  runs: { full: 1_000, quick: 40 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const { room, ground } = await openGround(house, [SLOW]);
    const newsroom = await Database.open({ url: room.database.url, role: 'dateline_newsroom' });
    house.later(() => newsroom.close());
    const said = await raceOptOuts(ground, newsroom, runs, (done) => house.note(`${done} opt-outs`));
    return raced(house, runs, await room.check({ lateAfterMs: LATE_AFTER_MS }), [said]);
  },
};
