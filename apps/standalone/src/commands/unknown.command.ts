import { Option, type Command } from 'commander';
import { Unknowns, UNKNOWN_DECISIONS, type UnknownDecision } from '#libs/delivery';
import { isId, Problem, type DeliveryId } from '#libs/kernel';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands, type CommandContext } from './context.js';

const EXAMPLES = `
The final dot of these messages left and no answer came: the relay may have taken them, or not. Nothing is sent again
by itself. Look for the delivery's id in the relay's log, it stands in the Message-ID, then decide:
  $ dateline unknown settle 5c0f…e1 --decision accepted --reason "relay log: 250 queued at 09:00:03"
  $ dateline unknown settle 5c0f…e1 --decision resend --reason "relay log: connection lost, nothing queued"
A resend has the same bytes and the same Message-ID, so some mail programs show it once even if both arrive.`;

export const unknownCommands: AddCommands = (program, context) => {
  const unknown = program
    .command('unknown')
    .description('messages of which nobody knows whether they were taken: list them, decide about them')
    .addHelpText('after', EXAMPLES);
  addListing(unknown, context);
  addSettling(unknown, context);
};

function addListing(unknown: Command, context: CommandContext): void {
  unknown
    .command('list [release]')
    .description('list unknown and held messages, of one release or of all')
    .option('--json', 'print one JSON document')
    .option(...AS)
    .action((release: string | undefined, options: { as?: string; json?: boolean }) =>
      asOfficer(context, options.as, async (house, by) => {
        if (release !== undefined) await house.releases.byNumber(house.db, by.organisation, release);
        const rows = await new Unknowns(house.audit).list(house.db, by.organisation, release);
        if (options.json) return say.line(JSON.stringify(rows));
        if (rows.length === 0) return say.good('No message is unknown or held.');
        say.table(
          ['delivery', 'release', 'state', 'dot left', 'worker', 'recipient'],
          rows.map((row) => [
            row.id,
            row.release,
            row.state,
            row.dotAt?.toISOString() ?? '',
            row.worker ?? '',
            `${row.name} <${row.address}>`,
          ]),
        );
        say.line(
          'Decide with "dateline unknown settle DELIVERY --decision accepted|resend --reason …"; --help says how.',
        );
      }),
    );
}

function addSettling(unknown: Command, context: CommandContext): void {
  unknown
    .command('settle <deliveries...>')
    .description('decide about one or more of them (releaser or ops); stands in the ledger and the audit chain')
    .addOption(
      new Option('--decision <decision>', 'accepted: the relay’s log shows that it took it; resend: send it once more')
        .choices(UNKNOWN_DECISIONS)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'how you know; kept in the audit chain, so without names and addresses')
    .option(...AS)
    .addHelpText('after', EXAMPLES)
    .action((deliveries: string[], options: { as?: string; decision: UnknownDecision; reason: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        const ids = deliveries.map(deliveryNamed);
        const unknowns = new Unknowns(house.audit);
        await house.db.transaction(async (tx) => {
          for (const id of ids) await unknowns.settle(tx, by, id, options.decision, options.reason);
        });
        for (const id of ids)
          say.good(options.decision === 'accepted' ? `${id} is accepted` : `${id} goes once more, at once`);
      }),
    );
}

function deliveryNamed(text: string): DeliveryId {
  if (isId(text)) return text as DeliveryId;
  throw new Problem({
    code: 'cli.delivery',
    field: 'delivery',
    message: `"${text}" is no delivery.`,
    remedy: 'Copy its whole id from "dateline unknown list".',
  });
}
