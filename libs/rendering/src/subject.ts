import type { Language } from '#libs/kernel';
import { displayWidth, graphemes, graphemeWidth } from './display-width.js';
import type { Variant, ZonedInstant } from './edition.js';
import { embargoWording } from './embargo-wording.js';
import { oneLine } from './escape.js';
import { type Locale, localeOf, type Market } from './locale.js';

export interface SubjectInput {
  readonly headline: string;
  readonly language: Language;
  readonly market?: Market;
  /** What the mail is: a release, or one that mends or takes back an earlier one. */
  readonly kind?: 'release' | 'correction' | 'withdrawal';
  readonly variant: Variant;
  readonly instant: ZonedInstant;
  readonly test?: boolean;
}

interface Prefixes {
  readonly test: string;
  readonly release: string;
  readonly correction: string;
  readonly withdrawal: string;
  embargo(until: string): string;
}

const PREFIXES: Readonly<Record<Locale, Prefixes>> = {
  'zh-Hant-HK': {
    test: '〔測試〕',
    release: '【新聞稿】',
    correction: '【更正】',
    withdrawal: '【撤回，請勿刊用】',
    embargo: (until) => `【禁發至${until}】`,
  },
  'zh-Hant-TW': {
    test: '〔測試〕',
    release: '【新聞稿】',
    correction: '【更正】',
    withdrawal: '【撤回，請勿刊用】',
    embargo: (until) => `【${until}後發布】`,
  },
  'zh-Hans': {
    test: '〔测试〕',
    release: '【新闻稿】',
    correction: '【更正】',
    withdrawal: '【撤回，请勿刊用】',
    embargo: (until) => `【${until}解禁】`,
  },
  en: {
    test: '[TEST] ',
    release: 'Press release: ',
    correction: 'CORRECTION: ',
    withdrawal: 'WITHDRAWN – please do not use: ',
    embargo: (until) => `[Embargoed until ${until}] `,
  },
};

/** The subject line: one line, no control characters, the zone named whenever the reader could take it for another. */
export function subjectFor(input: SubjectInput): string {
  return oneLine(prefixesOf(input) + oneLine(input.headline));
}

function prefixesOf(input: SubjectInput): string {
  const prefixes = PREFIXES[localeOf(input.language, input.market)];
  const kind = input.kind ?? 'release';
  const { short } = embargoWording(input.instant.utcMs, input.instant.zone, input.language, input.market);
  const embargo = input.variant === 'embargo' ? prefixes.embargo(short) : '';
  const what = kind === 'release' ? (embargo === '' ? prefixes.release : '') : prefixes[kind];
  return `${input.test ? prefixes.test : ''}${what}${embargo}`;
}

export interface SubjectWarning {
  readonly code: 'subject.too-long' | 'subject.headline-hidden' | 'subject.shouting';
  readonly message: string;
  readonly remedy: string;
}

/** A phone in portrait shows about 50 Latin or 25 Han characters of a subject; mail lists on a desk about twice that. */
const PHONE_COLUMNS = 50;
const DESK_COLUMNS = 100;

/** What to reconsider before sending. `columns` and `onPhone` feed the length meter even when nothing is wrong. */
export function subjectWarnings(input: SubjectInput): {
  readonly columns: number;
  readonly onPhone: string;
  readonly warnings: readonly SubjectWarning[];
} {
  const subject = subjectFor(input);
  const columns = displayWidth(subject, input.language);
  const onPhone = cutAt(subject, PHONE_COLUMNS, input.language);
  const prefix = displayWidth(prefixesOf(input), input.language);
  const warnings: SubjectWarning[] = [];
  if (columns > DESK_COLUMNS) {
    warnings.push({
      code: 'subject.too-long',
      message: `The subject takes ${columns} columns; mail lists show about ${DESK_COLUMNS}.`,
      remedy: 'Shorten the headline.',
    });
  } else if (columns > PHONE_COLUMNS && PHONE_COLUMNS - prefix < 24) {
    warnings.push({
      code: 'subject.headline-hidden',
      message: `A phone shows only "${onPhone}".`,
      remedy: 'Put the news into the first words of the headline.',
    });
  }
  if (/[!！]/u.test(input.headline) || /^(?=.*[A-Z]{5})[^a-z]+$/u.test(input.headline)) {
    warnings.push({
      code: 'subject.shouting',
      message: 'The headline has an exclamation mark or is all in capitals; spam filters and editors dislike both.',
      remedy: 'Write it as a plain sentence.',
    });
  }
  return { columns, onPhone, warnings };
}

function cutAt(text: string, columns: number, language: Language): string {
  let width = 0;
  let kept = '';
  for (const grapheme of graphemes(text)) {
    width += graphemeWidth(grapheme, language);
    if (width > columns) return `${kept}…`;
    kept += grapheme;
  }
  return kept;
}
