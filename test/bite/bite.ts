import { join } from 'node:path';
import { ChaosCluster } from '../chaos/chaos.cluster.js';
import { names, outdated, readIfThere, type Bug } from './bug.js';
import { BUGS } from './bugs.js';
import { runJest, type JestRun } from './jest.run.js';
import { TreeCopy } from './tree.copy.js';

export interface BiteOrder {
  /** Names; all when empty. */
  readonly only: readonly string[];
  readonly note: (sentence: string) => void;
}

export interface Bite {
  readonly name: string;
  readonly caught: boolean;
  /** The spec and the test in it. */
  readonly by: string;
  /** What the test said, or why the bug was not caught. */
  readonly how: string;
}

/** What every database of the run is copied from, but those of a bug in the schema. */
const TEMPLATE = 'dateline_template';
/** Each in a copy of its own, because the machine that this must be quick on has two cores. */
const SIDE_BY_SIDE = 2;

/**
 * Puts one mistake after the other into copies of the house and looks whether the test that is named for it fails, and
 * fails for it: the same test has passed in the same copy without it.
 * @throws a sentence when the list of bugs is out of date or a name is nobody's
 */
export async function bite({ only, note }: BiteOrder, signal: AbortSignal): Promise<Bite[]> {
  const house = process.cwd();
  const bugs = chosen(only);
  refuseOutdated(house, bugs);
  const found = new Map<string, Bite>();
  const specs = bySpec(bugs);
  const cluster = await ChaosCluster.start();
  try {
    const lane = async () => {
      const copy = TreeCopy.make(house);
      try {
        const run = new SpecRuns(copy, cluster.url, signal);
        for (let next = specs.shift(); next && !signal.aborted; next = specs.shift()) {
          for await (const bitten of run.of(next)) {
            found.set(bitten.name, bitten);
            note(`${bitten.caught ? '✓' : '✗'} ${bitten.name}: ${bitten.how}`);
          }
        }
      } finally {
        copy.remove();
      }
    };
    await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, specs.length) }, lane));
  } finally {
    await cluster.stop();
  }
  return bugs.map((bug) => found.get(bug.name) ?? bitten(bug, false, 'stopped before its turn'));
}

/** The bugs that one spec is to catch, one after the other in one copy. */
class SpecRuns {
  constructor(
    private readonly copy: TreeCopy,
    private readonly url: string,
    private readonly signal: AbortSignal,
  ) {}

  async *of(bugs: readonly Bug[]): AsyncGenerator<Bite> {
    const whole = await this.run(bugs, TEMPLATE);
    for (const bug of bugs) {
      if (this.signal.aborted) return;
      const sound = whole.tests.filter(({ name, passed }) => passed && names(bug.caughtBy).test(name));
      if (sound.length === 0) {
        yield bitten(bug, false, `its test does not pass without it either: ${told(whole, bug)}`);
        continue;
      }
      const mend = this.copy.break(bug);
      try {
        // what lies in migrations is in a template of its own; all else works on the one that is there
        const inSchema = bug.file.endsWith('.migration.ts');
        const run = await this.run([bug], inSchema ? `bite_${bug.name.replaceAll('-', '_')}` : TEMPLATE);
        const failed = run.tests.find(({ name, passed }) => !passed && sound.some((test) => test.name === name));
        yield bitten(bug, run.broken === undefined && failed !== undefined, failed?.says ?? told(run, bug));
      } finally {
        mend();
      }
    }
  }

  private run(bugs: readonly Bug[], template: string): Promise<JestRun> {
    const tests = bugs.map(({ caughtBy }) => names(caughtBy));
    const spec = bugs[0]?.caughtBy.spec ?? '';
    return runJest(this.copy.folder, spec, tests, { url: this.url, template }, this.signal);
  }
}

/** Why a test that should have failed has not, or one that should have passed. */
function told({ tests, broken }: JestRun, bug: Bug): string {
  const failed = tests.find(({ name, passed }) => !passed && names(bug.caughtBy).test(name));
  return broken ?? failed?.says ?? 'nobody noticed';
}

function bitten(bug: Bug, caught: boolean, how: string): Bite {
  const { spec, within, test } = bug.caughtBy;
  return { name: bug.name, caught, by: [spec, within, test].filter(Boolean).join(' › '), how };
}

function chosen(only: readonly string[]): Bug[] {
  const stranger = only.find((name) => !BUGS.some((bug) => bug.name === name));
  if (stranger !== undefined) throw new Error(`There is no bug “${stranger}”. See --list.`);
  return BUGS.filter(({ name }) => only.length === 0 || only.includes(name));
}

/** Before anything is begun. */
function refuseOutdated(house: string, bugs: readonly Bug[]): void {
  const faults = bugs.flatMap((bug) => {
    const why = outdated(bug, (file) => readIfThere(join(house, file)));
    return why ? [`${bug.name}: ${why}.`] : [];
  });
  if (faults.length > 0) throw new Error(['The list of bugs is out of date.', ...faults].join('\n'));
}

/** Longest first, so that both copies end at about the same time. */
function bySpec(bugs: readonly Bug[]): (readonly Bug[])[] {
  const specs = new Map<string, Bug[]>();
  for (const bug of bugs) specs.set(bug.caughtBy.spec, [...(specs.get(bug.caughtBy.spec) ?? []), bug]);
  return [...specs.values()].sort((one, other) => other.length - one.length);
}
