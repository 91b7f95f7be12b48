/** One thing that does not end must not keep the others alive: TypeORM's pool has been seen to wait for ever. */
const END_WITHIN_MS = 25_000;

/** Whatever a run started and must not leave behind: ended in reverse order, once, also when something failed or Ctrl-C came. */
export class Scope {
  private readonly ends: (() => unknown)[] = [];
  private closing: Promise<void> | undefined;

  /** Registers how something ends, and hands it on. What comes after the end is ended at once. */
  own<T>(thing: T, end: (thing: T) => unknown): T {
    if (this.closing) void this.endOne(() => end(thing));
    else this.ends.push(() => end(thing));
    return thing;
  }

  /** A scope of one run; ends with this one if not before. */
  private child(): Scope {
    return this.own(new Scope(), (scope) => scope.close());
  }

  /** Ends everything, each within 25 s; a failure of one does not keep the others alive. */
  close(): Promise<void> {
    this.closing ??= (async () => {
      for (const end of this.ends.splice(0).reverse()) await this.endOne(end);
    })();
    return this.closing;
  }

  /** Runs a piece of work with a scope of its own and a limit of time; closes the scope whatever happens. */
  async within<T>(what: string, limitMs: number, work: (scope: Scope) => Promise<T>): Promise<T> {
    const scope = this.child();
    const working = work(scope);
    working.catch(() => undefined);
    try {
      return await limited(working, limitMs, what);
    } finally {
      await scope.close();
    }
  }

  private async endOne(end: () => unknown): Promise<void> {
    try {
      await limited(Promise.resolve(end()), END_WITHIN_MS, 'the end of something that was started');
    } catch (error) {
      process.stderr.write(`could not clean up: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

async function limited<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} took more than ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
