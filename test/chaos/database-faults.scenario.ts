import type { ChaosHouse } from './chaos.house.js';
import { crowded, lockedAcrossT } from './database.crowds.js';
import { diskFull } from './database.full.js';
import { restarts } from './database.restarts.js';
import { added, type Scenario, type Tally } from './scenario.js';

const DISKS = 4;

/** Everything that can befall the ledger while it is being written. A run is one restart of PostgreSQL; the others ride along in full. */
export const databaseFaultsScenario: Scenario = {
  name: 'database-faults',
  says: 'PostgreSQL killed in mid-send, its disk full, its ledger locked across T, its connections taken: no dot without a row, nothing twice or lost',
  runs: { full: 30, quick: 2 },
  within: { full: 1_800 },
  alone: true,
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    if (house.quick) return added(...(await Promise.all([restarts(house, runs), lockedAcrossT(house)])));
    const killed = await restarts(house, runs);
    const full = await diskFull(house, DISKS);
    const locked = await lockedAcrossT(house);
    return [full, locked, await crowded(house)].reduce(added, killed);
  },
};
