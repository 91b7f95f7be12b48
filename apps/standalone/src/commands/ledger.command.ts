import { join } from 'node:path';
import { KeptHeads, type ChainHead } from '#libs/audit';
import { LedgerVerify, type LedgerFault } from '#libs/delivery';
import { Problem, Secrets, type Actor, type OrganisationId, type Settings } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { House } from '../house.js';
import { say } from '../terminal.js';
import { AS, asOfficer, onRelease, type AddCommands, type CommandContext } from './context.js';

export const ledgerCommands: AddCommands = (program, context) => {
  const ledger = program.command('ledger').description('prove what was sent: check and export the append-only record');

  ledger
    .command('verify')
    .description('recompute the audit chain, every seal and every delivery from the ledger; exit code 1 on any fault')
    .option('--head <seq:hash>', 'a chain head you noted earlier; those kept in the data folder are always compared')
    .option('--heads <file>', 'a copy of a file of the folder ledger-heads, kept on another machine')
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
        const head = await house.auditViews.head(by.organisation);
        if (head) say.line(`${head.seq}:${head.hash.toString('hex')}`);
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
  readonly heads?: string;
  readonly json?: boolean;
}

async function verify(context: CommandContext, house: House, by: Actor, options: VerifyOptions): Promise<void> {
  const kept = keptHeads(context.settings);
  const known = await knownHeads(kept, by.organisation, options);
  const report = await new LedgerVerify(house.db, Secrets.from(context.settings)).run(by.organisation, known.heads);
  const faults = [...report.faults, ...known.faults];
  const compared = known.heads.at(-1);
  if (options.json) say.line(JSON.stringify({ ...report, faults, heads: known.heads.length }));
  else {
    say.line(
      `audit lines ${report.auditLines} · ledger events ${report.events} (${report.sealed} sealed) · deliveries ${report.deliveries}`,
    );
    say.line(`heads kept outside the database ${known.heads.length}${compared ? `, up to line ${compared.seq}` : ''}`);
    for (const fault of faults) say.bad(`${fault.where}: ${fault.what}`);
    if (faults.length === 0) say.good('the ledger is whole: nothing edited, removed, reordered, early or twice');
    say.line(`head ${report.head}`);
  }
  if (faults.length > 0) context.state.exitCode = 1;
  else if (report.auditLines > 0)
    await kept.keep(by.organisation, { ...parseHead(report.head), at: report.at, why: 'verified' });
}

/** Heads that workers and earlier checks kept in the data folder, those of a copy, and one given by hand. */
async function knownHeads(
  kept: KeptHeads,
  organisation: OrganisationId,
  options: VerifyOptions,
): Promise<{ heads: readonly ChainHead[]; faults: readonly LedgerFault[] }> {
  const files = [kept.file(organisation), ...(options.heads ? [options.heads] : [])];
  const reads = await Promise.all(
    files.map(async (file) => ({ file, ...(await kept.read(organisation, file).catch(unreadable(file))) })),
  );
  const copy = reads[1];
  if (copy && copy.heads.length === 0) throw noHeads(copy.file);
  return {
    heads: [...reads.flatMap((read) => read.heads), ...(options.head ? [parseHead(options.head)] : [])],
    faults: reads.flatMap(({ file, spoilt }) =>
      spoilt.map((line) => ({ where: `${file} line ${line}`, what: 'is no head that this installation kept' })),
    ),
  };
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

function keptHeads(settings: Settings): KeptHeads {
  return new KeptHeads(join(settings.text('DATELINE_DATA'), 'ledger-heads'), Secrets.from(settings));
}

function unreadable(file: string) {
  return (cause: unknown): never => {
    throw new Problem({
      code: 'ledger.heads.unreadable',
      field: '--heads',
      message: `${file} cannot be read.`,
      remedy: 'Check the path and its owner.',
      cause,
    });
  };
}

function noHeads(file: string): Problem {
  return new Problem({
    code: 'ledger.heads.none',
    field: '--heads',
    message: `${file} holds no head of this organisation.`,
    remedy: 'Give a copy of a file of the folder ledger-heads, and act for the organisation it is named after.',
  });
}

function parseHead(text: string): ChainHead {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text.trim());
  if (match?.[1] && match[2]) return { seq: Number(match[1]), hash: Buffer.from(match[2], 'hex') };
  throw new Problem({
    code: 'ledger.head',
    field: '--head',
    message: 'A chain head is a number, a colon and 64 hexadecimal digits.',
    remedy: 'Copy it as "dateline ledger head" printed it.',
  });
}
