import { describe, expect, test } from '@jest/globals';
import { displayWidth, graphemes } from './display-width.js';

describe('display width', () => {
  test.each([
    ['Dateline', 8],
    ['新聞稿', 6],
    ['３６００', 8],
    ['ｶﾅ', 2],
    ['ひらがな한글', 12],
    ['e\u0301', 1],
    ['\u200b', 0],
    ['👩‍🚒', 2],
    ['🇭🇰', 2],
    ['𠮷', 2],
    ['HK$3,860 萬', 12 - 1],
  ])('counts Han and full-width as two columns, the rest as one: %s', (text, columns) => {
    expect(displayWidth(text, 'en')).toBe(columns);
  });

  test('takes ambiguous marks for two columns in Chinese and one in English', () => {
    for (const mark of ['—', '…', '“', '”', '‘', '’', '·', '×', '■']) {
      expect([mark, displayWidth(mark, 'zh-Hant'), displayWidth(mark, 'zh-Hans'), displayWidth(mark, 'en')]).toEqual([
        mark,
        2,
        2,
        1,
      ]);
    }
  });

  test('never parts what a reader sees as one character', () => {
    expect(graphemes('e\u0301👩‍🚒中')).toEqual(['e\u0301', '👩‍🚒', '中']);
  });
});
