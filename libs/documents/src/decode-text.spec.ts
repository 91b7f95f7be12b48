import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { decodeText } from './decode-text.js';
import { detectLanguage } from './detect-language.js';

const TRADITIONAL =
  '新聞稿\n即時發布\n海岸觀察社今日宣布，三個海灣的水質數據由明日起向公眾開放。「數據屬於市民。」社長說。\n';
const SIMPLIFIED =
  '新闻稿\n即时发布\n海岸观察社今日宣布，三个海湾的水质数据由明日起向公众开放。“数据属于市民。”社长说。\n';
const ENGLISH = 'PRESS RELEASE\nThe Harbour Watch Society said “the data belong to everyone” – and opened them.\n';

describe('decoding', () => {
  test('reads the characters that only Hong Kong’s Big5 has', () => {
    const text = `${TRADITIONAL}彩虹邨居民陳堃話滙豐嘅服務好。\n`;
    const decoded = decodeText(iconv.encode(text, 'big5hkscs'));
    expect(decoded).toMatchObject({ text, encoding: 'big5' });
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be', 'big5', 'gb18030'] as const)(
    'reads Traditional Chinese in %s',
    (encoding) => {
      const decoded = decodeText(iconv.encode(TRADITIONAL, encoding, { addBOM: encoding.startsWith('utf-16') }));
      expect(decoded.text).toBe(TRADITIONAL);
      expect(decoded.encoding).toBe(encoding);
    },
  );

  test.each(['utf-8', 'utf-16le', 'gb18030'] as const)('reads Simplified Chinese in %s', (encoding) => {
    const decoded = decodeText(iconv.encode(SIMPLIFIED, encoding, { addBOM: encoding.startsWith('utf-16') }));
    expect(decoded.text).toBe(SIMPLIFIED);
    expect(decoded.encoding).toBe(encoding);
  });

  test('drops the mark of UTF-8 and needs none of UTF-16', () => {
    expect(decodeText(Buffer.from(`\ufeff${ENGLISH}`)).text).toBe(ENGLISH);
    expect(decodeText(iconv.encode(ENGLISH, 'utf-16le')).text).toBe(ENGLISH);
    expect(decodeText(iconv.encode(TRADITIONAL, 'utf-16be')).text).toBe(TRADITIONAL);
  });

  test('reads Windows English with curly quotes, and says that it guessed', () => {
    const decoded = decodeText(iconv.encode(ENGLISH, 'windows-1252'));
    expect(decoded).toMatchObject({ text: ENGLISH, encoding: 'windows-1252' });
    expect(decoded.confidence).not.toBe('sure');
  });

  test('refuses bytes that are no text, naming the remedy', () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919 + (at >> 3)) % 256));
    expect(() => decodeText(noise)).toThrow(expect.objectContaining({ code: 'import.text.binary', field: 'file' }));
    expect(() => decodeText(Buffer.from([0x61, 0xff, 0xff, 0xfe, 0xff, 0x62]))).toThrow(
      expect.objectContaining({ code: 'import.text.undecodable' }),
    );
  });

  test('reads back whatever valid UTF-8 it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        fc.pre(!/[\0-\x08\x0e-\x1f]/.test(text) && !text.startsWith('\ufeff'));
        expect(decodeText(Buffer.from(text)).text).toBe(text);
      }),
    );
  });
});

describe('language', () => {
  test('tells the three languages apart', () => {
    expect(detectLanguage(TRADITIONAL)).toMatchObject({ language: 'zh-Hant', confidence: 'sure', second: null });
    expect(detectLanguage(SIMPLIFIED)).toMatchObject({ language: 'zh-Hans', confidence: 'sure', second: null });
    expect(detectLanguage(ENGLISH)).toMatchObject({ language: 'en', confidence: 'sure', second: null });
  });

  test('notices two editions in one file', () => {
    expect(detectLanguage(TRADITIONAL + ENGLISH.repeat(3)).second).not.toBeNull();
  });
});
