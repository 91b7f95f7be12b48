import { afterEach, describe, expect, test } from '@jest/globals';
import { ChaosHouse } from '../chaos/chaos.house.js';
import { killHoldScenario } from '../chaos/kill-hold.scenario.js';
import { killResendScenario } from '../chaos/kill-resend.scenario.js';
import { rollingDeployScenario } from '../chaos/rolling-deploy.scenario.js';
import type { Scenario, Tally } from '../chaos/scenario.js';

/** In small, so that every change meets them; `npm run chaos` runs all of them in full. The seed is what a failure is replayed with. */
const SEED = 20_261_202;
const HELD: Partial<Tally> = { early: 0, unflaggedDuplicates: 0, silentLosses: 0, late: 0, ok: true };

describe('under fire, with real processes and a checker apart from the product', () => {
  let house: ChaosHouse | undefined;
  afterEach(() => house?.close());

  test.each<[Scenario, number]>([
    [killHoldScenario, 3],
    [killResendScenario, 3],
    [rollingDeployScenario, 2],
  ])(
    '$name: $says',
    async (scenario, runs) => {
      const notes: string[] = [];
      const clusterUrl = process.env['DATELINE_TEST_CLUSTER'] ?? '';
      house = new ChaosHouse({
        seed: SEED,
        name: scenario.name,
        quick: true,
        clusterUrl,
        note: (sentence) => notes.push(sentence),
      });
      const tally = await scenario.run(house, runs);
      expect({ ...tally, notes }).toMatchObject({ ...HELD, runs });
    },
    300_000,
  );
});
