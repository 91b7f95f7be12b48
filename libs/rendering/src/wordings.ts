import type { Language } from '#libs/kernel';
import { type Locale, localeOf, type Market } from './locale.js';
import type { Wording } from './wording.js';
import { ENGLISH } from './wording.en.js';
import { SIMPLIFIED } from './wording.zh-hans.js';
import { HONG_KONG, TAIWAN } from './wording.zh-hant.js';

const WORDINGS: Readonly<Record<Locale, Wording>> = {
  'zh-Hant-HK': HONG_KONG,
  'zh-Hant-TW': TAIWAN,
  'zh-Hans': SIMPLIFIED,
  en: ENGLISH,
};

export function wordingFor(language: Language, market?: Market): Wording {
  return WORDINGS[localeOf(language, market)];
}
