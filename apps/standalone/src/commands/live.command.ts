import { Option } from 'commander';
import { GoLive, RestoredStore, type MaybeSentChoice, type WentLive } from '#libs/delivery';
import { InstanceStore, Quarantine, WatermarkFile } from '#libs/embargo';
import { Alarms, systemClock, type Log } from '#libs/kernel';
import type { House } from '../house.js';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands } from './context.js';

const AFTER = `
A restored backup, a promoted standby, an upgraded or copied database starts in quarantine: nothing leaves and newsrooms
are shut, because it does not know what was sent after it was made. First make sure that nothing else sends any more:
the old machine is off, its workers are stopped. Then say so:

  $ dateline live --reason "db-1 burned down, restored from 01:30"           when nothing is in doubt
  $ dateline live --hold --reason "db-1 burned down, restored from 01:30"    what may have been sent waits for you
  $ dateline live --send --reason "switched over while nothing was sent"     what is due leaves at once`;

interface Options {
  readonly as?: string;
  readonly reason: string;
  readonly hold?: boolean;
  readonly send?: boolean;
  readonly json?: boolean;
}

const QUIET: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export const liveCommands: AddCommands = (program, context) => {
  program
    .command('live')
    .summary('end the quarantine of a restored, copied or promoted database (ops)')
    .description(
      'say that this database is the live one: ends its quarantine, and decides about what may have been sent.',
    )
    .requiredOption('--reason <text>', 'how you know that nothing else sends any more; kept in the audit chain')
    .addOption(
      new Option('--hold', 'what may have been sent already waits for the relay’s log or for a person').conflicts(
        'send',
      ),
    )
    .option('--send', 'nothing was sent since: what is due leaves at once')
    .option('--json', 'print one JSON document')
    .option(...AS)
    .addHelpText('after', AFTER)
    .action((options: Options) =>
      asOfficer(context, options.as, async (house, by) => {
        const store = new InstanceStore(house.audit, new Alarms());
        await looked(house, store);
        const goLive = new GoLive(store, new RestoredStore(house.releases, house.audit));
        const choice: MaybeSentChoice | undefined = options.hold ? 'hold' : options.send ? 'send' : undefined;
        const went = await house.db.transaction((tx) => goLive.say(tx, by, options.reason, choice));
        if (options.json) return say.line(JSON.stringify(went));
        tell(went);
      }),
    );
};

/** A copy that no worker has looked at yet is in quarantine all the same. */
async function looked(house: House, store: InstanceStore): Promise<void> {
  const tools = { db: house.db, clock: systemClock, log: QUIET, name: 'command line' };
  await new Quarantine(tools, store, new WatermarkFile(house.settings.text('DATELINE_DATA'))).found();
}

function tell({ maybeSent, held, stopped, ahead }: WentLive): void {
  say.good('This is the live database now; what is due leaves, newsrooms are open.');
  if (held > 0)
    say.note(
      `${held} messages are held: RELAY_LOG settles those that the relay knows, you the others ("dateline unknown list").`,
    );
  for (const number of stopped)
    say.note(
      `${number} is stopped: none of its messages was made here. See whether it was sent, then "dateline resume --release ${number}" or "dateline release cancel ${number}".`,
    );
  if (maybeSent.length > 0 && held === 0 && stopped.length === 0)
    say.note(`${maybeSent.reduce((sum, one) => sum + one.messages, 0)} messages that were due leave at once.`);
  if (ahead.releases > 0)
    say.note(
      `${ahead.releases} scheduled ahead, the next at ${ahead.next?.toISOString()}. What was moved, cancelled or unsubscribed after this copy was made is not in it: compare before then.`,
    );
}
