import { describe, expect, test } from '@jest/globals';
import { Problem } from '#libs/kernel';
import { parseWhen } from './when.js';

const NOW = Date.UTC(2026, 10, 23, 17, 44, 49, 250);
const zone = 'Asia/Hong_Kong';

function codeOf(text: string, given: string | undefined = zone): string {
  try {
    parseWhen(text, { zone: given, nowMs: NOW });
  } catch (problem) {
    if (problem instanceof Problem) return problem.code;
    throw problem;
  }
  return 'accepted';
}

describe('T typed on the command line', () => {
  test.each([
    '2026-12-02 09:00',
    '2026-12-02T09:00',
    ' 2026-12-02T09:00+08:00 ',
    '2026-12-02 09:00 +0800',
    '2026-12-02T09:00+08:00[Asia/Hong_Kong]',
    '２０２６-１２-０２　０９：００',
  ])('reads “%s”', (text) => {
    expect(parseWhen(text, { zone, nowMs: NOW })).toMatchObject({
      utcMs: Date.UTC(2026, 11, 2, 1),
      wall: '2026-12-02T09:00',
      zone,
    });
  });

  test('takes the zone from the text when no other is given', () => {
    expect(parseWhen('2026-12-02T09:00[Asia/Taipei]', { nowMs: NOW }).zone).toBe('Asia/Taipei');
  });

  test('chooses between the two instants of an overlap by the offset', () => {
    expect(codeOf('2026-10-25 01:30', 'Europe/London')).toBe('embargo.time.twice');
    expect(parseWhen('2026-10-25T01:30+00:00', { zone: 'Europe/London', nowMs: NOW }).utcMs).toBe(
      Date.UTC(2026, 9, 25, 1, 30),
    );
  });

  test.each([
    ['in 20s', 20],
    ['in 5m', 300],
    ['IN 5 minutes', 300],
    ['in 1h 30m', 5400],
    ['in 1h30m5s', 5405],
    ['in 48h', 172_800],
  ])('reads “%s” from now, on the next whole second', (text, seconds) => {
    const instant = parseWhen(text, { zone, nowMs: NOW });
    expect(instant.utcMs).toBe(Math.ceil(NOW / 1000) * 1000 + seconds * 1000);
    expect(instant.offset).toBe('+08:00');
  });

  test.each([
    ['in 0s', 'embargo.time.relative'],
    ['in 49h', 'embargo.time.relative'],
    ['in 3 days', 'embargo.time.relative'],
    ['in', 'embargo.time.relative'],
    ['in -5m', 'embargo.time.relative'],
    ['2026-12-02', 'embargo.time.malformed'],
    ['2026-12-02T24:00', 'embargo.time.midnight'],
    ['2026-12-02T09:00+09:00', 'embargo.offset.wrong'],
    ['2026-12-02T09:00+08:00[Asia/Taipei]', 'embargo.zone.two'],
    ['now', 'embargo.time.malformed'],
  ])('refuses “%s” as %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test.each(['2026-12-02 09:00', '2026-12-02T09:00+08:00', 'in 20s'])('asks for the zone of “%s”', (text) => {
    expect(codeOf(text, '')).toBe('embargo.zone.missing');
  });
});
