import { cleanRunScenario } from './clean-run.scenario.js';
import { clocksScenario } from './clocks.scenario.js';
import { databaseFaultsScenario } from './database-faults.scenario.js';
import { killHoldScenario } from './kill-hold.scenario.js';
import { killResendScenario } from './kill-resend.scenario.js';
import { postfixOracleScenario } from './postfix-oracle.scenario.js';
import { queueLossScenario } from './queue-loss.scenario.js';
import { moveRacesScenario, optOutRacesScenario } from './races.scenario.js';
import { rollingDeployScenario } from './rolling-deploy.scenario.js';
import type { Scenario } from './scenario.js';
import { smtpMatrixScenario } from './smtp-matrix.scenario.js';
import { tamperScenario } from './tamper.scenario.js';
import { zombiesScenario } from './zombies.scenario.js';

/** Every scenario of `npm run chaos`, in the order in which it runs them. */
export const SCENARIOS: readonly Scenario[] = [
  cleanRunScenario,
  killHoldScenario,
  killResendScenario,
  postfixOracleScenario,
  rollingDeployScenario,
  zombiesScenario,
  moveRacesScenario,
  optOutRacesScenario,
  clocksScenario,
  smtpMatrixScenario,
  queueLossScenario,
  databaseFaultsScenario,
  tamperScenario,
];
