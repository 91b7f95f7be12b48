import { describe, expect, test } from '@jest/globals';
import type { Entry } from './contests.js';
import type { Measured } from './results.js';
import { median, medianRatio, percentile } from './statistics.js';
import { ratiosOf, rowOf, type Series } from './summary.js';
import { table } from './table.js';

function series(name: string, lastMs: readonly (number | undefined)[], about: Partial<Entry> = {}): Series {
  const entry: Entry = {
    name,
    part: 'dateline',
    sink: 'smtp-sink',
    backend: 'postgres',
    workers: 1,
    recipients: 1_000,
    run: () => Promise.reject(new Error('not here')),
    ...about,
  };
  const measured = (ms: number): Measured => ({
    firstMs: 5,
    lastMs: ms,
    ledgerMs: null,
    peakRssMb: 100,
    loopDelayP99Ms: 1,
    cpu: null,
  });
  return { entry, rounds: lastMs.map((ms) => (ms === undefined ? undefined : measured(ms))) };
}

describe('the statistics of a benchmark', () => {
  test('take the middle value, and the mean of two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeUndefined();
  });

  test('take for the 99th percentile of fifty the largest', () => {
    const fifty = Array.from({ length: 50 }, (_, i) => i + 1);
    expect(percentile(fifty, 0.99)).toBe(50);
    expect(percentile(fifty, 0.5)).toBe(25);
  });

  test('compare inside a round before they take the median over the rounds', () => {
    // medians of each side alone would say 1; a machine that slows down in mid-run must not
    expect(medianRatio([10, 40, 90], [20, 40, 30])).toBe(1);
    expect(medianRatio([10, undefined, 90], [20, 40, 30])).toBe(1.75);
    expect(medianRatio([1], [])).toBeUndefined();
  });
});

describe('the summary of a benchmark', () => {
  test('gives rates from T to the last acceptance, with the lowest and highest', () => {
    expect(rowOf(series('dateline', [1_000, 2_000, 4_000]))).toMatchObject({
      lastMs: 2_000,
      perSecond: 500,
      spread: [250, 1_000],
      ledgerMs: null,
    });
  });

  test('leaves a contender out that never came to an end', () => {
    expect(rowOf(series('dateline', [undefined]))).toBeUndefined();
  });

  test('compares one worker with the queue in PostgreSQL, at one sink', () => {
    const all = [
      series('dateline', [100], { workers: 2 }),
      series('dateline', [100], { backend: 'redis' }),
      series('dateline', [100], { sink: 'fast-sink' }),
      series('dateline', [1_000]),
      series('dateline, gate off', [800], { part: 'gate' }),
      series('smtp-source', [900], { part: 'smtp-source', backend: null }),
      series('quickstart, compiled', [5_000], { part: 'quickstart', backend: 'redis', recipients: 250 }),
    ];
    const ratios = ratiosOf(all, 'smtp-sink');
    expect(ratios.vsSmtpSource).toBeCloseTo(0.9);
    expect(ratios.vsQuickstart).toBeCloseTo(20);
    expect(ratios.gateCost).toBeCloseTo(0.2);
    expect(ratios.vsPeer).toBeNull();
  });
});

describe('the table of a benchmark', () => {
  test('puts figures under one another and says where there is none', () => {
    expect(
      table(
        ['', 'per s'],
        [
          ['dateline', 5_766],
          ['quickstart', null],
        ],
      ),
    ).toBe(['            per s', 'dateline    5,766', 'quickstart      –'].join('\n'));
  });
});
