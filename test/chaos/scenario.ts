import type { ChaosHouse } from './chaos.house.js';
import type { Findings } from './checker.js';

/** What a scenario came to, summed over its runs. Everything but `unknown` should be 0, unless the scenario says why not. */
export interface Tally {
  readonly runs: number;
  /** Accepted by the sink, or past the dot in the ledger, before T. */
  readonly early: number;
  /** Copies beyond the first that the sink accepted of one message. */
  readonly duplicates: number;
  /** Of those, the ones whose row did not say `unknown` beforehand, or that were not the same bytes. */
  readonly unflaggedDuplicates: number;
  /** Messages about which ledger and sink disagree, or that ended in no state. */
  readonly silentLosses: number;
  /** Rows that ended unknown or held. */
  readonly unknown: number;
  /** Accepted later than the scenario allows. */
  readonly late: number;
  readonly ok: boolean;
  /** Figures that only this scenario has, or why it is not ok. */
  readonly note?: string;
}

/** One way of being cruel to the product, with the promise it must keep all the same. */
export interface Scenario {
  /** For `--only`, and the name of its file: NAME.scenario.ts. */
  readonly name: string;
  /** The promise, in one sentence. */
  readonly says: string;
  /** How often in the full run and with `--quick`; what a run is says the scenario. 0: left out of that. */
  readonly runs: { readonly full: number; readonly quick: number };
  /** Seconds after which it is stopped and not ok. 1,200 in full and 120 with `--quick` when not given. */
  readonly within?: { readonly full?: number; readonly quick?: number };
  /** Measures time, so nothing runs beside it. */
  readonly alone?: boolean;
  run(house: ChaosHouse, runs: number): Promise<Tally>;
}

/** Nothing done yet. */
export const NOTHING: Tally = {
  runs: 0,
  early: 0,
  duplicates: 0,
  unflaggedDuplicates: 0,
  silentLosses: 0,
  unknown: 0,
  late: 0,
  ok: true,
};

/** Two tallies as one: ok when both are, notes one after another. */
export function added(one: Tally, other: Tally): Tally {
  const note = [one.note, other.note].filter(Boolean).join('; ');
  return {
    runs: one.runs + other.runs,
    early: one.early + other.early,
    duplicates: one.duplicates + other.duplicates,
    unflaggedDuplicates: one.unflaggedDuplicates + other.unflaggedDuplicates,
    silentLosses: one.silentLosses + other.silentLosses,
    unknown: one.unknown + other.unknown,
    late: one.late + other.late,
    ok: one.ok && other.ok,
    ...(note ? { note } : {}),
  };
}

export interface Told {
  /** What this scenario asks beyond the checker's zeros. */
  readonly ok?: boolean;
  readonly note?: string;
  /** For policy `resend`: copies are no breach as long as every one was flagged beforehand. */
  readonly duplicatesAllowed?: boolean;
}

/** The checker's findings as a tally: ok when nothing was early, late, lost or repeated, and the scenario's own demand holds. */
export function tallied(runs: number, findings: Findings, told: Told = {}): Tally {
  const { early, duplicates, unflaggedDuplicates, silentLosses, unknown, late } = findings;
  const repeated = told.duplicatesAllowed ? unflaggedDuplicates : duplicates + unflaggedDuplicates;
  const shared = findings.doubleClaims + findings.staleDots;
  const ok = early + silentLosses + late + repeated + shared === 0 && (told.ok ?? true);
  const note = [told.note, ...(ok ? [] : findings.problems.slice(0, 3))].filter(Boolean).join('; ');
  return { runs, early, duplicates, unflaggedDuplicates, silentLosses, unknown, late, ok, ...(note ? { note } : {}) };
}
