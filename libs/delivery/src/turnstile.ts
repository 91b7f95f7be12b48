/** Lets so many pass at a time, first come, first served. */
export class Turnstile {
  private readonly queue: (() => void)[] = [];

  constructor(private free: number) {}

  /** Resolves when there is a place; it is taken until `leave`. */
  enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.queue.push(resolve));
  }

  leave(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.free += 1;
  }
}
