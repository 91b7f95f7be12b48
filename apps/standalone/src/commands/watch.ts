import { DeliveryViews, type Progress } from '#libs/delivery';
import { systemClock, type Actor } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { House } from '../house.js';
import { paint, say } from '../terminal.js';
import { countdown } from './countdown.js';

const END = ['finished', 'cancelled'];

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
  const done = planned - (counts.ready ?? 0) - (counts.planned ?? 0) - (counts.dot_pending ?? 0);
  return `${paint('bold', `${done}/${planned}`)}  ${parts.join(' · ')}`;
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
