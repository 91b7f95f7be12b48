import { cleanRunScenario } from './clean-run.scenario.js';
import { clocksScenario } from './clocks.scenario.js';
import { databaseClockScenario } from './database-clock.scenario.js';
import { databaseFaultsScenario } from './database-faults.scenario.js';
import { editRacesScenario } from './edit-races.scenario.js';
import { killHoldScenario } from './kill-hold.scenario.js';
import { killResendScenario } from './kill-resend.scenario.js';
import { postfixOracleScenario } from './postfix-oracle.scenario.js';
import { queueLossScenario } from './queue-loss.scenario.js';
import { moveRacesScenario } from './move-races.scenario.js';
import { optOutRacesScenario } from './opt-out-races.scenario.js';
import { restoredBackupScenario } from './restored-backup.scenario.js';
import { rollingDeployScenario } from './rolling-deploy.scenario.js';
import type { Scenario } from './scenario.js';
import { simulatorScenario } from './simulator.scenario.js';
import { smtpMatrixScenario } from './smtp-matrix.scenario.js';
import { tamperScenario } from './tamper.scenario.js';
import { zombiesScenario } from './zombies.scenario.js';

/** Every scenario of `npm run chaos`, in the order in which it runs them. */
export const SCENARIOS: readonly Scenario[] = [
  cleanRunScenario,
  killHoldScenario,
  killResendScenario,
  postfixOracleScenario,
  restoredBackupScenario,
  rollingDeployScenario,
  zombiesScenario,
  moveRacesScenario,
  optOutRacesScenario,
  editRacesScenario,
  clocksScenario,
  databaseClockScenario,
  smtpMatrixScenario,
  queueLossScenario,
  databaseFaultsScenario,
  tamperScenario,
  simulatorScenario,
];
