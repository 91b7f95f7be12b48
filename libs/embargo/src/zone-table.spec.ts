import { expect, test } from '@jest/globals';
import { resolveInstant } from './instant.js';
import { zoneTable } from './zone-table.js';

const { utcMs } = resolveInstant({ wall: '2026-12-02T09:00', zone: 'Asia/Hong_Kong' });

test('shows T side by side in the five places and then in those asked for', () => {
  const lines = zoneTable(utcMs, ['asia/kolkata', 'Europe/London']).map(
    (row) => `${row.place.en} ${row.weekday.en} ${row.date} ${row.time} ${row.offset}`,
  );
  expect(lines).toEqual([
    'Hong Kong Wednesday 2026-12-02 09:00 +08:00',
    'Beijing Wednesday 2026-12-02 09:00 +08:00',
    'Taipei Wednesday 2026-12-02 09:00 +08:00',
    'London Wednesday 2026-12-02 01:00 +00:00',
    'New York Tuesday 2026-12-01 20:00 -05:00',
    'Kolkata Wednesday 2026-12-02 06:30 +05:30',
  ]);
});

test('names places and weekdays in Chinese', () => {
  const newYork = zoneTable(utcMs).find((row) => row.zone === 'America/New_York');
  expect(newYork?.place['zh-Hant']).toBe('紐約');
  expect(newYork?.place['zh-Hans']).toBe('纽约');
  expect(newYork?.weekday['zh-Hant']).toBe('星期二');
});
