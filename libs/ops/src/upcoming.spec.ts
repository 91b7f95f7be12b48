import { describe, expect, test } from '@jest/globals';
import type { ReleaseId } from '#libs/kernel';
import { isUpcoming, judgeUpcoming } from './upcoming.js';
import type { UpcomingRow } from './upcoming.views.js';

const T = new Date('2026-12-02T16:01:00.000Z');

/** Prepared, approved, five minutes before its T. */
function row(changes: Partial<UpcomingRow> = {}): UpcomingRow {
  return {
    organisation: 'harbour',
    release: 'r' as ReleaseId,
    number: 'REL-2026-0007',
    state: 'prepared',
    liftsAt: T,
    msToT: 300_000,
    wall: '2026-12-03T00:01',
    zone: 'Asia/Hong_Kong',
    offset: '+08:00',
    tzdb: '2025c',
    approvalBinds: true,
    lifted: false,
    stops: [],
    audience: 240,
    distribution: 'prepared',
    planned: 240,
    prepared: 240,
    accepted: 0,
    ...changes,
  };
}

const judge = (changes: Partial<UpcomingRow> = {}) =>
  judgeUpcoming(row(changes), { leadSeconds: 900, past: { perSecond: 100, release: 'REL-2026-0006' } });
const failing = (changes: Partial<UpcomingRow>) =>
  judge(changes).findings.flatMap((one) => (one.verdict === 'ok' ? [] : [`${one.verdict} ${one.check}`]));

describe('a release near its T', () => {
  test('is well when it is prepared and its approval binds', () => {
    expect(judge()).toMatchObject({ verdict: 'ok', drainSeconds: 2.4, prepared: 240, msToT: 300_000 });
  });

  test('is told in its own zone and in UTC', () => {
    expect(judge().clocks).toEqual(['Thu 2026-12-03 00:01 Hong Kong (UTC+08:00)', 'Wed 2026-12-02 16:01 UTC']);
    expect(judge({ zone: 'UTC' }).clocks).toEqual(['Wed 2026-12-02 16:01 UTC']);
    expect(judge({ zone: 'Mars/Olympus' }).clocks).toEqual(['Wed 2026-12-02 16:01 UTC']);
  });

  test('fails when its approval does not bind, when it is stopped, or when T has passed it by', () => {
    expect(failing({ approvalBinds: false })).toEqual(['fail upcoming.approval']);
    expect(failing({ stops: ['wrong picture'] })).toEqual(['fail upcoming.stopped']);
    expect(failing({ state: 'releasing', stops: ['wrong picture'] })).toEqual(['fail upcoming.stopped']);
    expect(failing({ msToT: -30_000 })).toEqual(['fail upcoming.overdue']);
    expect(failing({ state: 'releasing', msToT: -30_000 })).toEqual([]);
  });

  test('fails when it is not prepared a minute before T, and warns when nobody has begun', () => {
    const preparing = { state: 'preparing', distribution: 'preparing', prepared: 100 } as const;
    expect(failing({ ...preparing, msToT: 61_000 })).toEqual([]);
    expect(failing({ ...preparing, msToT: 60_000 })).toEqual(['fail upcoming.prepared']);
    const unplanned = { state: 'scheduled', distribution: null, planned: null, prepared: 0 } as const;
    expect(failing({ ...unplanned, msToT: 3_600_000 })).toEqual([]);
    expect(failing({ ...unplanned, msToT: 880_000 })).toEqual(['warn upcoming.prepared']);
    expect(failing({ ...unplanned, msToT: 50_000 })).toEqual(['fail upcoming.prepared']);
    expect(judge(unplanned).prepared).toBeNull();
  });

  test('is worth a warning while it still waits for somebody', () => {
    for (const state of ['draft', 'in_review', 'approved'] as const) {
      expect(failing({ state, distribution: null, planned: null })).toEqual(['warn upcoming.waits']);
    }
    expect(judge({ state: 'approved' }).findings[0]?.says).toContain('not scheduled');
  });

  test('is left alone when it was never scheduled and its T is long past', () => {
    expect(isUpcoming(row({ state: 'draft', msToT: -3 * 86_400_000 }))).toBe(false);
    expect(isUpcoming(row({ state: 'draft', msToT: -60_000 }))).toBe(true);
    expect(isUpcoming(row({ state: 'scheduled', msToT: -3 * 86_400_000 }))).toBe(true);
  });
});
