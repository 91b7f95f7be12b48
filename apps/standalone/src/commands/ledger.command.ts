import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerVerify } from '#libs/delivery';
import { Problem, type Actor, type OrganisationId, type Settings } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { House } from '../house.js';
import { say } from '../terminal.js';
import { AS, asOfficer, onRelease, type AddCommands, type CommandContext } from './context.js';

export const ledgerCommands: AddCommands = (program, context) => {
  const ledger = program.command('ledger').description('prove what was sent: check and export the append-only record');

  ledger
    .command('verify')
    .description('recompute the audit chain, every seal and every delivery from the ledger; exit code 1 on any fault')
    .option(
      '--head <seq:hash>',
      'a chain head you noted earlier; the last one kept in the data folder is always compared',
    )
    .option('--json', 'print one JSON document')
    .option(...AS)
    .action((options: VerifyOptions) =>
      asOfficer(context, options.as, (house, by) => verify(context, house, by, options)),
    );

  ledger
    .command('head')
    .description('print the present head of the audit chain, to be kept outside this machine')
    .option(...AS)
    .action((options: { as?: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        const chain = await house.auditViews.check(by.organisation);
        say.line(`${chain.lines}:${chain.head.toString('hex')}`);
      }),
    );

  ledger
    .command('export <release>')
    .description('print every ledger event of a release as JSON lines, without addresses')
    .option(...AS)
    .action(onRelease(context, exportEvents));
};

interface VerifyOptions {
  readonly as?: string;
  readonly head?: string;
  readonly json?: boolean;
}

async function verify(context: CommandContext, house: House, by: Actor, options: VerifyOptions): Promise<void> {
  const known = options.head ? parseHead(options.head) : lastHead(context.settings, by.organisation);
  const report = await new LedgerVerify(house.db).run(by.organisation, known);
  if (options.json) say.line(JSON.stringify(report));
  else {
    say.line(
      `audit lines ${report.auditLines} · ledger events ${report.events} (${report.sealed} sealed) · deliveries ${report.deliveries}`,
    );
    for (const fault of report.faults) say.bad(`${fault.where}: ${fault.what}`);
    if (report.faults.length === 0) say.good('the ledger is whole: nothing edited, removed, reordered, early or twice');
    say.line(`head ${report.head}`);
  }
  if (report.faults.length > 0) context.state.exitCode = 1;
  else keepHead(context.settings, by.organisation, report.head);
}

async function exportEvents(house: House, by: Actor, release: Release): Promise<void> {
  const events = await house.db.rows<{ id: string; body: string }>(
    `select e.id::text, e.body from delivery_event e
       join distribution n on n.organisation_id = e.organisation_id and n.id = e.distribution_id
      where e.organisation_id = $1 and n.release_id = $2 order by e.id`,
    [by.organisation, release.id],
  );
  for (const event of events) say.line(JSON.stringify({ id: Number(event.id), body: event.body }));
}

/** Heads seen by earlier checks, one per line, outside the database: a chain cut short is found by them. */
function headsFile(settings: Settings, organisation: OrganisationId): string {
  return join(settings.text('DATELINE_DATA'), 'ledger-heads', `${organisation}.txt`);
}

export function keepHead(settings: Settings, organisation: OrganisationId, head: string): void {
  const file = headsFile(settings, organisation);
  mkdirSync(join(settings.text('DATELINE_DATA'), 'ledger-heads'), { recursive: true });
  appendFileSync(file, `${head}\n`);
}

export function lastHead(settings: Settings, organisation: OrganisationId): { seq: number; hash: Buffer } | undefined {
  const file = headsFile(settings, organisation);
  if (!existsSync(file)) return undefined;
  const last = readFileSync(file, 'utf8').trim().split('\n').at(-1);
  return last ? parseHead(last) : undefined;
}

function parseHead(text: string): { seq: number; hash: Buffer } {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text.trim());
  if (match?.[1] && match[2]) return { seq: Number(match[1]), hash: Buffer.from(match[2], 'hex') };
  throw new Problem({
    code: 'ledger.head',
    field: '--head',
    message: 'A chain head is a number, a colon and 64 hexadecimal digits.',
    remedy: 'Copy it as "dateline ledger head" printed it.',
  });
}
