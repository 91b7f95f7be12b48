import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { embargoWording } from './embargo-wording.js';

/** 2 December 2026, 09:00 in Hong Kong. */
const NINE = Date.UTC(2026, 11, 2, 1, 0);
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('embargo wording', () => {
  test.each([
    ['zh-Hant', 'HK', 'Asia/Hong_Kong', '禁發至 2026年12月2日（星期三）09:00（香港時間，UTC+8）'],
    ['zh-Hant', 'TW', 'Asia/Taipei', '請於 2026年12月2日（星期三）09:00（台北時間，UTC+8）後發布'],
    ['zh-Hans', undefined, 'Asia/Shanghai', '解禁时间：2026年12月2日（星期三）09:00（北京时间，UTC+8）'],
    ['en', undefined, 'Asia/Hong_Kong', 'EMBARGOED UNTIL 09:00 HONG KONG TIME (HKT, UTC+8), WEDNESDAY 2 DECEMBER 2026'],
  ] as const)('says weekday, date, 24-hour time, zone in words and offset: %s %s', (language, market, zone, line) => {
    expect(plain(embargoWording(NINE, zone, language, market).until)).toBe(line);
  });

  test('gives the same instant elsewhere, with the date where it is another day', () => {
    expect(embargoWording(NINE, 'Asia/Hong_Kong', 'zh-Hant').elsewhere.map(plain)).toEqual([
      '倫敦 01:00',
      '紐約 12月1日（二）20:00',
      '協調世界時 01:00',
    ]);
    expect(embargoWording(NINE, 'Europe/London', 'zh-Hans').elsewhere.map(plain)[0]).toBe('北京 09:00');
    expect(embargoWording(NINE, 'America/New_York', 'en').elsewhere.map(plain)).toEqual([
      'Hong Kong Wed 2 Dec 09:00',
      'London Wed 2 Dec 01:00',
      'UTC Wed 2 Dec 01:00',
    ]);
  });

  test('follows summer time and half-hour zones', () => {
    const summer = Date.UTC(2026, 6, 1, 8, 30);
    expect(plain(embargoWording(summer, 'Europe/London', 'en').until)).toContain('09:30 LONDON TIME (UTC+1)');
    expect(plain(embargoWording(summer, 'Asia/Kolkata', 'en').until)).toContain('14:00 NEW DELHI TIME (UTC+5:30)');
    expect(plain(embargoWording(summer, 'America/New_York', 'en').until)).toContain('04:30 NEW YORK TIME (UTC−4)');
  });

  test('shows the seconds of T before it, so that nobody reads an earlier time than the true one', () => {
    expect(embargoWording(NINE + 30_000, 'Asia/Hong_Kong', 'zh-Hant').until).toContain('09:00:30');
    expect(embargoWording(NINE + 30_000, 'Asia/Hong_Kong', 'zh-Hant').stamp).not.toContain(':30');
  });

  test('never calls an embargo a trade ban, and never names noon, midnight or a bare EST', () => {
    for (const language of ['zh-Hant', 'zh-Hans', 'en'] as const) {
      for (const hour of [0, 4, 12, 16]) {
        const words = JSON.stringify(embargoWording(Date.UTC(2026, 0, 5, hour), 'America/New_York', language));
        expect(words).not.toMatch(/禁[運运]|noon|midnight|\bE[SD]T\b|[ap]\.?m\.?\b/iu);
      }
    }
  });

  test('agrees with the platform about day and hour in every zone it knows', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const start = Date.UTC(2026, 0, 1);
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 3 * 366 * 24 * 60 }), (zone, minutes) => {
        const at = start + minutes * 60_000;
        const parts = new Intl.DateTimeFormat('en-GB', {
          timeZone: zone,
          hour: '2-digit',
          minute: '2-digit',
          weekday: 'long',
          day: 'numeric',
          month: 'long',
          year: 'numeric',
          hourCycle: 'h23',
        }).formatToParts(at);
        const get = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
        const { stamp } = embargoWording(at, zone, 'en');
        expect(plain(stamp)).toContain(
          `${get('weekday')} ${get('day')} ${get('month')} ${get('year')}, ${get('hour')}:${get('minute')} `,
        );
      }),
    );
  });

  test('drops the embargo after T', () => {
    const wording = embargoWording(NINE, 'Asia/Hong_Kong', 'zh-Hant');
    expect([wording.immediate, plain(wording.lifted)]).toEqual([
      '即時發布',
      '禁發時限已過，可以刊用（12月2日 09:00 香港時間）',
    ]);
    expect(plain(embargoWording(NINE, 'Asia/Hong_Kong', 'en').lifted)).toBe(
      'Embargo lifted 09:00 HKT, 2 December 2026',
    );
  });
});
