import { describe, expect, test } from '@jest/globals';
import { Lateness } from './lateness.js';

describe('lateness that a fault adds', () => {
  test('compares each message with its like of the slowest undisturbed run', () => {
    const lateness = new Lateness();
    lateness.undisturbed([30, 10, 20]);
    lateness.undisturbed([15, 25, 28]);
    lateness.disturbed([4_030, 15, 26]);
    expect(lateness.quantile(0.5)).toBe(1);
    expect(lateness.quantile(0.99)).toBe(4_000);
    expect(lateness.beyond(3_000)).toBe(1);
  });

  test('is none when nothing was disturbed', () => {
    expect(new Lateness().quantile(0.99)).toBe(0);
  });
});
