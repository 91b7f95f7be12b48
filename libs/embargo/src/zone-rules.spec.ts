import { describe, expect, test } from '@jest/globals';
import { presentTzdb, resolveInstant, type EmbargoInstant } from './instant.js';
import { checkZoneRules } from './zone-rules.js';

const HOUR = 3_600_000;

/** A T that was set by zone data in which the zone's offset at that time was an hour larger. */
function setByOlderRules(wall: string, zone: string, offset: string): EmbargoInstant {
  return {
    ...resolveInstant({ wall, zone }),
    utcMs: resolveInstant({ wall, zone }).utcMs - HOUR,
    offset,
    tzdb: '1999z',
  };
}

describe('zone rules that changed after T was set', () => {
  test('are told with both instants and move nothing', () => {
    const stored = Object.freeze(setByOlderRules('2026-12-01T09:00', 'Asia/Hong_Kong', '+09:00'));
    const check = checkZoneRules(stored);
    expect(check).toMatchObject({
      agrees: false,
      tzdb: presentTzdb(),
      presentUtcMs: Date.UTC(2026, 11, 1, 1),
      presentWall: '2026-12-01T08:00',
    });
    if (check.agrees) throw new Error('agreed');
    expect(check.message).toContain(
      'zone data 1999z, 2026-12-01T09:00+09:00 in Asia/Hong_Kong was 2026-12-01 00:00 UTC',
    );
    expect(check.message).toContain(
      'will show 2026-12-01T08:00 at that instant, and 2026-12-01T09:00 is 2026-12-01 01:00 UTC',
    );
    expect(check.remedy).toContain('still lifts at 2026-12-01 00:00 UTC');
  });

  test('are told when the wall time does not exist any more', () => {
    const stored: EmbargoInstant = {
      utcMs: Date.UTC(2027, 2, 28, 5),
      wall: '2027-03-28T01:30',
      zone: 'Europe/London',
      offset: '-03:30',
      tzdb: '1999z',
    };
    expect(checkZoneRules(stored)).toMatchObject({ agrees: false, presentUtcMs: null });
  });

  test('are told when the zone has lost its name', () => {
    const stored = { ...resolveInstant({ wall: '2026-12-01T09:00', zone: 'UTC' }), zone: 'Atlantis/Capital' };
    expect(checkZoneRules(stored)).toMatchObject({ agrees: false, presentUtcMs: null, presentWall: null });
  });
});

describe('zone rules that still hold', () => {
  test('agree although their edition is another one', () => {
    const stored = { ...resolveInstant({ wall: '2026-12-01T09:00', zone: 'Asia/Hong_Kong' }), tzdb: '1999z' };
    expect(checkZoneRules(stored)).toEqual({ agrees: true, tzdb: presentTzdb() });
  });

  test.each(['+01:00', '+00:00'])('agree with either instant of an overlap (%s)', (offset) => {
    expect(checkZoneRules(resolveInstant({ wall: '2026-10-25T01:30', zone: 'Europe/London', offset })).agrees).toBe(
      true,
    );
  });
});
