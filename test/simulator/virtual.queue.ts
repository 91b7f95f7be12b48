import type { Outcome, WakeUpData, WakeUpKind, WakeUps } from '#libs/kernel';
import type { Chance } from '../chaos/chance.js';
import type { VirtualTime } from './virtual.time.js';

interface Wake {
  readonly kind: WakeUpKind;
  readonly data: WakeUpData[WakeUpKind];
  readonly key: string | undefined;
}

/** Whoever takes wake-ups: a worker that lives and does not hold back. */
export interface Taker {
  takes(): boolean;
  handle(kind: WakeUpKind, data: WakeUpData[WakeUpKind]): Promise<Outcome>;
  clock(): number;
  /** Resolves when it was killed. */
  readonly killed: Promise<void>;
}

/**
 * A queue at its worst: forgets now and then, rings twice, is late, can be emptied or away altogether, and, as BullMQ
 * does, believes the clock of whichever worker asks when something delayed is due.
 */
export class VirtualQueue {
  private generation = 0;
  private readonly standing = new Set<string>();
  private readonly seen: Wake[] = [];
  away = false;
  /** In a hundred rings: how many are forgotten, and how many come twice. */
  faults = 3;

  constructor(
    private readonly time: VirtualTime,
    private readonly chance: Chance,
    private readonly takers: () => readonly Taker[],
  ) {}

  wakeUps(): Pick<WakeUps, 'ring'> {
    return {
      ring: async (kind, data, options = {}) => {
        if (this.away) throw new Error('the queue is away');
        const { key } = options;
        if (key !== undefined && this.standing.has(key)) return;
        if (key !== undefined) this.standing.add(key);
        this.ring({ kind, data, key });
      },
    };
  }

  /** Everything that waits is gone. */
  lose(): void {
    this.generation += 1;
    this.standing.clear();
  }

  /** Something that was rung for long ago rings again. */
  repeat(): void {
    if (this.seen.length > 0) this.ring({ ...this.chance.one(this.seen), key: undefined });
  }

  private ring(wake: Wake): void {
    this.seen.push(wake);
    const draw = this.chance.whole(1, 100);
    if (draw > this.faults) void this.deliver(wake, this.chance.whole(0, 4));
    else if (wake.key !== undefined) this.standing.delete(wake.key);
    if (draw > 100 - this.faults) void this.deliver({ ...wake, key: undefined }, this.chance.whole(0, 3_000));
  }

  private async deliver(wake: Wake, delayMs: number): Promise<void> {
    const { generation } = this;
    await this.time.sleep(delayMs);
    const taker = await this.taker(generation);
    if (generation !== this.generation || !taker) return;
    const work = taker.handle(wake.kind, wake.data).catch((): Outcome => ({ word: 'drop', reason: 'threw' }));
    const outcome = await Promise.race([work, taker.killed]);
    // a job whose worker is gone is found to stall and rings again
    if (!outcome) await this.time.sleep(this.chance.whole(2_000, 30_000));
    if (generation !== this.generation) return;
    if (!outcome) return void this.deliver(wake, 0);
    if (outcome.word !== 'snooze') {
      if (wake.key !== undefined) this.standing.delete(wake.key);
      return;
    }
    await this.due(outcome.until);
    if (generation === this.generation) void this.deliver(wake, 0);
  }

  /** When the fastest clock among the workers that ask says so; a minute at a time, for clocks are stepped. */
  private async due(until: number): Promise<void> {
    for (;;) {
      const asking = this.takers().filter((one) => one.takes());
      const left = asking.length === 0 ? 1_000 : until - Math.max(...asking.map((taker) => taker.clock()));
      if (left <= 0) return;
      await this.time.sleep(Math.min(left, 60_000));
    }
  }

  /** Waits as long as it takes; undefined when the queue forgot meanwhile. */
  private async taker(generation: number): Promise<Taker | undefined> {
    for (let pause = 500; generation === this.generation; pause = Math.min(2 * pause, 10_000)) {
      const takers = this.takers().filter((one) => one.takes());
      if (takers.length > 0) return this.chance.one(takers);
      await this.time.sleep(pause);
    }
    return undefined;
  }
}
