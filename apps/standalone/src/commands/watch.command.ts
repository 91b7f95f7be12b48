import type { Command } from 'commander';
import { DeliveryViews, type Progress } from '#libs/delivery';
import { systemClock, type Actor } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { House } from '../house.js';
import { paint, say } from '../terminal.js';
import { AS, type CommandContext } from './context.js';
import { onRelease } from './release.command.js';

const END = ['finished', 'cancelled'];

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

/** Prints one line that changes, twice a second, until the distribution has ended. Returns its last progress. */
export async function watch(house: House, by: Actor, release: Release): Promise<Progress | undefined> {
  const views = new DeliveryViews(house.db);
  for (;;) {
    const progress = await views.progress(by.organisation, release.id);
    const now = await house.releases.get(house.db, by.organisation, release.id);
    const embargo = await house.embargoes.of(house.db, by.organisation, release.id);
    tell(describe(progress, now.state, embargo ? embargo.liftsAt.getTime() - systemClock.now() : undefined));
    if (progress && END.includes(progress.state) && ['released', 'cancelled'].includes(now.state)) {
      process.stdout.write('\n');
      return progress;
    }
    if (now.state === 'cancelled') return progress;
    await systemClock.sleep(process.stdout.isTTY ? 200 : 1_000);
  }
}

let lastTold = '';
function tell(line: string): void {
  if (line === lastTold) return;
  lastTold = line;
  process.stdout.write(process.stdout.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
}

function describe(progress: Progress | undefined, state: string, leftMs: number | undefined): string {
  if (!progress || (progress.liftedAt === null && leftMs !== undefined && leftMs > 0)) {
    const left = leftMs === undefined ? 'no T yet' : `T − ${countdown(leftMs)}`;
    const prepared = progress ? `${progress.counts.ready ?? 0} of ${progress.planned} messages prepared` : 'waiting';
    return `${paint('bold', left)}  ${state}  ${prepared}`;
  }
  const { counts, planned } = progress;
  const parts = Object.entries(counts).map(([name, n]) => `${name} ${n}`);
  const done =
    planned - (counts.ready ?? 0) - (counts.planned ?? 0) - (counts.claimed ?? 0) - (counts.dot_pending ?? 0);
  return `${paint('bold', `${done}/${planned}`)}  ${parts.join(' · ')}`;
}

function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const clock = `${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${clock}` : clock;
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

export function printProgress(progress: Progress): void {
  const { delays } = progress;
  say.line(
    `lifted ${progress.liftedAt?.toISOString() ?? '—'} · first accepted ${iso(progress.firstAccepted)} · last accepted ${iso(progress.lastAccepted)}`,
  );
  if (delays.p50 !== null) {
    say.line(`after T: half within ${ms(delays.p50)}, 95 % within ${ms(delays.p95)}, 99 % within ${ms(delays.p99)}`);
  }
  say.table(
    ['end state', 'recipients'],
    [
      ...Object.entries(progress.counts).map(([state, n]) => [state, String(n)]),
      ['planned in all', String(progress.planned)],
    ],
  );
}

function iso(date: Date | null): string {
  return date?.toISOString() ?? '—';
}

function ms(value: number | null): string {
  return value === null ? '—' : `${Math.round(value)} ms`;
}
