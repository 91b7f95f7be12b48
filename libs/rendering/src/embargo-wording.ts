import type { Language } from '#libs/kernel';
import { Temporal } from 'temporal-polyfill';
import { type Locale, localeOf, type Market } from './locale.js';
import { cityOf, isUtc, zoneAbbreviation, zoneInWords } from './zone-names.js';

/** How one instant is spoken of, before and after it has passed. Texts hold no-break spaces inside amounts and times. */
export interface EmbargoWording {
  /** For the label row of an advance copy: 禁發. */
  readonly tag: string;
  /** The line itself: weekday, full date, 24-hour time, zone in words, UTC offset. */
  readonly until: string;
  /** What it asks of the reader. */
  readonly terms: string;
  /** The same instant in other cities and UTC, each with its date where that differs. */
  readonly elsewhere: readonly string[];
  /** For the label row at and after T. */
  readonly immediate: string;
  /** For a page or a later mail that was once under embargo. */
  readonly lifted: string;
  /** Date, time and zone in words. */
  readonly stamp: string;
  /** Shortest form that still cannot be mistaken, for a subject line. */
  readonly short: string;
}

const WEEKDAYS = {
  zh: ['一', '二', '三', '四', '五', '六', '日'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
} as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** Where a reader of this edition most likely sits. */
const HOME: Readonly<Record<Locale, string>> = {
  'zh-Hant-HK': 'Asia/Hong_Kong',
  'zh-Hant-TW': 'Asia/Taipei',
  'zh-Hans': 'Asia/Shanghai',
  en: 'Asia/Hong_Kong',
};
const ELSEWHERE = ['Europe/London', 'America/New_York', 'UTC'] as const;

/**
 * The words for T. All arithmetic on zones is Temporal's, by the tz database of this machine.
 * @param utcMs milliseconds since 1970-01-01 UTC
 * @param zone IANA name; throws RangeError when unknown
 */
export function embargoWording(utcMs: number, zone: string, language: Language, market: Market = 'HK'): EmbargoWording {
  const locale = localeOf(language, market);
  const at = Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(zone);
  return locale === 'en' ? english(at) : chinese(at, locale);
}

type ChineseLocale = Exclude<Locale, 'en'>;

const CHINESE: Readonly<
  Record<
    ChineseLocale,
    Pick<EmbargoWording, 'tag' | 'terms' | 'immediate' | 'lifted'> & { until(full: string): string }
  >
> = {
  'zh-Hant-HK': {
    tag: '禁發',
    until: (full) => `禁發至 ${full}`,
    terms: '未到上述時間，請勿刊登、廣播、上載或轉發本稿任何內容。',
    immediate: '即時發布',
    lifted: '禁發時限已過，可以刊用',
  },
  'zh-Hant-TW': {
    tag: '定時發布',
    until: (full) => `請於 ${full}後發布`,
    terms: '發布時間未到，請勿刊登、播出、上網或轉傳本稿任何內容。',
    immediate: '即刻發布',
    lifted: '已過發布時間，可以刊用',
  },
  'zh-Hans': {
    tag: '解禁前勿发',
    until: (full) => `解禁时间：${full}`,
    terms: '解禁之前，请勿刊发、播出、上网或转发本稿任何内容。',
    immediate: '即时发布',
    lifted: '已经解禁，可以刊用',
  },
};

function chinese(at: Temporal.ZonedDateTime, locale: ChineseLocale): EmbargoWording {
  const words = CHINESE[locale];
  const zone = zoneInWords(at.timeZoneId, locale);
  const day = `${at.year}年${at.month}月${at.day}日（星期${WEEKDAYS.zh[at.dayOfWeek - 1]}）`;
  const away = sameOffset(at, HOME[locale]) ? '' : zone;
  const there = (other: Temporal.ZonedDateTime) => {
    const date = `${other.month}月${other.day}日（${WEEKDAYS.zh[other.dayOfWeek - 1]}）`;
    const city = isUtc(other.timeZoneId) ? zoneInWords(other.timeZoneId, locale) : cityOf(other.timeZoneId, locale);
    return `${city}\u00a0${differs(other, at) ? date : ''}${clock(other)}`;
  };
  return {
    tag: words.tag,
    until: words.until(`${day}${clock(at)}（${zone}，${offset(at)}）`),
    terms: words.terms,
    elsewhere: others(at, locale).map(there),
    immediate: words.immediate,
    lifted: `${words.lifted}（${at.month}月${at.day}日\u00a0${minutes(at)}\u00a0${zone}）`,
    stamp: `${day}${minutes(at)}\u00a0${zone}`,
    short: `${away}${at.month}月${at.day}日${clock(at)}`,
  };
}

function english(at: Temporal.ZonedDateTime): EmbargoWording {
  const zone = zoneInWords(at.timeZoneId, 'en');
  const abbreviation = zoneAbbreviation(at.timeZoneId);
  const weekday = WEEKDAYS.en[at.dayOfWeek - 1] ?? '';
  const month = MONTHS[at.month - 1] ?? '';
  const date = `${weekday} ${at.day}\u00a0${month} ${at.year}`;
  const brackets = isUtc(at.timeZoneId) ? 'UTC' : [abbreviation, offset(at)].filter(Boolean).join(', ');
  const time = `${clock(at)} ${zone} (${brackets})`;
  const zoned = abbreviation || zone;
  return {
    tag: 'UNDER EMBARGO',
    until: `EMBARGOED UNTIL ${time}, ${date}`.toUpperCase(),
    terms: 'Please do not publish, broadcast, post or pass on any of this before then.',
    elsewhere: others(at, 'en').map(
      (there) =>
        `${cityOf(there.timeZoneId, 'en')}\u00a0${differs(there, at) ? `${dayMonth(there)}\u00a0` : ''}${clock(there)}`,
    ),
    immediate: 'FOR IMMEDIATE RELEASE',
    lifted: `Embargo lifted ${minutes(at)}\u00a0${zoned}, ${at.day}\u00a0${month} ${at.year}`,
    stamp: `${date}, ${minutes(at)} ${zone}`,
    short: `${dayMonth(at)} ${clock(at)} ${zoned}`.replaceAll('\u00a0', ' '),
  };
}

/** London, New York and UTC, preceded by the reader's own city when T is set elsewhere; never T's own zone again. */
function others(at: Temporal.ZonedDateTime, locale: Locale): readonly Temporal.ZonedDateTime[] {
  const zones = [...(sameOffset(at, HOME[locale]) ? [] : [HOME[locale]]), ...ELSEWHERE];
  return zones
    .filter((zone) => zone !== at.timeZoneId && !(isUtc(zone) && isUtc(at.timeZoneId)))
    .map((zone) => at.withTimeZone(zone));
}

function sameOffset(at: Temporal.ZonedDateTime, zone: string): boolean {
  return at.withTimeZone(zone).offsetNanoseconds === at.offsetNanoseconds;
}

function differs(there: Temporal.ZonedDateTime, here: Temporal.ZonedDateTime): boolean {
  return !there.toPlainDate().equals(here.toPlainDate());
}

function dayMonth(at: Temporal.ZonedDateTime): string {
  return `${WEEKDAYS.en[at.dayOfWeek - 1]?.slice(0, 3)}\u00a0${at.day}\u00a0${MONTHS[at.month - 1]?.slice(0, 3)}`;
}

/** 24-hour clock. Before T with its seconds, if it has any: a reader must never see an earlier time than the true one. */
function clock(at: Temporal.ZonedDateTime): string {
  return at.second > 0 ? `${minutes(at)}:${twoDigits(at.second)}` : minutes(at);
}

function minutes(at: Temporal.ZonedDateTime): string {
  return `${twoDigits(at.hour)}:${twoDigits(at.minute)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** UTC+8, UTC+5:30, UTC−5, UTC. */
function offset(at: Temporal.ZonedDateTime): string {
  if (isUtc(at.timeZoneId)) return 'UTC';
  const total = Math.abs(Math.round(at.offsetNanoseconds / 60e9));
  const rest = total % 60;
  return `UTC${at.offsetNanoseconds < 0 ? '−' : '+'}${Math.floor(total / 60)}${rest ? `:${twoDigits(rest)}` : ''}`;
}
