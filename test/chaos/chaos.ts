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
/** Those that measure time; in a quick run they are short, and their limits are far from what two at once cost. */
const ALONE = { full: 1, quick: 2 } as const;
/** A quick run is over by then: what would not fit any more, judged by the slowest so far, is left out and named. */
const QUICK_SECONDS = 160;
/** What is cut short by then still has to be put away. */
const CLOSING_SECONDS = 10;

/** Ended by the clock or by somebody, which needs no stack to be understood. */
class CutShort extends Error {}

/**
 * Runs the scenarios asked for, each in a house of its own that ends with it and within a time of its own.
 * @param signal ends everything early; what was not finished is then not ok
 */
export async function chaos(order: ChaosOrder, signal: AbortSignal): Promise<ChaosReport> {
  const chosen = chosenFrom(SCENARIOS, order);
  const cluster = await ChaosCluster.start();
  const length = order.quick ? 'quick' : 'full';
  const budget = new Budget(order.quick && order.only.length === 0 ? QUICK_SECONDS : Infinity);
  const tallies = new Map<string, Tally>();
  const one = async (scenario: Scenario) => {
    if (signal.aborted) return void tallies.set(scenario.name, { ...NOTHING, ok: false, note: 'never begun' });
    if (!budget.fits()) return order.note(`${scenario.name} is left out: three minutes are used up.`);
    const within = Math.min(scenario.within?.[length] ?? WITHIN_SECONDS[length], budget.left() + CLOSING_SECONDS);
    const run = () => runOne(scenario, { ...order, within, clusterUrl: cluster.url }, signal);
    tallies.set(scenario.name, await budget.spend(run));
  };
  try {
    const together = chosen.filter((scenario) => !scenario.alone);
    await inLanes(SIDE_BY_SIDE[length], together, one);
    const alone = chosen.filter((scenario) => scenario.alone);
    await inLanes(ALONE[length], alone, one);
  } finally {
    await cluster.stop();
  }
  const scenarios = chosen.flatMap(({ name }) => {
    const tally = tallies.get(name);
    return tally ? [{ name, ...tally }] : [];
  });
  return { seed: order.seed, scenarios };
}

/** Seconds that a run may take in all. */
export class Budget {
  private readonly started: number;
  private slowest = 0;

  constructor(
    private readonly seconds: number,
    private readonly now = () => performance.now() / 1_000,
  ) {
    this.started = now();
  }

  left(): number {
    return this.seconds - (this.now() - this.started);
  }

  /** True while one more of the slowest kind would be over in time. */
  fits(): boolean {
    return this.slowest <= this.left();
  }

  async spend<T>(work: () => Promise<T>): Promise<T> {
    const began = this.now();
    try {
      return await work();
    } finally {
      this.slowest = Math.max(this.slowest, this.now() - began);
    }
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

interface Terms extends ChaosOrder {
  /** Seconds. */
  readonly within: number;
  readonly clusterUrl: string;
}

async function runOne(scenario: Scenario, terms: Terms, signal: AbortSignal): Promise<Tally> {
  const { seed, quick, note, within, clusterUrl } = terms;
  const runs = terms.runs ?? scenario.runs[quick ? 'quick' : 'full'];
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
      throw new CutShort(`not over within ${Math.round(within)} s`);
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
