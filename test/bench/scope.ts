/** Whatever a run started and must not leave behind: ended in reverse order, once, also when something failed or Ctrl-C came. */
export class Scope {
  private readonly ends: (() => unknown)[] = [];
  private closing: Promise<void> | undefined;

  /** Registers how something ends, and hands it on. */
  own<T>(thing: T, end: (thing: T) => unknown): T {
    this.ends.push(() => end(thing));
    return thing;
  }

  /** A scope of one run; ends with this one if not before. */
  child(): Scope {
    return this.own(new Scope(), (scope) => scope.close());
  }

  /** Ends everything; a failure of one does not keep the others alive. */
  close(): Promise<void> {
    this.closing ??= (async () => {
      for (const end of this.ends.splice(0).reverse()) {
        try {
          await end();
        } catch (error) {
          console.error(`could not clean up: ${String(error)}`);
        }
      }
    })();
    return this.closing;
  }

  /** Runs a piece of work with a scope of its own and a limit of time; closes the scope whatever happens. */
  async within<T>(what: string, limitMs: number, work: (scope: Scope) => Promise<T>): Promise<T> {
    const scope = this.child();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error(`${what} took more than ${limitMs / 1000} s`)), limitMs);
    });
    const working = work(scope);
    working.catch(() => undefined);
    try {
      return await Promise.race([working, late]);
    } finally {
      clearTimeout(timer);
      await scope.close();
    }
  }
}
