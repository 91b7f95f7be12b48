import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wordsOf } from './words.js';

describe('words of a headline', () => {
  test('keeps names whole and leaves no character alone', () => {
    expect(wordsOf('海港聲音檔案館公開維港全年錄音', 'zh-Hant')).toContain('檔案館');
    for (const word of wordsOf('海港聲音檔案館公開維港全年錄音 逾 30 萬小時留住渡輪鐘聲與潮響', 'zh-Hant')) {
      expect(word.trim() === '' || word.length > 1).toBe(true);
    }
  });

  test('keeps punctuation with its word', () => {
    for (const word of wordsOf('館長：「海港愈來愈靜」，市民可聽', 'zh-Hant')) {
      expect(word).not.toMatch(/^[」，：]/);
      expect(word).not.toMatch(/「$/);
    }
  });

  test('loses nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => wordsOf(text, 'zh-Hans').join('') === text));
  });
});
