import { describe, expect, test } from '@jest/globals';
import { Lateness } from './lateness.js';

describe('lateness that a fault adds', () => {
  test('compares each message with its like of the undisturbed run beside it', () => {
    const lateness = new Lateness();
    lateness.undisturbed([30, 10, 20]);
    lateness.disturbed([4_030, 15, 26]);
    expect(lateness.quantile(0.5)).toBe(6);
    expect(lateness.quantile(0.99)).toBe(4_000);
    expect(lateness.beyond(3_000)).toBe(1);
  });

  test('knows how far a busy machine sets undisturbed runs apart', () => {
    const lateness = new Lateness();
    lateness.undisturbed([10, 20]);
    expect(lateness.noiseMs).toBe(0);
    lateness.undisturbed([700, 15]);
    expect(lateness.noiseMs).toBe(680);
  });

  test('is none when nothing was disturbed', () => {
    expect(new Lateness().quantile(0.99)).toBe(0);
  });
});
