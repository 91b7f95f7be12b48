import type { Language, LocalText } from '#libs/kernel';

/** Where Traditional Chinese is read: the words of the trade differ. */
export type Market = 'HK' | 'TW';

/** One set of fixed wording; also the BCP 47 tag of the mail, which decides how Han characters are drawn. */
export type Locale = 'zh-Hant-HK' | 'zh-Hant-TW' | 'zh-Hans' | 'en';

export function localeOf(language: Language, market: Market = 'HK'): Locale {
  return language === 'zh-Hant' ? `zh-Hant-${market}` : language;
}

export function isChinese(language: Language | Locale): boolean {
  return language !== 'en';
}

/** Nearest first: a Chinese reader is better served by the other script than by English. */
const NEAREST: Readonly<Record<Language, readonly Language[]>> = {
  'zh-Hant': ['zh-Hant', 'zh-Hans', 'en'],
  'zh-Hans': ['zh-Hans', 'zh-Hant', 'en'],
  en: ['en', 'zh-Hant', 'zh-Hans'],
};

/** The text in this language or the nearest one there is, and which that was; '' when there is none. */
export function textIn(
  text: LocalText | undefined,
  language: Language,
): { readonly text: string; readonly language: Language } {
  for (const candidate of NEAREST[language]) {
    const found = text?.[candidate]?.trim();
    if (found) return { text: found, language: candidate };
  }
  return { text: '', language };
}

/** The text in a Chinese script, nearest to this language, or ''. */
export function chineseText(text: LocalText, language: Language): string {
  const order: readonly Language[] = language === 'zh-Hans' ? ['zh-Hans', 'zh-Hant'] : ['zh-Hant', 'zh-Hans'];
  return order.map((candidate) => text[candidate]?.trim()).find(Boolean) ?? '';
}
