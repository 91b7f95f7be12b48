/** Lateness that a fault adds: each run's messages beside those of a run at the same time in which nothing happened. */
export class Lateness {
  private readonly added: number[] = [];
  private readonly apart: number[] = [];
  private last: readonly number[] | undefined;

  /** @param afterT milliseconds from T to each acceptance of an undisturbed run */
  undisturbed(afterT: readonly number[]): void {
    const run = inOrder(afterT);
    for (const [place, ms] of run.entries()) if (this.last) this.apart.push(Math.abs(ms - (this.last[place] ?? ms)));
    this.last = run;
  }

  /** The n-th message is compared with the n-th of the last undisturbed run. */
  disturbed(afterT: readonly number[]): void {
    for (const [place, ms] of inOrder(afterT).entries()) this.added.push(ms - (this.last?.[place] ?? 0));
  }

  /** How far two runs are apart in which nothing happened: what this machine does by itself. Milliseconds, p99. */
  get noiseMs(): number {
    return quantile(this.apart, 0.99);
  }

  /** Milliseconds; 0 when nothing was disturbed. */
  quantile(share: number): number {
    return quantile(this.added, share);
  }

  /** Messages that came later than that. */
  beyond(ms: number): number {
    return this.added.filter((one) => one > ms).length;
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = inOrder(values);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
}

function inOrder(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
