import { isLanguage, type Language } from '#libs/kernel';

const WORDS: Readonly<Record<Language, string>> = {
  'zh-Hant': `zhhant zhtw zhhk zhmo zhhanttw zhhanthk cht tc big5 traditional traditionalchinese chinesetraditional
    繁 繁中 繁體 繁体 繁體中文 繁体中文 中文繁體 中文繁体 中文繁 正體 正体 正體中文 正體字 繁體字 繁体字`,
  'zh-Hans': `zhhans zhcn zhsg zhhanscn chs sc gb simplified simplifiedchinese chinesesimplified
    简 簡 简中 簡中 简体 簡體 简体中文 簡體中文 中文简体 中文簡體 中文简 中文簡 简体字 簡體字`,
  en: `en eng engb enus enhk enau english e 英 英文 英语 英語`,
};

const LANGUAGE_BY_WORD: ReadonlyMap<string, Language> = new Map(
  (Object.entries(WORDS) as [Language, string][]).flatMap(([language, words]) =>
    words.split(/\s+/).map((word) => [word, language] as const),
  ),
);
const CHINESE_OF_SOME_KIND = new Set([
  'zh',
  'chi',
  'zho',
  'chinese',
  'c',
  'ch',
  '中',
  '中文',
  '漢語',
  '汉语',
  '華文',
  '华文',
  '華語',
  '华语',
  '國語',
  '国语',
  '普通話',
  '普通话',
  '粵語',
  '粤语',
]);

/**
 * The language a cell names, in any of our three. `ambiguous`: Chinese, without saying which script – never guessed,
 * as the wrong script annoys every reader it reaches.
 */
export function readingLanguage(text: string): Language | 'ambiguous' | undefined {
  if (isLanguage(text)) return text;
  const word = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return LANGUAGE_BY_WORD.get(word) ?? (CHINESE_OF_SOME_KIND.has(word) ? 'ambiguous' : undefined);
}
