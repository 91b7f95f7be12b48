import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '#libs/releases';
import { until, type World } from '../support/world.js';
import { addAudience } from './audience.js';
import { keepApiBusy } from './busy-api.js';
import { ALL_LANGUAGES, type BenchHouse } from './house.js';
import { scheduleRelease } from './press-release.js';
import type { Lateness } from './results.js';
import { startSink } from './sinks.js';
import { percentile } from './statistics.js';

const RECIPIENTS = 3;
/** The first T is so far ahead, and the others follow so closely: fifty take about a minute. */
const FIRST_IN_MS = 6_000;
const APART_MS = 1_000;
const PREPARED_WITHIN_MS = 120_000;
const LIMIT_MS = 400_000;

/** Of the two halves, what could be measured. */
export interface LatenessPair {
  readonly idle: Lateness;
  readonly busy: Lateness;
}

/**
 * Many schedules, each with an audience of its own of one journalist per language, all armed and fired one after the
 * other by one real worker; how long after its T the first message of each was accepted, by the ledger. First while
 * nothing else happens, then as many again while the api answers without a pause and the database counts rows.
 */
export function measureLateness(house: BenchHouse, schedules: number): Promise<LatenessPair> {
  return house.scope.within('lateness', LIMIT_MS, async (scope) => {
    const sink = await startSink(scope, 'fast-sink');
    const world = await house.openWorld(scope, 'postgres');
    const list = await addAudience(world, RECIPIENTS);
    const [worker] = await house.startWorkers(scope, world, sink.url, 1);
    if (!worker) throw new Error('no worker');
    const releases: Release[] = [];
    for (let n = 0; n < 2 * schedules; n++) releases.push(await scheduleRelease(world, list, ALL_LANGUAGES));
    await until('prepared releases', () => allPrepared(world, releases), PREPARED_WITHIN_MS);
    const idle = await Promise.race([worker.failed, fire(world, releases.slice(0, schedules))]);
    const answered = await keepApiBusy(scope, world);
    const busy = await Promise.race([worker.failed, fire(world, releases.slice(schedules))]);
    house.say(`  the api answered ${await answered()} requests meanwhile`);
    return { idle: summed(idle), busy: summed(busy) };
  });
}

async function allPrepared(world: World, releases: readonly Release[]): Promise<boolean> {
  for (const { id } of releases) if ((await world.state(id)) !== 'prepared') return false;
  return true;
}

function summed(late: readonly number[]): Lateness {
  return {
    schedules: late.length,
    early: late.filter((ms) => ms < 0).length,
    p50: percentile(late, 0.5) ?? NaN,
    p99: percentile(late, 0.99) ?? NaN,
    max: Math.max(...late),
  };
}

/** Moves each T, waits until everything has gone, and tells for each release how many milliseconds after T it began. */
async function fire(world: World, releases: readonly Release[]): Promise<number[]> {
  const start = Date.now() + FIRST_IN_MS;
  const times: number[] = [];
  for (const [n, release] of releases.entries())
    times.push(await world.leavesIn(release, start + n * APART_MS - Date.now()));
  await sleep(Math.max(...times) - Date.now());
  const late: number[] = [];
  for (const [n, release] of releases.entries()) {
    await until(release.number, async () => (await world.counts(release)).accepted === RECIPIENTS, 60_000);
    const { firstAccepted } = await world.progress(release);
    late.push((firstAccepted?.getTime() ?? NaN) - (times[n] ?? NaN));
  }
  return late;
}
