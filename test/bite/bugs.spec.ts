import { describe, expect, test } from '@jest/globals';
import { names, outdated, readIfThere, type Bug } from './bug.js';
import { BUGS } from './bugs.js';

describe('the bugs that the tests must catch', () => {
  test('are thirty or more, each under a name of its own', () => {
    const known = BUGS.map(({ name }) => name);
    expect(known.length).toBeGreaterThanOrEqual(30);
    expect(new Set(known).size).toBe(known.length);
    for (const name of known) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  test('fit the sources and the tests as they are now (else: mend test/bite/bugs*.ts)', () => {
    const faults = BUGS.map((bug) => ({ bug: bug.name, why: outdated(bug, readIfThere) }));
    expect(faults.filter(({ why }) => why !== undefined)).toEqual([]);
  });

  test('are told to be out of date when their place or their test is gone', () => {
    const bug: Bug = {
      name: 'a-bug',
      says: 'One.',
      file: 'a.ts',
      find: 'x',
      replace: 'y',
      caughtBy: { spec: 'a.spec.ts', test: 'holds' },
    };
    const read = (files: Record<string, string>) => (file: string) => files[file];
    const spec = `test('holds', () => undefined)`;
    expect(outdated(bug, read({ 'a.ts': 'a x', 'a.spec.ts': spec }))).toBeUndefined();
    expect(outdated(bug, read({ 'a.spec.ts': spec }))).toMatch(/a.ts is gone/);
    expect(outdated(bug, read({ 'a.ts': 'x x', 'a.spec.ts': spec }))).toMatch(/stands 2 times/);
    expect(outdated(bug, read({ 'a.ts': 'x', 'a.spec.ts': `test('holds on')` }))).toMatch(/no test “holds”/);
  });

  test('know the names that a table of tests makes of its own', () => {
    const fits = (within: string | undefined, test: string, name: string) =>
      names({ spec: '', test, ...(within === undefined ? {} : { within }) }).test(name);
    expect(fits(undefined, 'is refused for %s', 'a message is refused for another')).toBe(true);
    expect(fits(undefined, 'sends (twice)', 'a message sends (twice) more')).toBe(false);
    expect(fits('a link', '%s', 'a link forged')).toBe(true);
    expect(fits('a link', '%s', 'a message forged')).toBe(false);
  });
});
