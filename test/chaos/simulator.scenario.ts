import { simulate } from '../simulator/simulate.js';
import type { ChaosHouse } from './chaos.house.js';
import { NOTHING, type Scenario, type Tally } from './scenario.js';

/** A run is one history. No process and no database of its own: the product's classes on virtual time, judged after every act. */
export const simulatorScenario: Scenario = {
  name: 'simulator',
  says: 'in random histories of schedules, edits, cancels, opt-outs, stops, crashes, lost queues and stepped clocks nothing is early or twice, and nobody forgotten',
  runs: { full: 10_000, quick: 150 },
  within: { full: 3_600 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const { histories, commands, accepted, broken, path } = await simulate(runs, house.seed);
    const count = (what: RegExp) => (broken?.match(what) ?? []).length;
    return {
      ...NOTHING,
      runs: histories,
      early: count(/early by|before T/g),
      duplicates: count(/taken \d+ times/g),
      unflaggedDuplicates: count(/taken \d+ times/g),
      silentLosses: count(/forgotten as|is gone|no server took it|the ledger says/g),
      ok: broken === undefined,
      note:
        broken === undefined
          ? `${commands} commands, ${accepted} messages taken`
          : `npm run simulate -- --seed ${house.seed} --path ${path}: ${broken.slice(0, 300)}`,
    };
  },
};
