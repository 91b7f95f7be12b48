import type { Entry } from './contests.js';
import type { CpuSeconds, Measured, Ratios, Row, SinkKind } from './results.js';
import { median, medianRatio } from './statistics.js';

/** What was measured of one line, round by round; undefined where it failed or was left out. */
export interface Series {
  readonly entry: Entry;
  readonly rounds: (Measured | undefined)[];
}

/** Medians over the rounds; undefined when no round gave a figure. */
export function rowOf({ entry, rounds }: Series): Row | undefined {
  const rates = ratesOf({ entry, rounds }).filter((rate) => rate !== undefined);
  const perSecond = median(rates);
  const lastMs = median(given(rounds, 'lastMs'));
  if (perSecond === undefined || lastMs === undefined) return undefined;
  const { name, sink, backend, workers, recipients } = entry;
  return {
    name,
    sink,
    backend,
    workers,
    recipients,
    firstMs: rounded(median(given(rounds, 'firstMs'))),
    lastMs: Math.round(lastMs),
    ledgerMs: rounded(median(given(rounds, 'ledgerMs'))),
    perSecond: Math.round(perSecond),
    peakRssMb: rounded(median(given(rounds, 'peakRssMb'))),
    loopDelayP99Ms: rounded(median(given(rounds, 'loopDelayP99Ms'))),
    cpu: cpuOf(rounds),
    spread: [Math.round(Math.min(...rates)), Math.round(Math.max(...rates))],
  };
}

/** Dateline with one worker and the queue in PostgreSQL against the others, at one sink. */
export function ratiosOf(all: readonly Series[], sink: SinkKind): Ratios {
  const rates = (name: string) => {
    const series = all.find(
      ({ entry }) =>
        entry.name === name &&
        entry.sink === sink &&
        entry.workers === 1 &&
        (entry.backend === null || entry.backend === 'postgres' || entry.part === 'quickstart'),
    );
    return series ? ratesOf(series) : [];
  };
  const ours = rates('dateline');
  const against = (name: string) => medianRatio(ours, rates(name)) ?? null;
  const gate = against('dateline, gate off');
  return {
    vsSmtpSource: against('smtp-source'),
    vsQuickstart: against('quickstart, compiled'),
    vsPeer: against('postfix-hold'),
    gateCost: gate === null ? null : 1 - gate,
  };
}

function ratesOf({ entry, rounds }: Series): (number | undefined)[] {
  return rounds.map((round) => (round ? (entry.recipients / round.lastMs) * 1_000 : undefined));
}

function cpuOf(rounds: Series['rounds']): CpuSeconds | null {
  const known = rounds.flatMap((round) => round?.cpu ?? []);
  const middle = (who: keyof CpuSeconds) => Math.round((median(known.map((cpu) => cpu[who])) ?? 0) * 100) / 100;
  return known.length === 0 ? null : { workers: middle('workers'), postgres: middle('postgres'), sink: middle('sink') };
}

function given(rounds: Series['rounds'], figure: Exclude<keyof Measured, 'cpu'>): number[] {
  return rounds.flatMap((round) => round?.[figure] ?? []);
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10) / 10;
}
