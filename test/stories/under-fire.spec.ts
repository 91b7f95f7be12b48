import { afterEach, describe, expect, test } from '@jest/globals';
import { ChaosHouse } from '../chaos/chaos.house.js';
import { killHoldScenario } from '../chaos/kill-hold.scenario.js';
import { killResendScenario } from '../chaos/kill-resend.scenario.js';
import { rollingDeployScenario } from '../chaos/rolling-deploy.scenario.js';
import type { Scenario } from '../chaos/scenario.js';

/** In small, so that every change meets them; `npm run chaos` runs all of them in full. The seed is what a failure is replayed with. */
const SEED = 20_261_202;

describe('under fire, with real processes and a checker apart from the product', () => {
  let house: ChaosHouse | undefined;
  afterEach(() => house?.close());

  test.each<{ scenario: Scenario; runs: number }>([
    { scenario: killHoldScenario, runs: 3 },
    { scenario: killResendScenario, runs: 3 },
    { scenario: rollingDeployScenario, runs: 2 },
  ])(
    '$scenario.name: $scenario.says',
    async ({ scenario, runs }) => {
      const clusterUrl = process.env['DATELINE_TEST_CLUSTER'] ?? '';
      const problems: string[] = [];
      const note = (sentence: string) => problems.push(sentence);
      house = new ChaosHouse({ seed: SEED, name: scenario.name, quick: true, clusterUrl, note });
      const tally = await scenario.run(house, runs);
      // everything the run said stands beside what was expected
      expect({ ...tally, problems }).toEqual({ ...tally, problems, ok: true, runs });
    },
    300_000,
  );
});
