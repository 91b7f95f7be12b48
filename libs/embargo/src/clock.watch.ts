import type { Clock, Database } from '#libs/kernel';

export interface ClockReading {
  /** Database clock minus this machine's clock, milliseconds. */
  readonly offsetMs: number;
  /** Half the round trip of the reading: the offset is known no better than this. */
  readonly uncertaintyMs: number;
  readonly readAt: number;
  /** The steady clock at that moment: it does not follow when somebody sets this machine's time. */
  readonly steadyAt: number;
}

const WINDOW = 8;

/**
 * Measures how far this machine's clock is from the database's, over and over. Keeps the reading with the shortest round
 * trip of the last few (as NTP does, RFC 5905 clock filter), because a delayed answer looks like a skewed clock.
 */
export class ClockWatch {
  private readings: ClockReading[] = [];

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly limitMs: number,
  ) {}

  async measure(): Promise<ClockReading> {
    const before = this.clock.monotonic();
    const row = await this.db.first<{ ms: string }>(`select extract(epoch from clock_timestamp()) * 1000 as ms`);
    const steadyAt = this.clock.monotonic();
    const readAt = this.clock.now();
    const uncertaintyMs = (steadyAt - before) / 2;
    const reading = { offsetMs: Number(row?.ms) + uncertaintyMs - readAt, uncertaintyMs, readAt, steadyAt };
    const last = this.readings.at(-1);
    // a step of either clock makes older readings wrong, not merely older
    const stepped =
      last !== undefined &&
      Math.abs(reading.offsetMs - last.offsetMs) > reading.uncertaintyMs + last.uncertaintyMs + 20;
    this.readings = stepped ? [reading] : [...this.readings, reading].slice(-WINDOW);
    return this.best();
  }

  best(): ClockReading {
    const [first, ...rest] = this.readings;
    if (!first) throw new Error('the clock was not measured yet');
    return rest.reduce((best, reading) => (reading.uncertaintyMs < best.uncertaintyMs ? reading : best), first);
  }

  /** False: the two clocks differ by more than the limit even at the kindest reading, and nothing may leave. */
  trusted(): boolean {
    if (this.readings.length === 0) return false;
    const { offsetMs, uncertaintyMs } = this.best();
    return Math.abs(offsetMs) - uncertaintyMs <= this.limitMs;
  }

  /**
   * What the database's clock reads now, as far as we know; milliseconds since 1970. Carried on from the last reading by the
   * steady clock: a step of this machine's time does not take the database's along.
   */
  databaseNow(): number {
    const { readAt, offsetMs, steadyAt } = this.best();
    return readAt + offsetMs + (this.clock.monotonic() - steadyAt);
  }

  /** Milliseconds until both clocks have reached `instant`; 0 or less means now. */
  until(instant: number): number {
    return Math.max(instant - this.clock.now(), instant - this.databaseNow());
  }
}
