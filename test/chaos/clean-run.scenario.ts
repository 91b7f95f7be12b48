import type { ChaosHouse } from './chaos.house.js';
import { tallied, type Scenario, type Tally } from './scenario.js';

const JOURNALISTS = 400;
/** Two workers are ready long before T; on an idle machine the last of them is taken within one second; the rest is for busy machines. */
const LATE_AFTER_MS = 20_000;

/** Nobody is cruel: what the others are compared with, and the check of the frame itself. */
export const cleanRunScenario: Scenario = {
  name: 'clean-run',
  says: 'with nobody in the way every message is taken once, after T, and the ledger says so',
  runs: { full: 5, quick: 1 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const room = await house.openRoom();
    const list = await room.journalists(JOURNALISTS);
    await room.startWorkers(2);
    for (let run = 0; run < runs; run += 1) {
      const release = await room.schedule(list);
      await room.leavesIn(release, 1_000);
      await room.over(release);
    }
    const findings = await room.check({ lateAfterMs: LATE_AFTER_MS });
    const all = findings.accepted === JOURNALISTS * runs;
    return tallied(runs, findings, {
      ok: all,
      note: `${findings.accepted} taken, the last ${findings.lastMs} ms after T`,
    });
  },
};
