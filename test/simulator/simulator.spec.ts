import { describe, expect, test } from '@jest/globals';
import { simulate } from './simulate.js';

const SEED = Number(process.env['DATELINE_SEED'] ?? 20_261_123);
/** Ten thousand of them: npm run simulate. */
const HISTORIES = 100;

describe('random histories on virtual time', () => {
  test(`let nothing leave early or twice and forget nobody, whatever is edited, moved, stopped, crashed or lost (seed ${SEED})`, async () => {
    const told = await simulate(HISTORIES, SEED);
    expect(told.broken).toBeUndefined();
    expect(told.histories).toBe(HISTORIES);
    // a simulator in which nothing leaves keeps every promise
    expect(told.accepted).toBeGreaterThan(HISTORIES);
  }, 180_000);
});
