import type { Command } from 'commander';
import { LaneDesk, LaneViews, type LaneState } from '#libs/delivery';
import { say } from '../terminal.js';
import { AS, asOfficer, type AddCommands, type CommandContext } from './context.js';

export const lanesCommands: AddCommands = (program, context) => {
  const lanes = program
    .command('lanes')
    .description('recipient domains that slow us down or refuse us: list them, open one');
  addListing(lanes, context);
  addOpening(lanes, context);
};

function addListing(lanes: Command, context: CommandContext): void {
  lanes
    .command('list', { isDefault: true })
    .description('list the lanes that met trouble, with the last answer; those that are held first')
    .option('--json', 'print one JSON document')
    .option(...AS)
    .action((options: { as?: string; json?: boolean }) =>
      asOfficer(context, options.as, async (house) => {
        const all = await new LaneViews(house.db).list();
        if (options.json) return say.line(JSON.stringify(all));
        if (all.length === 0) return say.good('No lane ever met trouble.');
        say.table(['lane', 'state', 'tried again', 'why', 'the last answer that meant trouble'], all.map(shown));
      }),
    );
}

function addOpening(lanes: Command, context: CommandContext): void {
  lanes
    .command('open <lane>')
    .description('end the waiting of a lane, for every worker; what was put off for it goes now (ops)')
    .requiredOption('--reason <text>', 'what was mended; stands in the audit')
    .option(...AS)
    .action((lane: string, options: { as?: string; reason: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        const desk = new LaneDesk(house.audit);
        const messages = await house.db.transaction((tx) => desk.open(tx, by, lane, options.reason));
        say.good(`${lane} is open; ${messages === 1 ? '1 message goes' : `${messages} messages go`} now`);
      }),
    );
}

const STATES = { held: 'held', trying: 'next message decides', open: 'open' } as const;

function shown(lane: LaneState): string[] {
  const again = lane.state === 'held' ? (lane.heldUntil?.toISOString() ?? '') : '';
  return [lane.lane, STATES[lane.state], again, lane.kind, lane.reply ?? lane.why];
}
