import type { Clock } from '#libs/kernel';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** The instant at which every history begins, ms since 1970. */
export const BEGINNING = Date.UTC(2026, 10, 24, 9, 0, 0);

/**
 * Time that moves only when nobody has anything left to do at the present instant. An hour of waiting costs nothing, and
 * the same history takes the same course every time.
 */
export class VirtualTime {
  /** True time, which no clock of the simulation has to agree with. */
  now = BEGINNING;
  /** The database's clock minus true time. */
  databaseOffset = 0;
  /** Statements on their way to a real database: time stands still meanwhile. */
  busy = 0;
  private readonly timers: Timer[] = [];
  private asked = false;

  get databaseNow(): number {
    return this.now + this.databaseOffset;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer: Timer = { at: this.now + Math.max(0, Math.ceil(ms)), wake: () => done() };
      const done = () => {
        signal?.removeEventListener('abort', done);
        const place = this.timers.indexOf(timer);
        if (place >= 0) this.timers.splice(place, 1);
        resolve();
      };
      signal?.addEventListener('abort', done, { once: true });
      this.add(timer);
    });
  }

  /** Lets everything happen that happens within so many milliseconds. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await this.settle();
      const next = this.timers[0]?.at ?? Infinity;
      // somebody reads the clock over and over, as one does in the last milliseconds before T
      const stop = Math.min(end, next, this.asked ? this.now + 2 : Infinity);
      if (next > stop && stop === end && this.now === end) return;
      this.now = stop;
      for (let due = this.timers[0]; due && due.at <= this.now; due = this.timers[0]) due.wake();
    }
  }

  /** Tells that a clock was read. */
  read(): number {
    this.asked = true;
    return this.now;
  }

  /** Until all that goes on waits for time to pass. */
  private async settle(): Promise<void> {
    await turn();
    while (this.busy > 0) await turn();
    await turn();
    this.asked = false;
    await turn();
    if (this.busy > 0) await this.settle();
  }

  private add(timer: Timer): void {
    let place = this.timers.length;
    while (place > 0 && (this.timers[place - 1]?.at ?? 0) > timer.at) place -= 1;
    this.timers.splice(place, 0, timer);
  }
}

/** The clock of one machine: steps when told, and whoever died sleeps for ever. */
export class VirtualClock implements Clock {
  private offset = 0;
  private latest = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly alive: () => boolean,
  ) {}

  step(ms: number): void {
    this.offset += ms;
  }

  /** As if somebody had set it by the true time. */
  mend(): void {
    this.offset = 0;
  }

  now(): number {
    const now = this.time.read() + this.offset;
    this.latest = Math.max(this.latest, now);
    return now;
  }

  /** The latest instant this clock ever showed anybody. */
  everShown(): number {
    return this.latest;
  }

  monotonic(): number {
    return this.time.now - BEGINNING;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.time.sleep(ms, signal);
    if (!this.alive()) await never();
  }
}

/** What a process that was killed waits for. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
