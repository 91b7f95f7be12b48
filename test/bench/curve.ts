import { runDateline } from './dateline.contender.js';
import type { BenchHouse } from './house.js';
import type { CurvePoint } from './results.js';

/** One size of audience, once: one worker, the queue in PostgreSQL, and a sink that is not the limit. */
export async function measureSize(house: BenchHouse, recipients: number): Promise<CurvePoint> {
  const contest = { name: 'dateline', sink: 'fast-sink', backend: 'postgres', workers: 1, recipients } as const;
  const run = await runDateline(house, contest);
  return {
    recipients,
    prepareMs: Math.round(run.prepareMs),
    firstMs: run.firstMs,
    lastMs: run.lastMs,
    ledgerMs: tenths(run.ledgerMs),
    perSecond: Math.round((recipients / run.lastMs) * 1_000),
    prepareGrowthMb: tenths(run.prepareGrowthMb),
    peakRssMb: tenths(run.peakRssMb),
    loopDelayP99Ms: tenths(run.loopDelayP99Ms),
    cpu: run.cpu,
  };
}

function tenths(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
