import { withoutOverlaps } from './calendar-date.js';
import { fold } from './fold.js';
import { readHanNumber } from './han-number.js';

/** A time of day as it stands in a text. */
export interface FoundTime {
  readonly from: number;
  readonly to: number;
  /** 0-24; 24:00 is the end of the day. null for a bare "midnight", which may be the start or the end of the day. */
  readonly hour: number | null;
  readonly minute: number;
  /** 12 a.m. and 12 p.m. are read as midnight and noon, which is the custom but not everybody's. */
  readonly twelve: boolean;
}

const HAN = '〇零一二兩两三四五六七八九十';
const CHINESE = new RegExp(
  `(上午|下午|中午|正午|凌晨|清晨|早上|晚上|午夜|傍晚|晚間|晚间|早|晚)?\\s*(\\d{1,2}|[${HAN}]{1,3})\\s*(?:[時时點点]\\s*(?:(\\d{1,2}|[${HAN}]{1,3})\\s*分|(正|整|半))?)`,
  'g',
);
const CHINESE_COLON = /(上午|下午|中午|正午|凌晨|清晨|早上|晚上|午夜|傍晚|晚間|晚间|早|晚)\s*(\d{1,2})\s*:\s*(\d{2})/g;
const TWELVE_HOUR = /(?<![\d.:])(\d{1,2})(?:[:.](\d{2}))?\s*(a\.?\s?m\.?|p\.?\s?m\.?|noon|midnight)(?![a-z])/gi;
const TWENTY_FOUR_HOUR = /(?<![\d.:])([01]?\d|2[0-4])[:.]([0-5]\d)(?::00)?\s*(?:hrs?|hours|h)?(?![\d%.]\d|\d)/gi;
const MILITARY =
  /(?<![\d:.])([01]\d|2[0-4])([0-5]\d)\s*(?:hrs?\b|hours\b|h\b|(?=(?:GMT|BST|UTC|HKT|SGT|CES?T|E[SD]T|ET|AES?T|JST)\b))/gi;
const WORDS = /正午(?!\s*\d)|(?<![\d\s])\s*\b(?:noon|midday)\b|\bmidnight\b|午夜(?!\s*\d)|子夜/gi;

/** Every time of day in a text, in order; a match inside a longer one is left out. */
export function findTimes(text: string): FoundTime[] {
  const folded = fold(text);
  const found = [
    ...chinese(folded),
    ...matches(folded, CHINESE_COLON, (m) => byWord(m[1], Number(m[2]), Number(m[3]))),
    ...matches(folded, TWELVE_HOUR, (m) => byHalf(m[3]!, Number(m[1]), Number(m[2] ?? 0))),
    ...matches(folded, TWENTY_FOUR_HOUR, (m) => ({ hour: Number(m[1]), minute: Number(m[2]), twelve: false })),
    ...matches(folded, MILITARY, (m) => ({ hour: Number(m[1]), minute: Number(m[2]), twelve: false })),
    ...matches(folded, WORDS, (m) => ({ hour: /midnight|[午子]夜/i.test(m[0]) ? null : 12, minute: 0, twelve: false })),
  ].filter(
    (time) => (time.hour === null || time.hour < 24 || time.minute === 0) && (time.hour ?? 0) <= 24 && time.minute < 60,
  );
  return withoutOverlaps(found);
}

type Reading = { readonly hour: number | null; readonly minute: number; readonly twelve: boolean };

function* chinese(text: string): Generator<FoundTime> {
  for (const match of text.matchAll(CHINESE)) {
    const hour = readHanNumber(match[2]!);
    // 三點建議: a bare Han number with 點 is more often a count than a time
    if (hour === null || (match[1] === undefined && /[點点]/.test(match[0]) && !match[4])) continue;
    if (match[1] === undefined && /\d?小$/.test(text.slice(0, match.index))) continue;
    const minute = match[4] === '半' ? 30 : match[3] === undefined ? 0 : readHanNumber(match[3]);
    if (minute === null) continue;
    yield { from: match.index, to: match.index + match[0].trimEnd().length, ...byWord(match[1], hour, minute) };
  }
}

function* matches(text: string, pattern: RegExp, read: (match: RegExpMatchArray) => Reading): Generator<FoundTime> {
  for (const match of text.matchAll(pattern)) {
    const lead = match[0].length - match[0].trimStart().length;
    yield { from: match.index + lead, to: match.index + match[0].trimEnd().length, ...read(match) };
  }
}

function byWord(word: string | undefined, hour: number, minute: number): Reading {
  if (word === undefined) return { hour, minute, twelve: false };
  if (/午夜/.test(word)) return { hour: hour === 0 ? 0 : hour === 12 ? null : hour, minute, twelve: false };
  if (/中午|正午/.test(word)) return { hour: hour < 10 ? hour + 12 : hour, minute, twelve: false };
  if (/下午|晚|傍晚/.test(word))
    return { hour: hour < 12 ? hour + 12 : hour, minute, twelve: hour === 12 && /晚/.test(word) };
  return { hour: hour === 12 && /上午|凌晨/.test(word) ? 0 : hour, minute, twelve: hour === 12 && /上午/.test(word) };
}

function byHalf(word: string, hour: number, minute: number): Reading {
  if (/noon/i.test(word)) return { hour: 12, minute, twelve: false };
  if (/midnight/i.test(word)) return { hour: null, minute, twelve: false };
  const half = /^p/i.test(word) ? 12 : 0;
  return { hour: (hour % 12) + half, minute, twelve: hour === 12 && minute === 0 };
}
