import { Option, type Command } from 'commander';
import { SUPPRESSION_REASONS, type SuppressionReason } from '#libs/contacts';
import { Problem } from '#libs/kernel';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands, type CommandContext } from './context.js';
import { wholeNumber } from './whole-number.js';

/** "erased" has its own command: it also removes the person. */
const REASONS = SUPPRESSION_REASONS.filter((reason) => reason !== 'erased');

export const suppressionsCommands: AddCommands = (program, context) => {
  addSuppressing(program, context);
  addShowing(program, context);
  addErasing(program, context);
};

function addSuppressing(program: Command, context: CommandContext): void {
  program
    .command('suppress <address>')
    .description('an address gets nothing from now on; messages that wait for it are taken back')
    .addOption(new Option('--reason <reason>', 'why').choices(REASONS).makeOptionMandatory())
    .option('--note <text>', 'what was said, without names and addresses')
    .option(...AS)
    .action((address: string, options: { as?: string; reason: SuppressionReason; note?: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        const taken = await house.db.transaction((tx) =>
          house.desk.suppress(tx, by, address, {
            reason: options.reason,
            ...(options.note ? { note: options.note } : {}),
          }),
        );
        say.good(`${address} is suppressed (${options.reason}); ${messages(taken)} taken back`);
      }),
    );

  program
    .command('unsuppress <address>')
    .description('let an address get mail again; the old suppression stays on record')
    .requiredOption('--because <text>', 'for example "asked for it by mail on 3 December"')
    .option(...AS)
    .action((address: string, options: { as?: string; because: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        await house.db.transaction((tx) => house.contacts.suppressions.lift(tx, by, address, options.because));
        say.good(`${address} may get mail again, from the next release on; what was taken back stays so`);
      }),
    );
}

function addShowing(program: Command, context: CommandContext): void {
  program
    .command('suppressions')
    .description('list suppressed addresses; of those no journalist has, only the pseudonym is known')
    .option('--limit <n>', 'how many at most', wholeNumber('--limit'), 200)
    .option('--json', 'print one JSON document')
    .option(...AS)
    .action((options: { as?: string; limit: number; json?: boolean }) =>
      asOfficer(context, options.as, async (house, by) => {
        const { limit } = options;
        const all = await house.contacts.suppressions.page(house.db, by.organisation, { limit: limit + 1 });
        const shown = all.slice(0, limit).map((one) => ({ ...one, addressKey: one.addressKey.toString('hex') }));
        if (options.json) return say.line(JSON.stringify(shown));
        if (shown.length === 0) return say.line('No address is suppressed.');
        say.table(
          ['address or pseudonym', 'reason', 'since', 'note'],
          shown.map((one) => [
            one.address ?? `${one.addressKey.slice(0, 16)}…`,
            one.reason,
            one.suppressedAt.toISOString().slice(0, 10),
            one.note,
          ]),
        );
        if (all.length > limit) say.note(`Only the first ${limit}; see more with --limit.`);
      }),
    );
}

function addErasing(program: Command, context: CommandContext): void {
  program
    .command('erase <address>')
    .summary('forget a journalist for good')
    .description(
      'forget a journalist: the record and every trace in imports go, waiting messages are taken back, and only a pseudonym stays, so that no import brings the person back',
    )
    .requiredOption('--yes', 'this cannot be undone')
    .option(...AS)
    .action((address: string, options: { as?: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        const taken = await house.db.transaction(async (tx) => {
          const journalist = await house.contacts.journalists.findByAddress(tx, by.organisation, address);
          if (!journalist) throw nobody(address);
          const recalled = await house.desk.suppress(tx, by, address, { reason: 'erased' });
          await house.contacts.journalists.erase(tx, by, journalist.id);
          return recalled;
        });
        say.good(`Erased; ${messages(taken)} taken back. What was sent before stays in the ledger.`);
      }),
    );
}

function messages(count: number): string {
  return count === 1 ? '1 waiting message' : `${count} waiting messages`;
}

function nobody(address: string): Problem {
  return new Problem({
    code: 'cli.erase.nobody',
    field: 'address',
    message: `No journalist here has the address ${address}.`,
    remedy:
      'Check the spelling with "dateline journalists list --search"; to keep it from ever getting mail, suppress it.',
  });
}
