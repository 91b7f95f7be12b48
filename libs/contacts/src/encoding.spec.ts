import { decoderFor, wholeText, type Encoding } from '#libs/kernel';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { guessEncoding } from './encoding.js';

const TRADITIONAL =
  '陳樂行 黃詠恩 李嘉莉 歐陽頌恆 張維中 王曉彤 林柏翰 吳佩珊 蔡承祐 鄭雅文 梁穎欣 郭子謙 鄧慧儀 鍾偉業 譚碧琪 蘇啟明 羅美寶 馮國雄 葉芷晴 潘浩然 廖婉婷 賴俊傑 許靜宜 曾廣源 石凱琳 范振邦 翁郁庭 游士賢 邱韻如 呂紹棠 香港 台北 高雄 九龍 晚潮日報 海港電視 南風廣播 觀點週刊 財經線 政治組 科技版 文化 旅遊 健康 地產 體育 娛樂 姓名 電郵 媒體 線口 語言 繁體中文 時區 來源 同意日期 備註 記者會簽到 編輯部 採訪主任 特約撰稿'.split(
    ' ',
  );
const SIMPLIFIED =
  '陈乐行 黄咏恩 李嘉莉 欧阳颂恒 张维中 王晓彤 林柏翰 吴佩珊 蔡承佑 郑雅文 梁颖欣 郭子谦 邓慧仪 钟伟业 谭碧琪 苏启明 罗美宝 冯国雄 叶芷晴 潘浩然 廖婉婷 赖俊杰 许静宜 曾广源 石凯琳 范振邦 翁郁庭 游士贤 邱韵如 吕绍棠 北京 上海 广州 深圳 晚潮日报 海港电视 南风广播 观点周刊 财经条线 政治组 科技版 文化 旅游 健康 房产 体育 娱乐 姓名 邮箱 媒体 版面 语言 简体中文 时区 来源 同意日期 备注 发布会签到 编辑部 采访主任 特约撰稿'.split(
    ' ',
  );

function written(text: string, encoding: string): Buffer {
  return iconv.encode(text, encoding);
}

/** Lists of a few rows, as small as files of journalists get. */
function listOf(words: readonly string[]): fc.Arbitrary<string> {
  const row = fc.tuple(fc.constantFrom(...words), fc.constantFrom(...words), fc.nat(999));
  return fc
    .array(row, { minLength: 4, maxLength: 30 })
    .map((rows) => rows.map(([name, outlet, n]) => `${name},desk${n}@example.com,${outlet}`).join('\r\n'));
}

