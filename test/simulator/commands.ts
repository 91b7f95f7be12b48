import fc from 'fast-check';
import type { History } from './history.js';
import type { SimHouse } from './sim.house.js';
import { SIM_CRASH_POINTS, type SimCrashPoint } from './sim.worker.js';

/** One act of a history. The model is the history that the judge keeps; what the house is does not matter to it. */
export class SimCommand implements fc.AsyncCommand<History, SimHouse> {
  constructor(
    private readonly says: string,
    private readonly act: (house: SimHouse) => void | Promise<void>,
  ) {}

  check(): boolean {
    return true;
  }

  async run(history: History, house: SimHouse): Promise<void> {
    await house.betweenTransactions();
    await this.act(house);
    // promises are judged after every act
    if (history.broken.length > 0) throw new Error(history.broken.join('\n'));
  }

  toString(): string {
    return this.says;
  }
}

const release = fc.nat({ max: 2 });
const worker = fc.nat({ max: 3 });
/** From at once to some minutes; the milliseconds around T are where it matters. */
const ahead = fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 3_000, max: 150_000 }));
const while_ = fc.oneof(
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 60, max: 5_000 }),
  fc.integer({ min: 5_000, max: 130_000 }),
);
const step = fc.constantFrom(-3_600_000, -20_000, -300, -200, 200, 300, 5_000, 3_600_000);

function command<Args extends unknown[]>(
  name: string,
  drawn: { readonly [Place in keyof Args]: fc.Arbitrary<Args[Place]> },
  act: (house: SimHouse, ...args: Args) => void | Promise<void>,
): fc.Arbitrary<SimCommand> {
  return fc
    .tuple<Args>(...drawn)
    .map((args) => new SimCommand(`${name}(${args.join(', ')})`, (house) => act(house, ...args)));
}

const tick = command('tick', [while_], (house, ms: number) => house.time.advance(ms));
const schedule = command('schedule', [release, ahead], (house, n: number, inMs: number) => house.schedule(n, inMs));

/** To the milliseconds in which a release leaves: whatever is decided next is decided then. */
const towardsT = command('towardsT', [release, fc.integer({ min: -20, max: 60 })], (house, n: number, ms: number) =>
  house.towardsT(n, ms),
);

/** Everything that can happen. What happens all the time stands in it more than once. */
export const SIM_COMMANDS: readonly fc.Arbitrary<SimCommand>[] = [
  tick,
  tick,
  towardsT,
  towardsT,
  towardsT,
  schedule,
  schedule,
  command('edit', [release], (house, n: number) => house.edit(n)),
  command('approve', [release], (house, n: number) => house.approve(n)),
  command('moveT', [release, ahead], (house, n: number, inMs: number) => house.moveEmbargo(n, inMs)),
  command('cancel', [release], (house, n: number) => house.cancel(n)),
  command('unsubscribe', [fc.nat({ max: 6 })], (house, n: number) => house.suppress(n)),
  command('erase', [fc.nat({ max: 6 })], (house, n: number) => house.suppress(n)),
  command('press', [fc.nat({ max: 7 })], (house, n: number) => house.press(n)),
  command('raise', [], (house) => house.raise()),
  command('stepClock', [worker, step], (house, n: number, ms: number) => house.worker(n)?.step(ms)),
  command('stepDatabaseClock', [step], (house, ms: number) => {
    house.time.databaseOffset += ms;
  }),
  command('crash', [worker, fc.constantFrom(...SIM_CRASH_POINTS), fc.integer({ min: 1, max: 4 })], crash),
  command('crash', [worker, fc.constantFrom(...SIM_CRASH_POINTS), fc.integer({ min: 1, max: 4 })], crash),
  command('restart', [worker], (house, n: number) => house.restart(n)),
  command('hire', [], (house) => house.hire()),
  command('loseQueue', [], (house) => house.queue.lose()),
  command('repeatWakeUp', [], (house) => house.queue.repeat()),
  command('queueAway', [fc.boolean()], (house, away: boolean) => {
    house.queue.away = away;
  }),
  command('databaseAway', [fc.boolean()], (house, away: boolean) => {
    house.databaseAway = away;
  }),
  command('smtpFaults', [fc.constantFrom(0, 25, 60, 100)], (house, inAHundred: number) => {
    house.weather.trouble = inAHundred;
  }),
];

function crash(house: SimHouse, n: number, point: SimCrashPoint, passing: number): void {
  house.worker(n)?.crash(point, passing);
}
