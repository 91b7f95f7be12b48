import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What came of each test that ran. */
export interface JestRun {
  readonly tests: readonly TestEnd[];
  /** Why there is nothing, or not all, to go by. */
  readonly broken?: string;
}

export interface TestEnd {
  /** With the titles of what it stands in. */
  readonly name: string;
  readonly passed: boolean;
  /** The first line of what was wrong. */
  readonly says: string;
}

interface Written {
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Nothing that is looked for here takes half as long. */
const WITHIN_MS = 180_000;

/**
 * Runs the tests of one spec whose names fit, in the house at `folder`.
 * @param cluster a PostgreSQL that runs, and the name of the migrated template to use in it; made when there is none
 */
export async function runJest(
  folder: string,
  spec: string,
  fits: readonly RegExp[],
  cluster: { readonly url: string; readonly template: string },
  signal: AbortSignal,
): Promise<JestRun> {
  const results = join(folder, 'bite-results.json');
  rmSync(results, { force: true });
  const pattern = fits.map(({ source }) => `(?:${source})`).join('|');
  const args = ['--ci', '--forceExit', '--runInBand', '--json', `--outputFile=${results}`, '--runTestsByPath', spec];
  const said = await node(
    ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...args, '--testNamePattern', pattern],
    folder,
    { DATELINE_TEST_CLUSTER: cluster.url, DATELINE_TEST_TEMPLATE: cluster.template },
    signal,
  );
  let written: Written;
  try {
    written = JSON.parse(readFileSync(results, 'utf8')) as Written;
  } catch {
    return { tests: [], broken: `it could not be run: ${lastWords(said)}` };
  }
  const tests = written.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status, failureMessages }) => ({
        name: fullName,
        passed: status === 'passed',
        says: firstLine(failureMessages[0] ?? ''),
      })),
  );
  if (written.numRuntimeErrorTestSuites > 0)
    return { tests, broken: `the spec does not load: ${firstLine(written.testResults[0]?.message ?? '')}` };
  return tests.length > 0 ? { tests } : { tests, broken: 'no test has that title' };
}

function node(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...environment, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const hear = (text: Buffer) => (said = (said + text.toString()).slice(-4_000));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const kill = () => child.kill('SIGKILL');
    const late = setTimeout(kill, WITHIN_MS);
    signal.addEventListener('abort', kill, { once: true });
    child.once('close', () => {
      clearTimeout(late);
      signal.removeEventListener('abort', kill);
      resolve(said);
    });
  });
}

function firstLine(text: string): string {
  // colours of a terminal are no words
  const plain = text.replace(/\x1b\[[0-9;]*m/g, '');
  return (plain.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, 160);
}

function lastWords(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-3).join(' ').slice(0, 300);
}
