import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { subjectFor, type SubjectInput, subjectWarnings } from './subject.js';

const NINE = { utcMs: Date.UTC(2026, 11, 2, 1, 0), zone: 'Asia/Hong_Kong' };
const input = (changes: Partial<SubjectInput>): SubjectInput => ({
  headline: '圖書船啟航',
  language: 'zh-Hant',
  variant: 'at_t',
  instant: NINE,
  ...changes,
});

describe('subjects', () => {
  test.each([
    [{ variant: 'embargo' }, '【禁發至12月2日09:00】圖書船啟航'],
    [{ variant: 'embargo', market: 'TW' }, '【12月2日09:00後發布】圖書船啟航'],
    [{ variant: 'embargo', language: 'zh-Hans', headline: '图书船启航' }, '【12月2日09:00解禁】图书船启航'],
    [
      { variant: 'embargo', language: 'en', headline: 'Library boat sails' },
      '[Embargoed until Wed 2 Dec 09:00 HKT] Library boat sails',
    ],
    [{}, '【新聞稿】圖書船啟航'],
    [{ language: 'zh-Hans', headline: '图书船启航' }, '【新闻稿】图书船启航'],
    [{ language: 'en', headline: 'Library boat sails' }, 'Press release: Library boat sails'],
    [{ kind: 'correction' }, '【更正】圖書船啟航'],
    [{ kind: 'correction', language: 'en', headline: 'Library boat sails' }, 'CORRECTION: Library boat sails'],
    [{ kind: 'correction', variant: 'embargo' }, '【更正】【禁發至12月2日09:00】圖書船啟航'],
    [{ kind: 'withdrawal' }, '【撤回，請勿刊用】圖書船啟航'],
    [
      { kind: 'withdrawal', language: 'en', headline: 'Library boat sails' },
      'WITHDRAWN – please do not use: Library boat sails',
    ],
    [{ test: true }, '〔測試〕【新聞稿】圖書船啟航'],
    [{ test: true, language: 'en', headline: 'Library boat sails' }, '[TEST] Press release: Library boat sails'],
  ] as const)('begins with what the reader must know first: %j', (changes, subject) => {
    expect(subjectFor(input(changes))).toBe(subject);
  });

  test('names the zone where a Chinese reader would take the time for local', () => {
    const instant = { utcMs: NINE.utcMs, zone: 'Europe/London' };
    expect(subjectFor(input({ variant: 'embargo', instant }))).toBe('【禁發至倫敦時間12月2日01:00】圖書船啟航');
    // same clock all year: nothing to mistake
    expect(subjectFor(input({ variant: 'embargo', instant: { ...instant, zone: 'Asia/Shanghai' } }))).toBe(
      '【禁發至12月2日09:00】圖書船啟航',
    );
  });

  test('is one line without control characters, whatever the headline holds', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom('\r', '\n', '\0', '\u2028', '\u0085', '\u202e', '\ud800', '題'),
            fc.string({ unit: 'binary', maxLength: 2 }),
          ),
        }),
        (headline) => {
          expect(subjectFor(input({ headline }))).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]|\p{Surrogate}/u);
        },
      ),
    );
  });

  test('shows what a phone cuts off', () => {
    const long = subjectWarnings(
      input({ headline: '退役渡輪變身圖書船首年巡訪二十六個離島碼頭並提供免費借閱', variant: 'embargo' }),
    );
    expect(long.onPhone).toBe('【禁發至12月2日09:00】退役渡輪變身圖書船首年巡訪二…');
    expect(long.columns).toBe(78);
    expect(subjectWarnings(input({})).warnings).toEqual([]);
    const hidden = subjectWarnings(
      input({
        language: 'en',
        variant: 'embargo',
        instant: { ...NINE, zone: 'America/Los_Angeles' },
        headline: 'Retired ferry becomes a library',
      }),
    );
    expect(hidden.warnings.map((warning) => warning.code)).toEqual(['subject.headline-hidden']);
    expect(subjectWarnings(input({ headline: '長'.repeat(60) })).warnings.map((warning) => warning.code)).toEqual([
      'subject.too-long',
    ]);
  });

  test('calls shouting what it is', () => {
    expect(subjectWarnings(input({ headline: '圖書船啟航！' })).warnings.map((warning) => warning.code)).toEqual([
      'subject.shouting',
    ]);
    expect(
      subjectWarnings(input({ language: 'en', headline: 'LIBRARY BOAT SAILS' })).warnings.map(
        (warning) => warning.code,
      ),
    ).toEqual(['subject.shouting']);
  });
});
