import type { StopScope } from '#libs/embargo';
import type { Actor } from '#libs/kernel';
import type { House } from '../house.js';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands } from './context.js';

interface Options {
  readonly as?: string;
  readonly reason: string;
  readonly release?: string;
  readonly everything?: boolean;
}

export const stopCommands: AddCommands = (program, context) => {
  program
    .command('stop')
    .description('stop all sending now, and keep it stopped through restarts, until "dateline resume"')
    .requiredOption('--reason <text>', 'shown to everybody who waits')
    .option('--release <number>', 'only this release')
    .option('--everything', 'every organisation on this installation')
    .option(...AS)
    .action((options: Options) =>
      asOfficer(context, options.as, async (house, by) => {
        const scope = await scopeOf(house, by, options);
        await house.db.transaction((tx) => house.stopButton.press(tx, by, scope, options.reason));
        say.bad(`Stopped: ${describe(scope, options)}. No further message leaves until "dateline resume".`);
      }),
    );

  program
    .command('resume')
    .description('raise the stop button; what is due leaves at once')
    .requiredOption('--reason <text>', 'why it is safe now')
    .option('--release <number>', 'only this release')
    .option('--everything', 'every organisation on this installation')
    .option(...AS)
    .action((options: Options) =>
      asOfficer(context, options.as, async (house, by) => {
        const scope = await scopeOf(house, by, options);
        const raised = await house.db.transaction((tx) => house.stopButton.raise(tx, by, scope, options.reason));
        if (raised === 0) say.note(`No stop button was pressed for ${describe(scope, options)}.`);
        else say.good(`Raised ${raised}: ${describe(scope, options)}.`);
        for (const stop of await house.stopButton.pressed(house.db, by.organisation))
          say.note(`Still pressed: ${stop.reason}`);
      }),
    );
};

async function scopeOf(house: House, by: Actor, options: Options): Promise<StopScope> {
  if (options.everything) return 'everything';
  if (!options.release) return 'organisation';
  return { release: (await house.releases.byNumber(house.db, by.organisation, options.release)).id };
}

function describe(scope: StopScope, options: Options): string {
  if (scope === 'everything') return 'everything on this installation';
  return scope === 'organisation' ? 'everything of this organisation' : (options.release ?? '');
}
