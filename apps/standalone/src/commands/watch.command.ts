import type { Command } from 'commander';
import { DeliveryViews } from '#libs/delivery';
import type { Actor } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { House } from '../house.js';
import { say } from '../terminal.js';
import { AS, onRelease, type CommandContext } from './context.js';
import { printProgress, watch } from './watch.js';

export function addWatching(release: Command, context: CommandContext): void {
  release
    .command('watch <number>')
    .description('countdown, then what leaves, until every recipient has an end')
    .option(...AS)
    .action(
      onRelease(context, async (house, by, one) => {
        const progress = await watch(house, by, one);
        if (progress) printProgress(progress);
      }),
    );
  release
    .command('show <number>')
    .description('where it stands now: state, T, counts by end state, delays, what waits and why')
    .option('--json', 'print one JSON document')
    .option(...AS)
    .action((number: string, options: { as?: string; json?: boolean }) =>
      onRelease(context, async (house, by, one) => show(house, by, one, options.json ?? false))(number, options),
    );
}

async function show(house: House, by: Actor, release: Release, json: boolean): Promise<void> {
  const views = new DeliveryViews(house.db);
  const progress = await views.progress(by.organisation, release.id);
  const embargo = await house.embargoes.of(house.db, by.organisation, release.id);
  if (json) {
    return say.line(
      JSON.stringify({
        number: release.number,
        state: release.state,
        embargo: embargo ?? null,
        progress: progress ?? null,
      }),
    );
  }
  say.line(`${release.number} version ${release.versionSeq} ${release.state}: ${release.title}`);
  if (embargo) say.line(`T ${embargo.liftsAt.toISOString()} = ${embargo.wall} ${embargo.zone} (UTC${embargo.offset})`);
  if (!progress) return say.line('Nothing is planned yet.');
  printProgress(progress);
  for (const one of await views.waiting(by.organisation, progress.distribution, 20)) {
    say.note(`${one.id} ${one.state}${one.reason ? `: ${one.reason}` : ''}${one.reply ? ` — ${one.reply}` : ''}`);
  }
}
