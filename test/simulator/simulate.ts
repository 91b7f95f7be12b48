import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { SIM_COMMANDS } from './commands.js';
import { SimHouse } from './sim.house.js';

export interface Simulated {
  readonly seed: number;
  readonly histories: number;
  /** Messages that servers took in all of them. */
  readonly accepted: number;
  readonly commands: number;
  /** What broke, with the commands that are left after shrinking and how to see it again; undefined: nothing. */
  readonly broken?: string;
  readonly path?: string;
}

const MOST_COMMANDS = 30;

/**
 * Runs so many random histories through the product's own sender, gate, leases, settler, clock watch and ticker, and
 * judges each after every act and at its end: nothing before T, nothing twice unless told, nobody forgotten.
 * @param path of an earlier failure, to see that one again
 */
export async function simulate(histories: number, seed: number, path?: string): Promise<Simulated> {
  // an hour of a worker passes in milliseconds, and with it what listens to its end
  setMaxListeners(0);
  const seen = { accepted: 0, commands: 0 };
  const property = fc.asyncProperty(
    fc.commands([...SIM_COMMANDS], { maxCommands: MOST_COMMANDS, size: 'max' }),
    fc.integer(),
    fc.integer({ min: 1, max: 90_000 }),
    async (commands, chance, ahead) => {
      const house = new SimHouse(chance);
      house.schedule(0, ahead);
      try {
        const real = { model: house.history, real: house };
        await fc.asyncModelRun(() => real, commands);
        await house.finish();
        if (house.history.broken.length > 0) throw new Error(house.history.broken.join('\n'));
      } finally {
        await house.close();
        seen.accepted += house.history.accepted;
        seen.commands += [...commands].length;
      }
    },
  );
  const details = await fc.check(property, {
    seed,
    numRuns: histories,
    ...(path === undefined ? {} : { path }),
    interruptAfterTimeLimit: 3_600_000,
  });
  const told = { seed, histories: details.numRuns, ...seen };
  if (!details.failed) return told;
  return {
    ...told,
    broken: [fc.defaultReportMessage(details), stackOf(details.errorInstance)].join('\n'), // the history as it was drawn: seen again, it is shrunk again
    path: details.counterexamplePath?.split(':', 1)[0] ?? '',
  };
}

/** The sentences of the judge, or where our own code went wrong. */
function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
