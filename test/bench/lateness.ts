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
const FIRST_IN_MS = 8_000;
const APART_MS = 1_000;
const LIMIT_MS = 300_000;

/**
 * Many schedules, each with an audience of its own of one journalist per language, all armed and fired one after the
 * other by one real worker; how long after its T the first message of each was accepted, by the ledger.
 * @param busy while the api answers without a pause and the database counts rows
 */
export function measureLateness(house: BenchHouse, schedules: number, busy: boolean): Promise<Lateness> {
  const what = `lateness, ${busy ? 'busy' : 'idle'}`;
  return house.scope.within(what, LIMIT_MS, async (scope) => {
    const sink = await startSink(scope, 'fast-sink');
    const world = await house.openWorld(scope, 'postgres');
    const list = await addAudience(world, RECIPIENTS);
    const [worker] = await house.startWorkers(scope, world, sink.url, 1);
    const releases: Release[] = [];
    for (let n = 0; n < schedules; n++) releases.push(await scheduleRelease(world, list, ALL_LANGUAGES));
    await until(
      'prepared releases',
      async () => {
        for (const { id } of releases) if ((await world.state(id)) !== 'prepared') return false;
        return true;
      },
      120_000,
    );
    const answered = busy ? await keepApiBusy(scope, world) : undefined;
    const late = await Promise.race([worker?.failed, fire(world, releases)]);
    if (answered) house.say(`  the api answered ${await answered()} requests meanwhile`);
    return {
      schedules,
      early: (late ?? []).filter((ms) => ms < 0).length,
      p50: percentile(late ?? [], 0.5) ?? NaN,
      p99: percentile(late ?? [], 0.99) ?? NaN,
      max: Math.max(...(late ?? [])),
    };
  });
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
