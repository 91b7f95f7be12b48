import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect } from '@jest/globals';

export interface CommandRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the real `dateline` in a process of its own. @param environment all it is told, besides PATH */
export function dateline(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<CommandRun> {
  return run(['--enable-source-maps', resolve('dist/apps/standalone/src/main.js'), ...args], environment);
}

/** Runs one of the apps until it ends by itself: for starts that are refused. */
export function app(
  name: 'api' | 'newsroom' | 'worker',
  environment: Readonly<Record<string, string>>,
): Promise<CommandRun> {
  return run([resolve(`dist/apps/${name}/src/main.js`)], environment);
}

async function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<CommandRun> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, ...said };
}

const STACK = /^\s+at .+:\d+:\d+\)?$/m;

/** Expects a refusal in the user's words: exit code 1, the sentence with its field, the remedy below, and no stack trace. */
export function expectRefusal(run: CommandRun, field: string, says: RegExp, remedy: RegExp): void {
  expect(run.err).not.toMatch(STACK);
  const [sentence = '', ...rest] = run.err.trim().split('\n');
  expect({ code: run.code, sentence, remedy: rest.join('\n').trim() }).toEqual({
    code: 1,
    sentence: expect.stringMatching(says),
    remedy: expect.stringMatching(remedy),
  });
  expect(sentence).toContain(`[${field}]`);
}
