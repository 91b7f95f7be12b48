import type { ChaosHouse } from './chaos.house.js';
import { killing } from './killing.js';
import { tallied, type Scenario, type Tally } from './scenario.js';

export const killResendScenario: Scenario = {
  name: 'kill-resend',
  says: 'the same with policy resend: every copy was flagged beforehand and is byte-identical, at most one per message and kill',
  runs: { full: 60, quick: 4 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const { findings, pastTheDot, everywhere, note } = await killing(house, runs, 'resend');
    const ok = everywhere && findings.duplicates <= pastTheDot && findings.unknown === 0;
    return tallied(runs, findings, { ok, duplicatesAllowed: true, note: `${findings.duplicates} copies; ${note}` });
  },
};