describe('guessEncoding', () => {
  test.each<[string, readonly string[], string, Encoding]>([
    ['Big5', TRADITIONAL, 'big5hkscs', 'big5'],
    ['GB18030', SIMPLIFIED, 'gb18030', 'gb18030'],
    ['GB18030 of Traditional writers', TRADITIONAL, 'gb18030', 'gb18030'],
    ['UTF-8', TRADITIONAL, 'utf-8', 'utf-8'],
    ['UTF-16 LE without a mark', SIMPLIFIED, 'utf-16le', 'utf-16le'],
    ['UTF-16 BE without a mark', TRADITIONAL, 'utf-16be', 'utf-16be'],
  ])('knows lists of four rows or more in %s, surely', (_, words, saved, encoding) => {
    fc.assert(
      fc.property(listOf(words), (text) => {
        const bytes = written(text, saved);
        const guess = guessEncoding(bytes);
        expect(guess.encoding).toBe(encoding);
        expect(guess.confidence).toBeGreaterThanOrEqual(0.9);
        expect(wholeText(bytes, guess.encoding)).toBe(text);
      }),
    );
  });

  test('tells 新闻 in GB18030 from 陔恓, which strict Big5 would read', () => {
    const bytes = written('新闻', 'gb18030');
    expect(new TextDecoder('big5', { fatal: true }).decode(bytes)).toBe('陔恓');
    expect(guessEncoding(bytes)).toMatchObject({ encoding: 'gb18030' });
  });

  test('knows a bare name of two or three characters nineteen times in twenty, and is never sure of a wrong one', () => {
    const bare = [
      ...TRADITIONAL.map((name) => ({ name, saved: 'big5hkscs', encoding: 'big5' })),
      ...SIMPLIFIED.map((name) => ({ name, saved: 'gb18030', encoding: 'gb18030' })),
    ].map((one) => ({ ...one, guess: guessEncoding(written(one.name, one.saved)) }));
    const wrong = bare.filter(({ guess, encoding }) => guess.encoding !== encoding);
    expect(wrong.length / bare.length).toBeLessThan(0.05);
    expect(wrong.filter(({ guess }) => guess.confidence >= 0.9)).toEqual([]);
  });

  test('offers the other encodings for the switch beside the preview, likeliest first', () => {
    const { alternatives } = guessEncoding(written('陈乐行,晚潮日报', 'gb18030'));
    expect(alternatives.map((other) => other.encoding).sort()).toEqual(['big5', 'utf-8', 'windows-1252']);
    const confidences = alternatives.map((other) => other.confidence);
    expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
  });

  test('is not misled by characters that end in a zero byte', () => {
    for (const encoding of ['utf-16le', 'utf-16be'] as const) {
      const text = '語言,一一,言一\r\nmay@example.com,一言,語言';
      expect(guessEncoding(written(text, encoding)).encoding).toBe(encoding);
    }
  });

  test('believes a byte order mark', () => {
    for (const [encoding, mark] of [
      ['utf-8', 'efbbbf'],
      ['utf-16le', 'fffe'],
      ['utf-16be', 'feff'],
    ] as const) {
      const bytes = Buffer.concat([Buffer.from(mark, 'hex'), written('陳樂行', encoding)]);
      expect(guessEncoding(bytes)).toEqual({ encoding, confidence: 1, marked: true, alternatives: [] });
      expect(wholeText(bytes, encoding)).toBe('陳樂行');
    }
  });

  test('takes plain ASCII for UTF-8', () => {
    expect(guessEncoding(Buffer.from('a@example.com\n'))).toMatchObject({ encoding: 'utf-8', confidence: 1 });
  });

  test('knows UTF-8 although a character in it was cut', () => {
    const bytes = Buffer.concat([
      Buffer.from(TRADITIONAL.join(',')),
      Buffer.from('陳').subarray(0, 2),
      Buffer.from('\n'),
    ]);
    expect(guessEncoding(bytes).encoding).toBe('utf-8');
  });

  test('knows Western European names', () => {
    for (const text of ['José Peña', 'Zoë Müller', 'François Lefèvre', 'Jörg Weiß', '“Café”']) {
      expect(guessEncoding(written(text, 'windows-1252')).encoding).toBe('windows-1252');
    }
  });
});

describe('decoderFor', () => {
  test('reads the characters Hong Kong added to Big5', () => {
    const text = '煊堃邨滙栢峯着啲嘅喺嘢咗裏銹';
    expect(wholeText(written(text, 'big5hkscs'), 'big5')).toBe(text);
  });

  test('reads GB18030 of four bytes, and the curly quotes of windows-1252', () => {
    expect(wholeText(written('㐀𠮷镕', 'gb18030'), 'gb18030')).toBe('㐀𠮷镕');
    expect(wholeText(Buffer.from([0x93, 0xe9, 0x94, 0x80]), 'windows-1252')).toBe('“é”€');
  });

  test('gives the same text however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<[string, Encoding]>(
          ['big5hkscs', 'big5'],
          ['gb18030', 'gb18030'],
          ['utf-8', 'utf-8'],
          ['utf-16le', 'utf-16le'],
        ),
        fc.integer({ min: 1, max: 7 }),
        ([saved, encoding], size) => {
          const text = '陳樂行,desk@example.com,𠮷野\r\n';
          const bytes = written(saved === 'big5hkscs' ? text.replace('𠮷', '吉') : text, saved);
          const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
            bytes.subarray(n * size, (n + 1) * size),
          );
          expect(joined(pieces, encoding)).toBe(wholeText(bytes, encoding));
        },
      ),
    );
  });
});

function joined(pieces: readonly Buffer[], encoding: Encoding): string {
  const decoder = decoderFor(encoding);
  return pieces.map((piece) => decoder.write(piece)).join('') + decoder.end();
}
