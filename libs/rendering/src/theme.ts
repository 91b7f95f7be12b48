import { type Accent, accentFrom } from './accent.js';
import type { Locale } from './locale.js';

interface TypeSize {
  /** Pixels. */
  readonly size: number;
  readonly line: number;
}

/** Colours, fonts and sizes of one mail. Han characters need more leading than Latin letters of the same size. */
export interface Theme {
  readonly accent: Accent;
  readonly fonts: string;
  /** Word, which draws mail in Outlook, reads one family and ignores the list behind it. */
  readonly outlookFont: string;
  readonly headline: TypeSize;
  readonly headlinePhone: TypeSize;
  readonly standfirst: TypeSize;
  readonly body: TypeSize;
  readonly subhead: TypeSize;
  readonly quote: TypeSize;
  readonly small: TypeSize;
}

export const LIGHT = {
  page: '#eef1f3',
  card: '#ffffff',
  panel: '#f4f6f8',
  ink: '#1b2329',
  soft: '#4b5962',
  rule: '#cfd7dc',
  amber: '#fff1d6',
  amberInk: '#633806',
  amberRule: '#b45309',
  test: '#a3202a',
} as const;

export const DARK = {
  page: '#0e1316',
  card: '#171e22',
  panel: '#1f282d',
  ink: '#e6ecef',
  soft: '#abb8bf',
  rule: '#3a474e',
  amber: '#38290f',
  amberInk: '#ffdfa3',
  amberRule: '#e0992f',
} as const;

const LATIN = 'Helvetica,Arial,sans-serif';

/** Fonts that stand on readers' machines, Apple first, then Windows, then Linux; nothing is fetched. */
const FONTS: Readonly<Record<Locale, readonly [stack: string, outlook: string]>> = {
  'zh-Hant-HK': [
    `'PingFang HK','PingFang TC','Microsoft JhengHei UI','Microsoft JhengHei','Noto Sans HK','Noto Sans CJK HK',${LATIN}`,
    'Microsoft JhengHei',
  ],
  'zh-Hant-TW': [
    `'PingFang TC','Microsoft JhengHei UI','Microsoft JhengHei','Noto Sans TC','Noto Sans CJK TC',${LATIN}`,
    'Microsoft JhengHei',
  ],
  'zh-Hans': [
    `'PingFang SC','Microsoft YaHei UI','Microsoft YaHei','Noto Sans SC','Noto Sans CJK SC',${LATIN}`,
    'Microsoft YaHei',
  ],
  en: [`system-ui,-apple-system,'Segoe UI',Roboto,${LATIN}`, 'Segoe UI'],
};

const CHINESE_SIZES = {
  headline: { size: 30, line: 43 },
  headlinePhone: { size: 25, line: 36 },
  standfirst: { size: 18, line: 31 },
  body: { size: 17, line: 31 },
  subhead: { size: 20, line: 32 },
  quote: { size: 19, line: 34 },
  small: { size: 14, line: 23 },
} as const;

const LATIN_SIZES = {
  headline: { size: 30, line: 38 },
  headlinePhone: { size: 25, line: 32 },
  standfirst: { size: 18, line: 27 },
  body: { size: 16, line: 25 },
  subhead: { size: 19, line: 27 },
  quote: { size: 19, line: 29 },
  small: { size: 14, line: 21 },
} as const;

export function themeFor(locale: Locale, brandColour: string | undefined): Theme {
  const [fonts, outlookFont] = FONTS[locale];
  const sizes = locale === 'en' ? LATIN_SIZES : CHINESE_SIZES;
  return { accent: accentFrom(brandColour, LIGHT.page, DARK.panel), fonts, outlookFont, ...sizes };
}
