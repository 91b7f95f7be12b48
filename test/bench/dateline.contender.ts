import type { Profiler } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '#libs/releases';
import { until, type World } from '../support/world.js';
import { addAudience } from './audience.js';
import { cpuSeconds } from './cpu-time.js';
import { removeGate } from './gate-off.js';
import { ALL_LANGUAGES, type BenchHouse } from './house.js';
import { scheduleRelease } from './press-release.js';
import { peakRssMb, resetPeakRss, rssMb } from './processes.js';
import type { Contest, CpuSeconds, Measured } from './results.js';
import { startSink, type RunningSink } from './sinks.js';
import type { BenchWorker } from './worker.process.js';

/** Arming begins at T − 30 s at once; a tick and twenty connections have come and gone in this time. */
const LEAD_MS = 5_000;
/** For preparing, and again for sending: a loaded machine has taken 2.3 ms a recipient. */
const limitMs = (recipients: number) => 120_000 + 6 * recipients;
const POLL_MS = 15;

/** What only our own sender tells. */
export interface DatelineMeasured extends Measured {
  readonly prepareMs: number;
  readonly prepareGrowthMb: number | null;
  /** Mean bytes per message on the wire; undefined where the sink does not count. */
  readonly messageBytes: number | undefined;
}

export interface RunOptions {
  /** Without the final-dot gate: done to this run's database, the product has no such switch. */
  readonly withoutGate?: boolean;
  /** Takes the profile of the first worker while it sends. */
  readonly profiled?: (profile: Profiler.Profile) => void;
}

/**
 * One release by Dateline as it ships: real worker processes, a database and queue of their own, every gate on. T is moved
 * by data once everything is prepared.
 */
export function runDateline(house: BenchHouse, contest: Contest, how: RunOptions = {}): Promise<DatelineMeasured> {
  return house.scope.within(
    `${contest.name} (${contest.recipients} recipients)`,
    3 * limitMs(contest.recipients),
    async (scope) => {
      const sink = await startSink(scope, contest.sink);
      const world = await house.openWorld(scope, contest.backend ?? 'postgres');
      if (how.withoutGate) await removeGate(world.owner);
      const list = await addAudience(world, contest.recipients);
      const workers = await house.startWorkers(scope, world, sink.url, contest.workers);
      const failed = Promise.race(workers.map((worker) => worker.failed));
      return Promise.race([failed, measure({ house, world, sink, workers, list, contest, how })]);
    },
  );
}

interface Field {
  readonly house: BenchHouse;
  readonly how: RunOptions;
  readonly world: World;
  readonly sink: RunningSink;
  readonly workers: readonly BenchWorker[];
  readonly list: Awaited<ReturnType<typeof addAudience>>;
  readonly contest: Contest;
}

async function measure(field: Field): Promise<DatelineMeasured> {
  const { world, sink, workers, contest } = field;
  const before = workers.map(({ pid }) => rssMb(pid));
  const release = await scheduleRelease(world, field.list, ALL_LANGUAGES);
  await until(
    'a prepared release',
    async () => (await world.state(release.id)) === 'prepared',
    limitMs(contest.recipients),
  );
  const prepared = workers.map(({ pid }) => peakRssMb(pid));
  workers.forEach(({ pid }) => resetPeakRss(pid));
  await sink.reset();

  const liftsAt = await world.leavesIn(release, LEAD_MS);
  await sleep(liftsAt - Date.now() - 1_000);
  await Promise.all(workers.map((worker) => worker.loopDelayP99Ms()));
  if (field.how.profiled) await workers[0]?.beginProfile();
  const cpu = cpuMeter(field);
  const completeAt = await ledgerComplete(world, release, Date.now() + limitMs(contest.recipients));
  const used = cpu();
  if (field.how.profiled) {
    const profile = await workers[0]?.endProfile();
    if (profile) field.how.profiled(profile);
  }
  const loops = await Promise.all(workers.map((worker) => worker.loopDelayP99Ms()));

  const sent = await acceptedTimes(field, release);
  return {
    firstMs: sent.firstAt - liftsAt,
    lastMs: sent.lastAt - liftsAt,
    ledgerMs: completeAt - sent.lastInLedgerAt,
    peakRssMb: largest([...prepared, ...workers.map(({ pid }) => peakRssMb(pid))]),
    loopDelayP99Ms: largest(loops),
    cpu: used,
    prepareMs: await prepareTime(world, release),
    prepareGrowthMb: largest(
      prepared.map((peak, i) => (peak === null || before[i] == null ? null : peak - (before[i] ?? 0))),
    ),
    messageBytes: sent.bytes,
  };
}

/** Seconds of processor from now on, when asked. */
function cpuMeter({ house, workers, sink }: Field): () => CpuSeconds {
  const read = () => ({
    workers: cpuSeconds(workers.map(({ pid }) => pid)),
    postgres: house.postgresCpuSeconds(),
    sink: cpuSeconds([sink.pid]),
  });
  const before = read();
  return () => {
    const now = read();
    return {
      workers: now.workers - before.workers,
      postgres: now.postgres - before.postgres,
      sink: now.sink - before.sink,
    };
  };
}

/** When the database held every row in its end state: asked again and again, so up to 15 ms late, never early. */
async function ledgerComplete(world: World, release: Release, end: number): Promise<number> {
  for (;;) {
    const row = await world.owner.first<{ open: boolean; now: number }>(
      `select exists (select from delivery d
                       where d.organisation_id = $1 and d.release_id = $2
                         and d.state in ('planned', 'ready', 'claimed', 'dot_pending', 'deferred', 'unknown')) as open,
              (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
      [release.organisation, release.id],
    );
    if (row && !row.open) return row.now;
    if (Date.now() > end) throw new Error(`not everything was sent: ${JSON.stringify(await world.counts(release))}`);
    await sleep(POLL_MS);
  }
}

/**
 * First and last acceptance: by the sink's own clock where it has one, else by the ledger. Whatever the sink counted must
 * be what the ledger says; without the gate a slow machine has sent some twice (40 of 10,000 at a load of 7 on two cores).
 */
async function acceptedTimes({ world, sink, contest, how }: Field, release: Release) {
  const { recipients } = contest;
  const { counts, firstAccepted, lastAccepted } = await world.progress(release);
  if (counts.accepted !== recipients || !firstAccepted || !lastAccepted)
    throw new Error(`${recipients} recipients, and the ledger says ${JSON.stringify(counts)}`);
  const ledger = { firstAt: firstAccepted.getTime(), lastAt: lastAccepted.getTime() };
  const report = await sink.report();
  if (report && report.accepted !== recipients && !how.withoutGate)
    throw new Error(`the sink accepted ${report.accepted}, and the ledger says ${counts.accepted}`);
  return {
    firstAt: report?.firstAt ?? ledger.firstAt,
    lastAt: report?.lastAt ?? ledger.lastAt,
    lastInLedgerAt: ledger.lastAt,
    bytes: report ? report.bytes / report.accepted : undefined,
  };
}

async function prepareTime(world: World, release: Release): Promise<number> {
  const row = await world.owner.first<{ ms: number }>(
    `select (extract(epoch from prepared_at - created_at) * 1000)::float8 as ms from distribution where release_id = $1`,
    [release.id],
  );
  return row?.ms ?? 0;
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
