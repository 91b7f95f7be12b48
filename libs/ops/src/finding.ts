export const VERDICTS = ['ok', 'warn', 'fail'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One thing that was looked at: what was found, and what to do where that is not well. */
export interface Finding {
  /** Stable, dotted, for programs: `database.migrations`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** A sentence for ops: no content of a release, no address of a journalist. */
  readonly says: string;
  /** What to do; given with every `warn` and `fail`. */
  readonly remedy?: string;
}

export function ok(check: string, says: string): Finding {
  return { check, verdict: 'ok', says };
}

export function warn(check: string, says: string, remedy: string): Finding {
  return { check, verdict: 'warn', says, remedy };
}

export function fail(check: string, says: string, remedy: string): Finding {
  return { check, verdict: 'fail', says, remedy };
}

/** The gravest of some verdicts; `ok` of none. */
export function gravest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((worst, one) => (VERDICTS.indexOf(one) > VERDICTS.indexOf(worst) ? one : worst), 'ok');
}
