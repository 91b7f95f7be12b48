import { describe, expect, test } from '@jest/globals';
import { resolveInstant } from './instant.js';
import { timeWarnings } from './time-warnings.js';

function codes(wall: string, zone = 'Asia/Hong_Kong', audienceZones: readonly string[] = []): string[] {
  return timeWarnings(resolveInstant({ wall, zone }), { audienceZones }).map(
    (warning) => `${warning.code} ${warning.zone}`,
  );
}

describe('warnings about T', () => {
  test('are none for a weekday morning', () => {
    expect(codes('2026-12-02T09:00')).toEqual([]);
  });

  test('suggest 00:01 of the same date for 00:00', () => {
    const [warning] = timeWarnings(resolveInstant({ wall: '2026-12-02T00:00', zone: 'Asia/Hong_Kong' }));
    expect(warning?.code).toBe('midnight');
    expect(warning?.remedy).toContain('2026-12-02T00:01');
  });

  test('leave 00:01 alone', () => {
    expect(codes('2026-12-02T00:01')).toEqual([]);
  });

  test('ask at 12:00 whether noon is meant', () => {
    expect(codes('2026-12-02T12:00')).toEqual(['noon Asia/Hong_Kong']);
    expect(codes('2026-12-02T12:01')).toEqual([]);
  });

  test.each([
    ['2026-12-02T21:59', false],
    ['2026-12-02T22:00', true],
    ['2026-12-02T06:59', true],
    ['2026-12-02T07:00', false],
  ])('know whether %s is night', (wall, isNight) => {
    expect(codes(wall)).toEqual(isNight ? ['night Asia/Hong_Kong'] : []);
  });

  test('look for night where the audience sits', () => {
    expect(codes('2026-12-02T09:00', 'Asia/Hong_Kong', ['Asia/Taipei', 'Europe/London', 'Asia/Hong_Kong'])).toEqual([
      'night Europe/London',
    ]);
  });

  test('tell that the clocks change on that day, before and after the change', () => {
    expect(codes('2026-10-25T09:00', 'Europe/London')).toEqual(['clock-change Europe/London']);
    expect(codes('2026-10-25T00:30', 'Europe/London')).toEqual(['clock-change Europe/London', 'night Europe/London']);
    expect(codes('2026-10-24T09:00', 'Europe/London')).toEqual([]);
    expect(codes('2026-10-26T09:00', 'Europe/London')).toEqual([]);
  });

  test('question a year that lies far ahead', () => {
    const instant = resolveInstant({ wall: '2062-12-02T09:00', zone: 'Asia/Hong_Kong' });
    const nowMs = Date.UTC(2026, 10, 23);
    expect(timeWarnings(instant, { nowMs }).map((warning) => warning.code)).toEqual(['far-ahead']);
  });
});
