import { setTimeout as sleep } from 'node:timers/promises';
import { entries, type Entry } from './contests.js';
import { measureSize } from './curve.js';
import { runDateline } from './dateline.contender.js';
import { BenchHouse } from './house.js';
import { measureLateness } from './lateness.js';
import { describeMachine } from './machine.js';
import type { BenchOptions } from './options.js';
import { postfixObstacle } from './postfix.instance.js';
import { selfTimes, type SelfTime } from './profile.js';
import type { BenchResult, CurvePoint } from './results.js';
import type { Scope } from './scope.js';
import { ratiosOf, rowOf, type Series } from './summary.js';

/** A quick run leaves out what it would begin after this. */
const QUICK_UNTIL_MS = 140_000;
/** Sent once before the rounds: warms the disk, and tells how large a message is. */
const PROBE_RECIPIENTS = 300;

/** Measures everything that is asked for, round by round, and gathers what came of it. */
export class Bench {
  private readonly notes: string[] = [];
  private readonly started = performance.now();

  private constructor(
    private readonly house: BenchHouse,
    private readonly options: BenchOptions,
  ) {}

  static async run(scope: Scope, options: BenchOptions, say: (sentence: string) => void): Promise<BenchResult> {
    return new Bench(await BenchHouse.open(scope, say), options).result();
  }

  private async result(): Promise<BenchResult> {
    const { options, house } = this;
    const machine = await describeMachine(house);
    const messageBytes = await this.messageBytes();
    const lineup = this.lineup();
    const series = lineup.map((entry): Series => ({ entry, rounds: [] }));
    for (let round = 0; round < options.rounds; round++) await this.round(round, series, messageBytes);
    const lateness = await this.lateness();
    const curve = await this.curve();
    const profile = options.profile ? ((await this.attempt('profile', () => this.profile())) ?? []) : [];
    return {
      machine,
      at: new Date().toISOString(),
      quick: options.quick,
      rounds: options.rounds,
      messageBytes: Math.round(messageBytes),
      rows: series.flatMap((one) => rowOf(one) ?? []),
      ratios: ratiosOf(series, 'smtp-sink'),
      fastSinkRatios: ratiosOf(series, 'fast-sink'),
      curve,
      profile,
      lateness,
      notes: this.notes,
    };
  }

  /** Every contender once; each round begins with another one, so that nobody always comes first or last. */
  private async round(round: number, series: readonly Series[], messageBytes: number): Promise<void> {
    for (let turn = 0; turn < series.length; turn++) {
      const one = series[(turn + round) % series.length];
      if (!one) continue;
      const { entry } = one;
      const measured = await this.attempt(`round ${round + 1}: ${label(entry)}`, () =>
        entry.run(this.house, messageBytes),
      );
      one.rounds[round] = measured;
      if (measured)
        this.house.say(`  ${Math.round((entry.recipients / measured.lastMs) * 1_000).toLocaleString('en')} per second`);
    }
  }

  /** A run of its own: a profiler slows down what it looks at. */
  private async profile(): Promise<readonly SelfTime[]> {
    let taken: readonly SelfTime[] = [];
    const contest = {
      name: 'dateline',
      sink: 'smtp-sink',
      backend: 'postgres',
      workers: 1,
      recipients: this.options.recipients,
    } as const;
    await runDateline(this.house, contest, {
      profiled: (profile) => {
        taken = selfTimes(profile);
      },
    });
    return taken;
  }

  private lineup(): Entry[] {
    const all = entries(this.options);
    const obstacle = postfixObstacle();
    if (!obstacle || !all.some(({ part }) => part === 'postfix-hold')) return all;
    this.notes.push(obstacle);
    return all.filter(({ part }) => part !== 'postfix-hold');
  }

  private async messageBytes(): Promise<number> {
    const contest = {
      name: 'dateline',
      sink: 'fast-sink',
      backend: 'postgres',
      workers: 1,
      recipients: PROBE_RECIPIENTS,
    } as const;
    this.house.say('How large is a message?');
    const { messageBytes } = await runDateline(this.house, contest);
    if (messageBytes === undefined) throw new Error('the sink did not count');
    this.house.say(`  ${(messageBytes / 1_000).toFixed(1)} KB`);
    return messageBytes;
  }

  private async lateness(): Promise<BenchResult['lateness']> {
    const { options, house } = this;
    const what = `lateness of ${options.schedules} schedules, idle and busy`;
    const pair = this.wants('lateness')
      ? await this.attempt(what, () => measureLateness(house, options.schedules))
      : undefined;
    return pair ?? { idle: null, busy: null };
  }

  private async curve(): Promise<CurvePoint[]> {
    const points: CurvePoint[] = [];
    for (const size of this.wants('curve') ? this.options.curve : []) {
      const point = await this.attempt(`curve, ${size} recipients`, () => measureSize(this.house, size));
      if (point) points.push(point);
    }
    return points;
  }

  private wants(part: 'curve' | 'lateness'): boolean {
    return this.options.only.length === 0 || this.options.only.includes(part);
  }

  /** One failure must not cost the other figures: it becomes a note. */
  private async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    const { house, options, notes, started } = this;
    if (options.quick && performance.now() - started > QUICK_UNTIL_MS) {
      notes.push(`Left out for want of time: ${what}.`);
      return undefined;
    }
    house.say(what);
    try {
      return await work();
    } catch (error) {
      notes.push(`Failed: ${what}: ${error instanceof Error ? error.message : String(error)}`);
      house.say(`  ${String(error)}`);
      // whoever died may have left work for the machine
      await sleep(1_000);
      return undefined;
    }
  }
}

function label({ name, sink, backend, workers }: Entry): string {
  return [name, sink, backend, workers > 1 ? `${workers} workers` : ''].filter(Boolean).join(', ');
}
