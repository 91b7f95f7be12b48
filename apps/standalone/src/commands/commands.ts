import type { AddCommands } from './context.js';
import { demoCommands } from './demo.command.js';
import { doctorCommands } from './doctor.command.js';
import { FIRST_STEPS } from './first-steps.js';
import { journalistsCommands } from './journalists.command.js';
import { ledgerCommands } from './ledger.command.js';
import { lanesCommands } from './lanes.command.js';
import { listsCommands } from './lists.command.js';
import { liveCommands } from './live.command.js';
import { organisationCommands } from './organisation.command.js';
import { releaseCommands } from './release.command.js';
import { startCommands } from './start.command.js';
import { stopCommands } from './stop.command.js';
import { suppressionsCommands } from './suppressions.command.js';
import { unknownCommands } from './unknown.command.js';

/** What follows stands under this heading in `--help`. */
const under =
  (heading: string): AddCommands =>
  (program) =>
    program.commandsGroup(heading);

/** In the order in which `--help` lists them. */
export const commands: readonly AddCommands[] = [
  under('Run it:'),
  startCommands,
  demoCommands,
  under('Before and at T:'),
  doctorCommands,
  stopCommands,
  unknownCommands,
  liveCommands,
  lanesCommands,
  under('Releases:'),
  releaseCommands,
  ledgerCommands,
  under('Journalists:'),
  journalistsCommands,
  listsCommands,
  suppressionsCommands,
  under('Organisations and officers:'),
  organisationCommands,
  (program) => program.addHelpText('after', FIRST_STEPS),
];
