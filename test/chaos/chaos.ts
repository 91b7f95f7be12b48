import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosCluster } from './chaos.cluster.js';
import { ChaosHouse } from './chaos.house.js';
import { NOTHING, type Scenario, type Tally } from './scenario.js';
import { SCENARIOS } from './scenarios.js';

export interface ChaosOrder {
  /** Names; all when empty. */
  readonly only: readonly string[];
  /** Instead of each scenario's own count. */
  readonly runs?: number;
  readonly seed: number;
  readonly quick: boolean;
  readonly note: (sentence: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly scenarios: readonly (Tally & { readonly name: string })[];
}

const WITHIN_SECONDS = { full: 1_200, quick: 120 } as const;
/** Scenarios that measure no time share the machine's cores; most of a short one is waiting for leases and ticks. */
const SIDE_BY_SIDE = { full: 2, quick: 3 } as const;

/** Ended by the clock or by somebody, which needs no stack to be understood. */
class CutShort extends Error {}

/**
 * Runs the scenarios asked for, each in a house of its own that ends with it and within a time of its own.
 * @param signal ends everything early; what was not finished is then not ok
 */
export async function chaos(order: ChaosOrder, signal: AbortSignal): Promise<ChaosReport> {
  const chosen = chosenFrom(SCENARIOS, order);
  const cluster = await ChaosCluster.start();
  try {
    const tallies = new Map<string, Tally>();
    const one = async (scenario: Scenario) => {
      if (!signal.aborted) tallies.set(scenario.name, await runOne(scenario, order, cluster.url, signal));
    };
    await inLanes(
      SIDE_BY_SIDE[order.quick ? 'quick' : 'full'],
      chosen.filter((scenario) => !scenario.alone),
      one,
    );
    await inLanes(
      1,
      chosen.filter((scenario) => scenario.alone),
      one,
    );
    const stopped = { ...NOTHING, ok: false, note: 'never begun' };
    return {
      seed: order.seed,
      scenarios: chosen.map(({ name }) => ({ name, ...(tallies.get(name) ?? stopped) })),
    };
  } finally {
    await cluster.stop();
  }
}

/** Throws a sentence when a name is nobody's. Says which scenarios `--quick` leaves out. */
export function chosenFrom(all: readonly Scenario[], { only, quick, runs, note }: ChaosOrder): Scenario[] {
  const stranger = only.find((name) => !all.some((scenario) => scenario.name === name));
  if (stranger !== undefined)
    throw new Error(
      `There is no scenario “${stranger}”. There are: ${all.map((scenario) => scenario.name).join(', ')}.`,
    );
  const asked = all.filter((scenario) => only.length === 0 || only.includes(scenario.name));
  if (!quick || runs !== undefined) return asked;
  for (const { name } of asked.filter((scenario) => scenario.runs.quick === 0))
    note(`${name} is left out: it cannot be short.`);
  return asked.filter((scenario) => scenario.runs.quick > 0);
}

async function runOne(scenario: Scenario, order: ChaosOrder, clusterUrl: string, signal: AbortSignal): Promise<Tally> {
  const { seed, quick, note } = order;
  const length = quick ? 'quick' : 'full';
  const runs = order.runs ?? scenario.runs[length];
  const within = scenario.within?.[length] ?? WITHIN_SECONDS[length];
  const house = new ChaosHouse({ seed, name: scenario.name, quick, clusterUrl, note });
  const stop = () => house.abandon();
  signal.addEventListener('abort', stop, { once: true });
  // whatever ends this process, nothing of ours outlives it: not even what is frozen and could not leave by itself
  process.on('exit', stop);
  const started = performance.now();
  note(`${scenario.name}: ${runs} ${runs === 1 ? 'run' : 'runs'}`);
  try {
    const tally = await inTime(scenario.run(house, runs), within, signal);
    note(`${scenario.name}: ${tally.ok ? 'held' : 'BROKEN'} in ${seconds(started)} s`);
    return tally;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const where = error instanceof Error && !(error instanceof CutShort) ? error.stack : why;
    note(`${scenario.name}: not finished after ${seconds(started)} s: ${where}`);
    return { ...NOTHING, runs, ok: false, note: why };
  } finally {
    signal.removeEventListener('abort', stop);
    process.off('exit', stop);
    await house.close();
  }
}

async function inTime(work: Promise<Tally>, within: number, signal: AbortSignal): Promise<Tally> {
  const over = new AbortController();
  // what goes on failing after its time is over is nobody's news
  work.catch(() => undefined);
  const late = sleep(within * 1_000, undefined, { signal: AbortSignal.any([over.signal, signal]) }).then(
    () => {
      throw new CutShort(`not over within ${within} s`);
    },
    () => {
      if (signal.aborted) throw new CutShort('stopped');
      return work;
    },
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}

async function inLanes<T>(lanes: number, work: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...work];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}

/** A seed nobody chose. */
export function anySeed(): number {
  return randomInt(1, 2 ** 31);
}
