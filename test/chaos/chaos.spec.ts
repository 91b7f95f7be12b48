import { describe, expect, test } from '@jest/globals';
import { CRASH_POINTS } from '#libs/kernel';
import { Chance } from './chance.js';
import { Budget, chosenFrom, type ChaosOrder } from './chaos.js';
import { plannedKills } from './kills.js';
import { added, NOTHING, tallied, type Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios.js';
import type { Findings } from './checker.js';

const ORDER: ChaosOrder = { only: [], seed: 1, quick: false, note: () => undefined };

const scenario = (name: string, quick: number): Scenario => ({
  name,
  says: 'holds',
  runs: { full: 9, quick },
  run: () => Promise.resolve(NOTHING),
});

const CLEAN: Findings = {
  planned: 5,
  accepted: 5,
  early: 0,
  duplicates: 0,
  unflaggedDuplicates: 0,
  silentLosses: 0,
  unknown: 0,
  late: 0,
  doubleClaims: 0,
  staleDots: 0,
  firstMs: 1,
  lastMs: 2,
  problems: [],
};

describe('a seed', () => {
  test('replays the same kills, and another one others', () => {
    const kills = (seed: number) => plannedKills(new Chance(seed, 'kill-hold'), 40);
    expect(kills(7)).toEqual(kills(7));
    expect(kills(7)).not.toEqual(kills(8));
  });

  test('meets every crash point, however it is drawn', () => {
    const points = plannedKills(new Chance(9), 7).flatMap((kill) => ('point' in kill ? [kill.point] : []));
    expect(points.sort()).toEqual([...CRASH_POINTS].sort());
  });

  test('draws for one scenario what it draws for it among others', () => {
    expect(new Chance(7, 'a').random()).toBe(new Chance(7, 'a').random());
    expect(new Chance(7, 'a').random()).not.toBe(new Chance(7, 'b').random());
  });

  test('reaches both ends of a range, and nothing beyond', () => {
    const chance = new Chance(3);
    const drawn = new Set(Array.from({ length: 500 }, () => chance.whole(2, 5)));
    expect([...drawn].sort()).toEqual([2, 3, 4, 5]);
  });
});

describe('an order', () => {
  const all = [scenario('short', 2), scenario('long', 0)];

  test('names scenarios that exist', () => {
    expect(chosenFrom(all, { ...ORDER, only: ['long'] }).map(({ name }) => name)).toEqual(['long']);
    expect(() => chosenFrom(all, { ...ORDER, only: ['lung'] })).toThrow('There is no scenario “lung”');
  });

  test('that must be quick leaves out what cannot be short, and says so', () => {
    const notes: string[] = [];
    const chosen = chosenFrom(all, { ...ORDER, quick: true, note: (sentence) => notes.push(sentence) });
    expect(chosen.map(({ name }) => name)).toEqual(['short']);
    expect(notes).toEqual(['long is left out: it cannot be short.']);
  });

  test('finds every scenario under a name of its own', () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { runs } of SCENARIOS) expect(runs.full).toBeGreaterThanOrEqual(Math.max(1, runs.quick));
  });
});

describe('a budget', () => {
  test('begins nothing that would end too late if it took as long as the slowest so far', async () => {
    let now = 0;
    const budget = new Budget(100, () => now);
    const taking = (seconds: number) => budget.spend(() => Promise.resolve((now += seconds)));
    await taking(40);
    expect(budget.fits()).toBe(true);
    await taking(20);
    expect(budget.fits()).toBe(true);
    await taking(1);
    expect(budget.fits()).toBe(false);
  });
});

describe('a tally', () => {
  test('is not ok for anything early, late, lost, repeated, claimed twice or stale', () => {
    expect(tallied(1, CLEAN).ok).toBe(true);
    const wrongs = ['early', 'late', 'silentLosses', 'duplicates', 'unflaggedDuplicates', 'doubleClaims', 'staleDots'];
    for (const wrong of wrongs) expect(tallied(1, { ...CLEAN, [wrong]: 1, problems: [`${wrong}: x`] }).ok).toBe(false);
    expect(tallied(1, { ...CLEAN, unknown: 3 }).ok).toBe(true);
  });

  test('lets flagged copies pass where the policy is to send again, and unflagged ones never', () => {
    expect(tallied(1, { ...CLEAN, duplicates: 2 }, { duplicatesAllowed: true }).ok).toBe(true);
    const unflagged = { ...CLEAN, duplicates: 2, unflaggedDuplicates: 1 };
    expect(tallied(1, unflagged, { duplicatesAllowed: true }).ok).toBe(false);
  });

  test('is not ok when the scenario itself says no, and two are ok only together', () => {
    const no = tallied(2, CLEAN, { ok: false, note: 'a pause of 4 s' });
    expect(no).toMatchObject({ ok: false, note: 'a pause of 4 s' });
    expect(added(tallied(1, CLEAN), no)).toMatchObject({ runs: 3, ok: false });
  });
});
