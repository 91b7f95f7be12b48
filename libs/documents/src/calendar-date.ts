import { captured } from './captured.js';
import { fold } from './fold.js';
import { readHanNumber } from './han-number.js';

/** A date as it stands in a text. */
export interface FoundDate {
  readonly from: number;
  readonly to: number;
  /** null when the text gives none. */
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
  /** 0 Sunday … 6 Saturday, when the text names one next to the date. */
  readonly weekday: number | null;
  /** 02/12/2026: day and month could change places. */
  readonly ambiguous: boolean;
}

const HAN = '[〇零○一二三四五六七八九]';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const WEEKDAY = '(sun|mon|tue|wed|thu|fri|sat)[a-z]{0,6}\\.?';

const CHINESE = new RegExp(
  `(?:(?<roc>民國|民国)?\\s*(?<year>\\d{2,4}|${HAN}{4}|一百[一二三四五六七八九十]{0,3})\\s*年\\s*)?` +
    `(?<!\\d)(?<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\\s*月\\s*` +
    `(?<day>[12]\\d|3[01]|0?[1-9]|二十[一二三四五六七八九]|三十一?|廿[一二三四五六七八九]?|卅一?|十[一二三四五六七八九]?|[一二三四五六七八九])\\s*[日號号]` +
    `(?:\\s*[(,]?\\s*(?:星期|週|周|禮拜|礼拜)?(?<weekday>[一二三四五六日天])\\s*\\)|\\s*,?\\s*(?:星期|週|周|禮拜|礼拜)(?<weekday2>[一二三四五六日天]))?`,
  'g',
);
const DAY_FIRST = new RegExp(
  `(?<![\\w-])(?:${WEEKDAY},?\\s+)?(?:the\\s+)?(\\d{1,2})(?:st|nd|rd|th)?[\\s-]+(?:of\\s+)?${MONTH}(?![a-z])(?:(?:,?\\s*|-)(\\d{4}))?(?!\\d)(?:\\s*\\(?,?\\s*${WEEKDAY}\\)?(?![a-z]))?`,
  'gi',
);
const MONTH_FIRST = new RegExp(
  `(?<![\\w-])(?:${WEEKDAY},?\\s+)?${MONTH}\\s*(\\d{1,2})(?:st|nd|rd|th)?(?!\\d|:)(?:,?\\s+(\\d{4})(?!\\d))?`,
  'gi',
);
const YEAR_FIRST = /(?<!\d)((?:19|20)\d{2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,2})(?!\d)/g;
const NUMERIC = /(?<!\d)(\d{1,2})([/.])(\d{1,2})\2((?:19|20)\d{2})(?!\d)/g;

/** Every date in a text, in order. Understands the usual forms of Chinese, English and ISO dates. */
export function findDates(text: string): FoundDate[] {
  const folded = fold(text);
  const found = [
    ...chinese(folded),
    ...dayFirst(folded),
    ...monthFirst(folded),
    ...yearFirst(folded),
    ...numeric(folded),
  ];
  return withoutOverlaps(found.filter(isRealDay));
}

/** In order of place; what begins inside an earlier find is left out. */
export function withoutOverlaps<Found extends { readonly from: number; readonly to: number }>(found: Found[]): Found[] {
  let end = -1;
  return found
    .sort((a, b) => a.from - b.from || b.to - a.to)
    .filter(({ from, to }) => {
      if (from < end) return false;
      end = to;
      return true;
    });
}

