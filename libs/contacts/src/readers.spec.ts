import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCalendarDate } from './calendar-date.js';
import { guardCell, unguardCell } from './formula-guard.js';
import { oneLabel, readLabels } from './label.js';
import { readLineText, readParagraphs } from './line-text.js';
import { readingLanguage } from './reading-language.js';
import { readZone } from './zone.js';

describe('readCalendarDate', () => {
  test.each([
    ['2026-11-23', '2026-11-23'],
    ['2026/1/3', '2026-01-03'],
    ['2026.11.23', '2026-11-23'],
    ['20261123', '2026-11-23'],
    ['2026年11月23日', '2026-11-23'],
    ['２０２６年１月３日', '2026-01-03'],
    ['民國115年11月23日', '2026-11-23'],
    ['民國 115/11/23', '2026-11-23'],
    ['23/11/2026', '2026-11-23'],
    ['11/23/2026', '2026-11-23'],
    ['5/5/2026', '2026-05-05'],
    ['23 Nov 2026', '2026-11-23'],
    ['November 3rd, 2026', '2026-11-03'],
    ['2026-11-23 09:30', '2026-11-23'],
    ['2024-02-29', '2024-02-29'],
  ])('reads %s', (text, date) => {
    expect(readCalendarDate(text)).toBe(date);
  });

  test('does not guess the order of day and month', () => {
    expect(readCalendarDate('03/04/2026')).toBe('ambiguous');
  });

  test.each(['', 'soon', '2026-02-30', '2026-13-01', '31/02/2026', '2025-02-29', '1026-01-01', '23 Foo 2026'])(
    'refuses %j, which is no day',
    (text) => {
      expect(readCalendarDate(text)).toBeUndefined();
    },
  );
});

describe('readZone', () => {
  test.each([
    ['Asia/Hong_Kong', 'Asia/Hong_Kong'],
    ['asia/hong kong', 'Asia/Hong_Kong'],
    ['香港', 'Asia/Hong_Kong'],
    ['臺北', 'Asia/Taipei'],
    ['北京', 'Asia/Shanghai'],
    ['New York', 'America/New_York'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['UTC', 'UTC'],
  ])('reads %s', (text, zone) => {
    expect(readZone(text)).toBe(zone);
  });

  test.each(['UTC+8', 'GMT+8', '+08:00', 'Asia/Nowhere', 'Mars', '', '../etc'])('refuses %j', (text) => {
    expect(readZone(text)).toBeUndefined();
  });
});

describe('readingLanguage', () => {
  test.each([
    ['zh-Hant', 'zh-Hant'],
    ['繁體中文', 'zh-Hant'],
    ['中文（繁體）', 'zh-Hant'],
    ['zh_TW', 'zh-Hant'],
    ['Traditional Chinese', 'zh-Hant'],
    ['简体', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['English', 'en'],
    ['英文', 'en'],
  ])('reads %s', (text, language) => {
    expect(readingLanguage(text)).toBe(language);
  });

  test('does not guess which Chinese', () => {
    for (const text of ['中文', 'Chinese', 'zh', '粵語']) expect(readingLanguage(text)).toBe('ambiguous');
  });

  test('knows no other language', () => {
    expect(readingLanguage('français')).toBeUndefined();
  });
});

describe('readLineText', () => {
  test('drops blanks around and what pasting leaves, and composes letters', () => {
    expect(readLineText('\ufeff 陳大文\u3000\n', 50)).toEqual({ value: '陳大文' });
    expect(readLineText('Jose\u0301\u200b', 50)).toEqual({ value: 'José' });
  });

  test.each([
    ['a\r\nBcc: x@y.example', 'line-break'],
    ['a\u2028b', 'line-break'],
    ['a\0b', 'hidden-character'],
    ['a\u202eb', 'hidden-character'],
    ['\ue000', 'hidden-character'],
    ['a\ufffdb', 'undecodable'],
    ['#N/A', 'cell-error'],
    ['#REF!', 'cell-error'],
    ['x'.repeat(51), 'too-long'],
  ])('refuses %j: %s', (text, fault) => {
    expect(readLineText(text, 50)).toEqual({ fault });
  });

  test('lets no character pass that could break a header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = readLineText(text, 200);
        fc.pre('value' in read);
        expect(read.value).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
      }),
    );
  });
});

describe('readParagraphs', () => {
  test('keeps lines, as notes reach no header', () => {
    expect(readParagraphs('first\r\nsecond\rthird', 50)).toEqual({ value: 'first\nsecond\nthird' });
    expect(readParagraphs('a\0', 50)).toEqual({ fault: 'hidden-character' });
  });
});

describe('readLabels', () => {
  test('cuts beats at every separator people use, outlets only where no name holds one', () => {
    expect(names(readLabels('財經、科技；Arts, Film|News\nNews', 'beat'))).toEqual([
      '財經',
      '科技',
      'Arts',
      'Film',
      'News',
    ]);
    expect(names(readLabels('Guardian, The; 明報', 'outlet'))).toEqual(['Guardian, The', '明報']);
  });

  test('takes spellings that differ in case, width and blanks for one', () => {
    expect(names(readLabels('Sing  Tao;ＳＩＮＧ ＴＡＯ;sing tao', 'outlet'))).toEqual(['Sing Tao']);
  });

  test('refuses a name that a file would cut in two', () => {
    expect(() => oneLabel('a;b', 'outlet', 'outlets')).toThrow(expect.objectContaining({ field: 'outlets' }));
    expect(() => oneLabel('', 'beat', 'beats')).toThrow(expect.objectContaining({ code: 'contacts.label' }));
    expect(oneLabel('Guardian, The', 'outlet', 'outlets').name).toBe('Guardian, The');
  });

  function names(read: ReturnType<typeof readLabels>): string[] {
    return 'labels' in read ? read.labels.map((label) => label.name) : [read.fault];
  }
});

describe('guardCell', () => {
  const risky = fc.string({ unit: fc.constantFrom(...`'=+-@\t\r\n＝＋－＠a陳"`), maxLength: 6 });

  test('leaves no cell that a spreadsheet program would run', () => {
    fc.assert(fc.property(risky, (text) => expect(guardCell(text)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)));
  });

  test('comes back as it was', () => {
    fc.assert(fc.property(risky, (text) => expect(unguardCell(guardCell(text))).toBe(text)));
  });

  test('leaves names alone that begin with an apostrophe', () => {
    expect(guardCell("'t Hooft")).toBe("'t Hooft");
    expect(unguardCell("'t Hooft")).toBe("'t Hooft");
  });
});
