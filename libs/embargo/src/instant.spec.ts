import { describe, expect, test } from '@jest/globals';
import { Problem } from '#libs/kernel';
import { instantAt, presentTzdb, resolveInstant, type TypedInstant } from './instant.js';

const HOUR = 3_600_000;

function refusal(typed: TypedInstant): Problem {
  try {
    resolveInstant(typed);
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
  throw new Error(`${typed.wall} in ${typed.zone ?? 'no zone'} was accepted`);
}

describe('an embargo instant', () => {
  test('keeps the wall time, its zone and offset, and the zone data that led to it', () => {
    expect(resolveInstant({ wall: '2026-12-02 09:00', zone: 'asia/hong_kong' })).toEqual({
      utcMs: Date.UTC(2026, 11, 2, 1),
      wall: '2026-12-02T09:00',
      zone: 'Asia/Hong_Kong',
      offset: '+08:00',
      tzdb: process.versions['tz'],
    });
  });

  test('keeps seconds when there are any', () => {
    const instant = resolveInstant({ wall: '2026-12-02T09:00:30', zone: 'UTC' });
    expect(instant.wall).toBe('2026-12-02T09:00:30');
    expect(instant.utcMs).toBe(Date.UTC(2026, 11, 2, 9, 0, 30));
  });

  test('can be named for an instant that is known, never earlier than that instant', () => {
    const instant = instantAt(Date.UTC(2026, 11, 2, 1) - 999.5, 'Asia/Hong_Kong');
    expect(instant).toEqual({
      utcMs: Date.UTC(2026, 11, 2, 1),
      wall: '2026-12-02T09:00',
      zone: 'Asia/Hong_Kong',
      offset: '+08:00',
      tzdb: presentTzdb(),
    });
  });
});

describe('a wall time that the clocks are put forward over', () => {
  test('is refused with the last minute before the change and the first after it', () => {
    const problem = refusal({ wall: '2027-03-28T01:30', zone: 'Europe/London' });
    expect(problem.code).toBe('embargo.time.gap');
    expect(problem.field).toBe('time');
    expect(problem.message).toContain('2027-03-28 01:30 does not exist in Europe/London');
    expect(problem.remedy).toContain('2027-03-28T00:59+00:00');
    expect(problem.remedy).toContain('2027-03-28T02:00+01:00');
  });

  test('is refused even with an offset', () => {
    expect(refusal({ wall: '2027-03-28T01:30', zone: 'Europe/London', offset: '+00:00' }).code).toBe(
      'embargo.time.gap',
    );
  });

  test('is refused where the change is half an hour', () => {
    const problem = refusal({ wall: '2026-10-04T02:15', zone: 'Australia/Lord_Howe' });
    expect(problem.remedy).toContain('2026-10-04T01:59+10:30');
    expect(problem.remedy).toContain('2026-10-04T02:30+11:00');
  });
});

describe('a wall time that happens twice', () => {
  const wall = '2026-10-25T01:30';
  const zone = 'Europe/London';

  test('is refused without an offset, naming both', () => {
    const problem = refusal({ wall, zone });
    expect(problem.code).toBe('embargo.time.twice');
    expect(problem.field).toBe('offset');
    expect(problem.message).toContain('first at 2026-10-25 00:30 UTC, again at 2026-10-25 01:30 UTC');
    expect(problem.remedy).toContain('2026-10-25T01:30+01:00 is the first, 2026-10-25T01:30+00:00 the second');
  });

  test('is taken with either offset', () => {
    const first = resolveInstant({ wall, zone, offset: '+01:00' });
    const second = resolveInstant({ wall, zone, offset: '+00:00' });
    expect(second.utcMs - first.utcMs).toBe(HOUR);
    expect([first.offset, second.offset]).toEqual(['+01:00', '+00:00']);
  });

  test('is refused with an offset that is neither', () => {
    expect(refusal({ wall, zone, offset: '+02:00' }).message).toContain('is +01:00 or +00:00, not +02:00');
  });
});

describe('an offset', () => {
  test('that does not belong to the wall time is refused, telling what it would mean there', () => {
    const problem = refusal({ wall: '2026-12-02T01:00', zone: 'Asia/Hong_Kong', offset: 'Z' });
    expect(problem.code).toBe('embargo.offset.wrong');
    expect(problem.field).toBe('offset');
    expect(problem.remedy).toContain('Write 2026-12-02T01:00+08:00');
    expect(problem.remedy).toContain('that is 2026-12-02 09:00 in Asia/Hong_Kong');
  });

  test.each(['8', '+8', 'HKT', '+24:00', '+08:60'])('written as %s is refused', (offset) => {
    expect(refusal({ wall: '2026-12-02T09:00', zone: 'Asia/Hong_Kong', offset }).code).toBe('embargo.offset.malformed');
  });
});

describe('a zone', () => {
  test.each([undefined, '', '  '])('that is missing (%p) is asked for', (zone) => {
    const problem = refusal({ wall: '2026-12-02T09:00', zone });
    expect(problem.code).toBe('embargo.zone.missing');
    expect(problem.field).toBe('zone');
  });

  test.each([
    ['HKT', 'Asia/Hong_Kong'],
    ['Hong Kong', 'Asia/Hong_Kong'],
    ['香港', 'Asia/Hong_Kong'],
    ['Asia/Beijing', 'Asia/Shanghai'],
    ['EST', 'America/New_York'],
    ['CST', 'Asia/Shanghai or Asia/Taipei or America/Chicago'],
    ['london', 'Europe/London'],
    ['+08:00', 'IANA name'],
    ['Etc/GMT+8', 'IANA name'],
    ['Mars/Olympus', 'IANA name'],
    ['../etc/passwd', 'IANA name'],
  ])('written as %s is refused, offering %s', (zone, offered) => {
    const problem = refusal({ wall: '2026-12-02T09:00', zone });
    expect(problem.code).toBe('embargo.zone.unknown');
    expect(problem.remedy).toContain(offered);
  });
});

describe('a wall time', () => {
  test.each([
    ['', 'embargo.time.malformed', '2026-12-02T09:00'],
    ['tomorrow', 'embargo.time.malformed', '2026-12-02T09:00'],
    ['2026-12-2 9:00', 'embargo.time.malformed', '2026-12-02T09:00'],
    ['2026-12-02', 'embargo.time.malformed', '2026-12-02T09:00'],
    ['2026-12-02T09:00+08:00', 'embargo.time.malformed', '2026-12-02T09:00'],
    ['2026-12-31T24:00', 'embargo.time.midnight', '2027-01-01T00:01'],
    ['2026-12-02 midnight', 'embargo.time.words', '24-hour clock'],
    ['2026-12-02 12:00 am', 'embargo.time.words', '24-hour clock'],
    ['12月2日上午9時', 'embargo.time.words', '24-hour clock'],
    ['2026-02-29T09:00', 'embargo.time.calendar', 'February 2026 has 28 days'],
    ['2026-12-00T09:00', 'embargo.time.calendar', 'December 2026 has 31 days'],
    ['2026-13-02T09:00', 'embargo.time.calendar', 'year-month-day'],
    ['2026-12-02T25:00', 'embargo.time.calendar', 'hours from 00 to 23'],
    ['2026-12-02T09:60', 'embargo.time.calendar', 'minutes from 00 to 59'],
    ['2026-06-30T23:59:60', 'embargo.time.calendar', 'minutes from 00 to 59'],
  ])('written as “%s” is refused (%s), saying what to write', (wall, code, remedy) => {
    const problem = refusal({ wall, zone: 'Asia/Hong_Kong' });
    expect(problem.code).toBe(code);
    expect(problem.field).toBe('time');
    expect(problem.remedy).toContain(remedy);
  });
});