function isRealDay(date: FoundDate): boolean {
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  return date.day <= daysIn(date.year ?? 2000, date.month);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function* chinese(text: string): Generator<FoundDate> {
  for (const match of text.matchAll(CHINESE)) {
    const { roc, year, weekday, weekday2 } = match.groups ?? {};
    const month = readHanNumber(captured(match, 'month'));
    const day = readHanNumber(captured(match, 'day'));
    if (month === null || day === null) continue;
    const named = weekday ?? weekday2;
    yield {
      from: match.index,
      to: match.index + match[0].trimEnd().length,
      year: year === undefined ? null : chineseYear(year, roc !== undefined),
      month,
      day,
      weekday: named === undefined ? null : '日一二三四五六'.indexOf(named.replace('天', '日')),
      ambiguous: false,
    };
  }
}

/** Years of the Republic of China count from 1911: 115 is 2026. */
function chineseYear(text: string, republic: boolean): number | null {
  const hundred = /^一百([一二三四五六七八九十]*)$/.exec(text);
  const year = hundred ? 100 + (hundred[1] ? (readHanNumber(hundred[1]) ?? 0) : 0) : readHanNumber(text);
  if (year === null) return null;
  if (republic || (year >= 100 && year < 200)) return year + 1911;
  return year < 100 ? null : year;
}

function* dayFirst(text: string): Generator<FoundDate> {
  for (const match of text.matchAll(DAY_FIRST)) {
    const [whole, before, day = '', month = '', year, after] = match;
    if (isVerb(month)) continue;
    yield english(match.index, whole, { year, month, day, weekday: before ?? after });
  }
}

function* monthFirst(text: string): Generator<FoundDate> {
  for (const match of text.matchAll(MONTH_FIRST)) {
    const [whole, weekday, month = '', day = '', year] = match;
    if (isVerb(month)) continue;
    yield english(match.index, whole, { year, month, day, weekday });
  }
}

/** "may 25" and "march 12" in small letters are verbs more often than months. */
function isVerb(month: string): boolean {
  return /^(?:may|march|mar)$/.test(month);
}

function english(
  from: number,
  whole: string,
  parts: { year: string | undefined; month: string; day: string; weekday: string | undefined },
): FoundDate {
  return {
    from,
    to: from + whole.trimEnd().length,
    year: parts.year === undefined ? null : Number(parts.year),
    month: MONTHS.indexOf(parts.month.slice(0, 3).toLowerCase()) + 1,
    day: Number(parts.day),
    weekday:
      parts.weekday === undefined
        ? null
        : ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].indexOf(parts.weekday.toLowerCase()),
    ambiguous: false,
  };
}

function* yearFirst(text: string): Generator<FoundDate> {
  for (const match of text.matchAll(YEAR_FIRST)) {
    const base = { from: match.index, to: match.index + match[0].length, weekday: weekdayAfter(text, match) };
    yield { ...base, year: Number(match[1]), month: Number(match[3]), day: Number(match[4]), ambiguous: false };
  }
}

function* numeric(text: string): Generator<FoundDate> {
  for (const match of text.matchAll(NUMERIC)) {
    const first = Number(match[1]);
    const second = Number(match[3]);
    const base = { from: match.index, to: match.index + match[0].length, year: Number(match[4]), weekday: null };
    if (second > 12) yield { ...base, month: first, day: second, ambiguous: false };
    else yield { ...base, month: second, day: first, ambiguous: first <= 12 && first !== second };
  }
}

function weekdayAfter(text: string, match: RegExpExecArray): number | null {
  const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 8);
  const named = /^\s*\(?\s*(?:星期|週|周|禮拜)?([一二三四五六日])\)?/.exec(rest);
  return named && /[(星週周禮]/.test(named[0]) ? '日一二三四五六'.indexOf(named[1]!) : null;
}

/** `2026-12-02`; null without a year. */
export function isoDate(date: FoundDate, year: number | null = date.year): string | null {
  if (year === null) return null;
  return `${String(year).padStart(4, '0')}-${String(date.month).padStart(2, '0')}-${String(date.day).padStart(2, '0')}`;
}

/** False when the text names a weekday that this date does not fall on: one of the two is a slip. */
export function weekdayFits(date: FoundDate): boolean {
  if (date.weekday === null || date.year === null) return true;
  return new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() === date.weekday;
}

/** The day after an ISO date. */
export function nextDay(iso: string): string {
  const [year, month, day] = iso.split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day + 1)).toISOString().slice(0, 10);
}
