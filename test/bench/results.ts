import type { SelfTime } from './profile.js';

export type SinkKind = 'smtp-sink' | 'fast-sink';
export type QueueBackend = 'postgres' | 'redis';

/** Who sends, to which sink, with how many processes. */
export interface Contest {
  readonly name: string;
  readonly sink: SinkKind;
  /** Null where there is no queue of ours. */
  readonly backend: QueueBackend | null;
  readonly workers: number;
  readonly recipients: number;
}

/** Seconds of processor from just before T until the ledger was complete. */
export interface CpuSeconds {
  readonly workers: number;
  readonly postgres: number;
  readonly sink: number;
}

/** What one run gave; null is what this contender cannot tell. Times are milliseconds after T. */
export interface Measured {
  readonly firstMs: number | null;
  readonly lastMs: number;
  /** From the last acceptance until every row is in its end state in the database. */
  readonly ledgerMs: number | null;
  /** Of the largest process, preparation included. */
  readonly peakRssMb: number | null;
  /** While it sent. */
  readonly loopDelayP99Ms: number | null;
  /** Who used the processor; null where we cannot tell. */
  readonly cpu: CpuSeconds | null;
}

/** A line of the table: medians over the rounds. */
export interface Row extends Contest, Measured {
  /** Recipients ÷ time from T to the last acceptance. */
  readonly perSecond: number;
  /** Lowest and highest rate of the rounds. */
  readonly spread: readonly [number, number];
}

/** Medians of the ratios inside one round. Null when one of the two did not run. */
export interface Ratios {
  readonly vsSmtpSource: number | null;
  readonly vsQuickstart: number | null;
  readonly vsPeer: number | null;
  /** Share of the rate that the final-dot gate costs: 0.1 is a tenth. */
  readonly gateCost: number | null;
}

/** Milliseconds after T of the first acceptance. */
export interface Lateness {
  readonly schedules: number;
  /** First acceptances before T; the promise is 0. */
  readonly early: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One size of the scale curve. */
export interface CurvePoint {
  readonly recipients: number;
  readonly prepareMs: number;
  readonly firstMs: number | null;
  readonly lastMs: number;
  readonly ledgerMs: number | null;
  readonly perSecond: number;
  /** The worker's largest resident memory while it prepared, less what it had before. */
  readonly prepareGrowthMb: number | null;
  readonly peakRssMb: number | null;
  readonly loopDelayP99Ms: number | null;
  readonly cpu: CpuSeconds | null;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  readonly redis: string;
  readonly postfix: string;
  /** Load of the machine in the minute before the run: above 0.5 the figures are somebody else's too. */
  readonly loadBefore: number;
}

/** The JSON document of `npm run bench`. */
export interface BenchResult {
  readonly machine: Machine;
  readonly at: string;
  readonly quick: boolean;
  readonly rounds: number;
  /** Mean bytes of a message on the wire. */
  readonly messageBytes: number;
  readonly rows: readonly Row[];
  readonly ratios: Ratios;
  /** The same ratios against the fast sink. */
  readonly fastSinkRatios: Ratios;
  readonly curve: readonly CurvePoint[];
  /** Where one worker spent its time while it sent to Postfix’s sink; only with --profile. */
  readonly profile: readonly SelfTime[];
  readonly lateness: { readonly idle: Lateness | null; readonly busy: Lateness | null };
  /** What was left out or failed, in sentences. */
  readonly notes: readonly string[];
}
