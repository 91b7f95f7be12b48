import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { displayWidth } from './display-width.js';
import { atomsOf, breaksWell } from './line-break.js';
import { wrapText } from './wrap-text.js';

const zh = (text: string, columns = 72) => wrapText(text, { language: 'zh-Hant', columns });

/** What press releases are made of, in any order. */
const piece = fc.oneof(
  fc.constantFrom('新聞稿', '離島圖書船', '第二季', '協會', '全長', '改建工程', '的', '與'),
  fc.constantFrom('，', '。', '、', '；', '：', '？', '！', '」', '』', '》', '）', '”', '…', '——', '……', '·'),
  fc.constantFrom('「', '『', '《', '（', '“', '【'),
  fc.constantFrom(' ', '  ', '　', '\n'),
  fc.constantFrom('Dateline', 'well-known', 'e-mail', 'U.S.', "don't", 'HK$', '(API)', 'a', 'CO₂'),
  fc.constantFrom(
    '1,240 kWh',
    '62 公里',
    '300 億元',
    '98.6%',
    '2026年12月2日',
    '12 月 5 日',
    '09:00 HKT',
    '3 million',
    '(852) 0000 2231',
  ),
  fc.constantFrom(
    'https://example.org/a?b=1&c=2',
    'http://example.org',
    'desk@example.org',
    'https://example.org/a/very/long/path/that/alone/is/wider/than/seventy-two/columns',
  ),
);
const prose = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
const languages = fc.constantFrom('zh-Hant' as const, 'zh-Hans' as const, 'en' as const);

describe('wrapping', () => {
  test('keeps every line within 72 columns unless a single piece is wider', () => {
    fc.assert(
      fc.property(prose, languages, (text, language) => {
        for (const line of wrapText(text, { language })) {
          if (displayWidth(line, language) <= 72) continue;
          // the last two pieces may be kept together so that no character stands alone
          expect(atomsOf(line).length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });

  test('never begins a line with closing or ends one with opening punctuation', () => {
    fc.assert(
      fc.property(prose, languages, fc.integer({ min: 20, max: 72 }), (text, language, columns) => {
        for (const paragraph of text.split('\n')) {
          const lines = wrapText(paragraph, { language, columns });
          for (const [place, line] of lines.entries()) {
            const before = place === 0 ? paragraphStart(paragraph) : '中';
            const after = place === lines.length - 1 ? paragraphEnd(paragraph) : '中';
            expect(breaksWell(`${before}${line.trim()}${after}`) || breaksWell(line)).toBe(true);
            if (place > 0) expect(breaksWell(`${line.trim()}中`)).toBe(true);
            if (place < lines.length - 1) expect(breaksWell(`中${line.trim()}`)).toBe(true);
          }
        }
      }),
    );
  });

  test('loses and adds nothing but spaces at line ends, and keeps words apart', () => {
    fc.assert(
      fc.property(prose, languages, (text, language) => {
        const wrapped = wrapText(text, { language }).join('\n');
        expect(wrapped.replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
        for (const word of text.match(/(?<=^|\s)[a-zA-Z]+(?=\s|$)/gu) ?? [])
          expect(wrapped).toMatch(new RegExp(`(^|\\s)${word}(\\s|$)`, 'u'));
      }),
    );
  });

  test('never breaks addresses, Latin words, dates or amounts with their unit', () => {
    const whole = fc.constantFrom(
      'desk@example.org',
      'https://example.org/a?b=1&c=2',
      'well-known',
      '1,240 kWh',
      '62 公里',
      '300 億元',
      '2026年12月2日',
      '12 月 5 日',
      '09:00 HKT',
      '(852) 0000 2231',
    );
    const han = fc.constantFrom('船', '航線', '協會宣布', '，改建工程', '。「圖書船」');
    const columns = fc.integer({ min: 20, max: 72 });
    fc.assert(
      fc.property(fc.array(fc.tuple(han, whole)), languages, columns, (pairs, language, width) => {
        const text = pairs.flat().join('');
        const lines = wrapText(text, { language, columns: width }).join('\n');
        for (const [, part] of pairs) expect(count(lines, part)).toBe(count(text, part));
      }),
    );
  });

  test('gives each web address a line to itself', () => {
    expect(zh('詳情見 https://example.org/route 及 https://example.org/apply 兩頁。')).toEqual([
      '詳情見',
      'https://example.org/route',
      '及',
      'https://example.org/apply',
      '兩頁。',
    ]);
  });

  test('parts a web address from a full-width stop, which mail programs would take into the link', () => {
    expect(zh('詳情見https://example.org/route。')).toEqual(['詳情見', 'https://example.org/route 。']);
    expect(zh('報名（https://example.org）現已開始')).toEqual(['報名', '（https://example.org ）', '現已開始']);
    expect(wrapText('See https://example.org/route.', { language: 'en' })).toEqual([
      'See',
      'https://example.org/route.',
    ]);
  });

  test('moves the last character before a stop down with it rather than begin a line with the stop', () => {
    expect(zh('一二三四五六七八九十，再來', 20)).toEqual(['一二三四五六七八九', '十，再來']);
    expect(zh('一二三四五六七八九「再來」', 20)).toEqual(['一二三四五六七八九', '「再來」']);
  });

  test('leaves no character alone on the last line of a paragraph', () => {
    expect(zh('一二三四五六七八九十百。', 20)).toEqual(['一二三四五六七八九', '十百。']);
    expect(zh('一二三四五六七八九十百', 20)).toEqual(['一二三四五六七八九', '十百']);
  });

  test('keeps doubled dashes and dots in one piece', () => {
    expect(zh('一二三四五六七八九——十', 20)).toEqual(['一二三四五六七八九', '——十']);
  });

  test('indents later lines under the text of a bullet', () => {
    expect(wrapText('one two three four', { language: 'en', columns: 12, firstIndent: ' - ', indent: '   ' })).toEqual([
      ' - one two',
      '   three',
      '   four',
    ]);
  });
});

/** A paragraph may itself begin or end with a mark that no broken line may: then nothing can be done about it. */
function paragraphStart(paragraph: string): string {
  return breaksWell(`${paragraph.trim()}中`) ? '' : '中';
}

function paragraphEnd(paragraph: string): string {
  return breaksWell(`中${paragraph.trim()}`) ? '' : '中';
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
