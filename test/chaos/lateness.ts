/** Lateness that a fault adds: each run's messages beside those of runs in which nothing happened. */
export class Lateness {
  private readonly clean: number[] = [];
  private readonly added: number[] = [];

  /** @param afterT milliseconds from T to each acceptance of an undisturbed run */
  undisturbed(afterT: readonly number[]): void {
    for (const [place, ms] of inOrder(afterT).entries()) this.clean[place] = Math.max(this.clean[place] ?? 0, ms);
  }

  /** The n-th message is compared with the n-th of the slowest undisturbed run. */
  disturbed(afterT: readonly number[]): void {
    for (const [place, ms] of inOrder(afterT).entries())
      this.added.push(ms - (this.clean[place] ?? this.clean.at(-1) ?? 0));
  }

  /** Milliseconds; 0 when nothing was disturbed. */
  quantile(share: number): number {
    const sorted = inOrder(this.added);
    return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  }

  /** Messages that came later than that. */
  beyond(ms: number): number {
    return this.added.filter((one) => one > ms).length;
  }
}

function inOrder(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
