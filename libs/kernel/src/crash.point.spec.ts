import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { armCrashPoint, crashPoint, CRASH_POINTS } from './crash.point.js';
import { Problem } from './problem.js';
import { SETTINGS } from './settings.js';

/** Passes a point so many times in a process of its own and says how it ended. */
function passing(armed: string | undefined, point: string, times: number) {
  const code = `
    const { armCrashPoint, crashPoint } = await import(${JSON.stringify(resolve('dist/libs/kernel/src/crash.point.js'))});
    ${armed === undefined ? '' : `armCrashPoint(${JSON.stringify(armed)});`}
    for (let n = 1; n <= ${times}; n += 1) { process.stdout.write(String(n)); crashPoint(${JSON.stringify(point)}); }`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return { passed: run.stdout, signal: run.signal };
}

describe('a crash point', () => {
  test('kills its process at the passing it was armed for, and no handler runs', () => {
    expect(passing('dot.after:3', 'dot.after', 5)).toEqual({ passed: '123', signal: 'SIGKILL' });
  });

  test('does nothing where another point was armed, or none', () => {
    expect(passing('dot.after:1', 'dot.before', 3)).toEqual({ passed: '123', signal: null });
    expect(passing(undefined, 'dot.after', 3)).toEqual({ passed: '123', signal: null });
  });

  test.each([
    'dot.after',
    'dot.after:0',
    'dot.after:-1',
    'dot.after:1.5',
    'dot.after:x',
    'elsewhere:1',
    'dot.after:1 ',
    '',
  ])('refuses to be armed with “%s”, in words that name the setting', (text) => {
    expect(() => armCrashPoint(text)).toThrow(
      expect.objectContaining({ field: 'DATELINE_CRASH', remedy: expect.stringContaining('dot.after:17') }),
    );
    expect(() => armCrashPoint(text)).toThrow(Problem);
  });

  test('is armed by nobody unless the setting says so', () => {
    expect(SETTINGS.DATELINE_CRASH.default).toBe('');
    for (const point of CRASH_POINTS) crashPoint(point);
  });
});
