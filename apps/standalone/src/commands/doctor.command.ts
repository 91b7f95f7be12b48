import type { Command } from 'commander';
import { requireRole } from '#libs/accounts';
import { Problem, systemClock, type Settings } from '#libs/kernel';
import { Doctor, dnsLookup, examinedDatabase, type Examination } from '#libs/ops';
import { startEmbeddedPostgres } from '../embedded-postgres.js';
import { systemFault } from '../system-fault.js';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands, type CommandContext } from './context.js';
import { printExamination, printStatus } from './doctor-report.js';

const AFTER = `
Exit code 1 when anything would keep a release from leaving at T, 0 otherwise; warnings do not count.
Run it where the worker runs, with the worker's settings: only there can it look at the relay and the keys.

  $ dateline doctor                                   before an embargo
  $ dateline doctor --json | jq '.upcoming[0]'        for a monitor`;

export const doctorCommands: AddCommands = (program, context) => {
  program
    .command('doctor')
    .summary('everything a release needs to leave at T: what leaves next, then every part, with remedies')
    .description(
      'What you want to read at 23:55 before a 00:01 embargo: what leaves in the next 24 hours and whether it can, then database, clocks, zone data, queue, relay, keys, DNS, newsroom, workers, alarms and stuck messages; each with what to do.',
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', AFTER)
    .action(async (options: { json?: boolean }) => {
      const examination = await examine(context.settings);
      if (options.json) say.line(JSON.stringify(examination));
      else printExamination(examination);
      if (examination.verdict === 'fail') context.state.exitCode = 1;
    });

  program
    .command('status')
    .description('in a few lines: the next T, what is being sent, alarms and stop buttons')
    .option('--json', 'print one JSON document')
    .action((options: { json?: boolean }) => status(context, options.json ?? false));

  addAlarmClear(program, context);
};

/** Starts or adopts the embedded database, as every command does, but never changes it. */
async function examine(settings: Settings): Promise<Examination> {
  const embedded = !settings.isSet('DATABASE_URL');
  const server = embedded ? await embeddedServer(settings) : undefined;
  const own = server && !(server instanceof Problem) ? settings.with({ DATABASE_URL: server.url }) : settings;
  const database = server instanceof Problem ? server : await examinedDatabase(own.text('DATABASE_URL'), systemClock);
  const lookup = dnsLookup(systemClock);
  try {
    return await new Doctor({ settings: own, clock: systemClock, lookup, database, embedded }).examine();
  } finally {
    if (!(database instanceof Problem)) await database.close();
    if (server && !(server instanceof Problem)) await server.stop();
  }
}

async function embeddedServer(settings: Settings) {
  try {
    return await startEmbeddedPostgres({ folder: settings.text('DATELINE_DATA') });
  } catch (error) {
    const problem = error instanceof Problem ? error : systemFault(error);
    if (problem) return problem;
    throw error;
  }
}

async function status(context: CommandContext, json: boolean): Promise<void> {
  const { at, upcoming, groups } = await examine(context.settings);
  const work = groups.filter(({ name }) => ['Workers', 'Alarms', 'Ledger'].includes(name));
  // without a database, or before its first migration, that is all there is to tell
  const told = work.length > 0 ? work : groups.filter(({ name }) => name === 'Database');
  if (json) say.line(JSON.stringify({ at, upcoming, groups: told }));
  else printStatus({ upcoming, groups: told });
  if (upcoming === null) context.state.exitCode = 1;
}

function addAlarmClear(program: Command, context: CommandContext): void {
  program
    .command('alarm-clear <code> <subject>')
    .description(
      'clear an alarm that nobody will clear any more, as of a worker that is gone; it comes back if it is true',
    )
    .option(...AS)
    .action((code: string, subject: string, options: { as?: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        if (!(by.kind === 'officer' && by.roles.includes('releaser'))) requireRole(by, 'ops', 'Clearing an alarm');
        const cleared = await house.db.transaction(async (tx) => {
          const count = await tx.run(
            `update alarm set cleared_at = clock_timestamp() where code = $1 and subject = $2 and cleared_at is null`,
            [code, subject],
          );
          if (count > 0)
            await house.audit.record(tx, by, { type: 'alarm.cleared', subject: `alarm:${code}`, facts: { subject } });
          return count;
        });
        if (cleared > 0) return say.good(`cleared ${code} on ${subject}`);
        throw new Problem({
          code: 'cli.alarm',
          field: 'code',
          message: `No alarm ${code} stands on ${subject}.`,
          remedy: 'Copy both words as "dateline doctor" prints them.',
        });
      }),
    );
}
