import type { ChaosHouse } from './chaos.house.js';
import { killing } from './killing.js';
import { tallied, type Scenario, type Tally } from './scenario.js';

export const killHoldScenario: Scenario = {
  name: 'kill-hold',
  says: 'kill -9 at named points and at any moment, policy hold: nothing twice, nothing lost, unknown at most what was past the dot',
  runs: { full: 200, quick: 6 },
  within: { full: 2_400 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const { findings, pastTheDot, everywhere, note } = await killing(house, runs, 'hold');
    return tallied(runs, findings, { ok: everywhere && findings.unknown <= pastTheDot, note });
  },
};
