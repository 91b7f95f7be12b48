import type { Language } from '#libs/kernel';
import { findDates, isoDate, nextDay, weekdayFits, type FoundDate } from './calendar-date.js';
import { findTimes, type FoundTime } from './clock-time.js';
import type { Confidence } from './claims.js';
import type { Market } from './places.js';
import { findZones, offsetAt, type FoundZone } from './zone-words.js';

/** What else is known when an embargo line is read. */
export interface MomentContext {
  readonly language: Language;
  readonly market: Market | null;
  /** Zone of the dateline's place, when known. */
  readonly placeZone: string | null;
  /** Year to use where the line gives none, from another date of the release. */
  readonly year: number | null;
}

/** The moment a text asks for; what it does not say stays null, and every doubt has a warning. */
export interface Moment {
  readonly wall: string | null;
  readonly zone: string | null;
  readonly confidence: Confidence;
  /** Keys of warnings, see `describeReport`. */
  readonly warnings: readonly string[];
}

/** Reads date, time and zone of an embargo line. Never fills a gap silently: a doubt is a warning, a gap is null. */
export function readMoment(text: string, context: MomentContext): Moment {
  const warnings: string[] = [];
  const date = pickDate(findDates(text), warnings);
  const time = pickTime(
    findTimes(text).filter((found) => !date || !overlaps(found, date)),
    warnings,
  );
  const wall = date && time ? wallOf(date, time, context, warnings) : null;
  const zones = findZones(text);
  const zone = wall === null ? firstCertain(zones) : pickZone(zones, wall, context, warnings);
  if (wall && zone && date && saysItTwice(text, date, { wall, zone }, zones))
    drop(warnings, ['embargo-several-times', 'several-zones']);
  return { wall, zone, warnings, confidence: warnings.length > 0 ? 'guess' : 'sure' };
}

/** "4 p.m. ET (20:00 GMT)": the second time is the same moment in another zone, which confirms the first. */
function saysItTwice(
  text: string,
  date: FoundDate,
  first: { wall: string; zone: string },
  zones: readonly FoundZone[],
): boolean {
  const times = findTimes(text).filter((found) => !overlaps(found, date));
  if (times.length !== 2 || zones.length < 2) return false;
  const [, second] = times;
  const candidates = zones
    .flatMap(({ candidates: each }) => each.map(({ zone }) => zone))
    .filter((zone) => zone !== first.zone);
  const utc = Date.parse(`${first.wall}Z`) - offsetAt(first.zone, first.wall) * 60_000;
  return candidates.some((zone) => {
    const shown = new Date(utc + offsetAt(zone, new Date(utc).toISOString().slice(0, 16)) * 60_000);
    return shown.getUTCHours() === second?.hour && shown.getUTCMinutes() === second.minute;
  });
}

function drop(warnings: string[], keys: readonly string[]): void {
  for (const key of keys) if (warnings.includes(key)) warnings.splice(warnings.indexOf(key), 1);
}

function overlaps(time: FoundTime, date: FoundDate): boolean {
  return time.from < date.to && date.from < time.to;
}

function pickDate(dates: readonly FoundDate[], warnings: string[]): FoundDate | null {
  const [first, ...rest] = dates;
  if (!first) {
    warnings.push('embargo-date-missing');
    return null;
  }
  if (rest.some((date) => date.month !== first.month || date.day !== first.day)) warnings.push('embargo-several-dates');
  return first;
}

function pickTime(times: readonly FoundTime[], warnings: string[]): FoundTime | null {
  const [first, ...rest] = times;
  if (!first) {
    warnings.push('embargo-time-missing');
    return null;
  }
  if (rest.some((time) => time.hour !== first.hour || time.minute !== first.minute))
    warnings.push('embargo-several-times');
  return first;
}

function wallOf(date: FoundDate, time: FoundTime, context: MomentContext, warnings: string[]): string | null {
  const resolved = settleDate(date, context, warnings);
  if (time.hour === null) warnings.push('embargo-midnight');
  if (resolved === null || time.hour === null) return null;
  if (time.twelve) warnings.push('embargo-twelve');
  if (time.hour < 24) return `${resolved}T${two(time.hour)}:${two(time.minute)}`;
  warnings.push('embargo-midnight');
  return `${nextDay(resolved)}T00:00`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Settles day before month by market and a missing year by another date of the release; null when neither can say. */
export function settleDate(
  date: FoundDate,
  context: Pick<MomentContext, 'market' | 'year'>,
  warnings: string[],
): string | null {
  const year = date.year ?? context.year;
  if (year === null) {
    warnings.push('year-missing');
    return null;
  }
  if (date.year === null) warnings.push('year-inferred');
  const settled = date.ambiguous && context.market === 'US' ? { ...date, month: date.day, day: date.month } : date;
  if (date.ambiguous && context.market === null) {
    warnings.push('day-or-month');
    return null;
  }
  if (!weekdayFits({ ...settled, year })) warnings.push('weekday-wrong');
  return isoDate(settled, year);
}

/** The zone when there is no wall time to check it against: only words that leave no choice. */
function firstCertain(zones: readonly FoundZone[]): string | null {
  return zones.find((zone) => zone.candidates.length === 1)?.candidates[0]?.zone ?? null;
}

function pickZone(
  zones: readonly FoundZone[],
  wall: string,
  context: MomentContext,
  warnings: string[],
): string | null {
  if (zones.length === 0) {
    warnings.push('zone-missing');
    return null;
  }
  const named = zones.filter((zone) => zone.candidates.length === 1 && zone.candidates[0]!.zone !== 'UTC');
  if (named.length > 0) return certain(named, zones, wall, warnings);
  const first = zones[0]!;
  if (first.local) return local(context, warnings);
  if (first.offset !== null && first.candidates.length === 0) return byOffset(first.offset, wall, context, warnings);
  return byCandidates(first, wall, context, warnings);
}

function certain(named: readonly FoundZone[], all: readonly FoundZone[], wall: string, warnings: string[]): string {
  const zone = named[0]!.candidates[0]!.zone;
  if (named.some((other) => other.candidates[0]!.zone !== zone)) warnings.push('several-zones');
  const own = (found: FoundZone) =>
    found.candidates.length === 0 || found.candidates.some((each) => each.zone === zone);
  const offset = all.find((found) => found.offset !== null && own(found))?.offset ?? null;
  if (offset !== null && !clashes(named, all) && offsetAt(zone, wall) !== offset) warnings.push('zone-season');
  return zone;
}

/** "09:00 HKT / 01:00 UTC" gives the same instant twice: the second zone says nothing about the first. */
function clashes(named: readonly FoundZone[], all: readonly FoundZone[]): boolean {
  return all.some((found) => found.candidates.some(({ zone }) => zone === 'UTC') && !named.includes(found));
}

function local(context: MomentContext, warnings: string[]): string | null {
  warnings.push(context.placeZone ? 'zone-from-place' : 'zone-missing');
  return context.placeZone;
}

const HOME_OF: Readonly<Record<Market, string>> = {
  HK: 'Asia/Hong_Kong',
  MO: 'Asia/Macau',
  TW: 'Asia/Taipei',
  CN: 'Asia/Shanghai',
  SG: 'Asia/Singapore',
  GB: 'Europe/London',
  US: 'America/New_York',
  AU: 'Australia/Sydney',
};

/** UTC+8 names an instant but no place: the place of the dateline or the market is taken when its clocks agree. */
function byOffset(offset: number, wall: string, context: MomentContext, warnings: string[]): string | null {
  if (offset === 0) return 'UTC';
  const likely = [
    context.placeZone,
    context.market && HOME_OF[context.market],
    context.language === 'zh-Hans' ? 'Asia/Shanghai' : 'Asia/Hong_Kong',
  ];
  const fits = likely.find((zone) => zone && offsetAt(zone, wall) === offset);
  warnings.push(fits ? 'zone-from-offset' : 'zone-only-offset');
  return fits ?? null;
}

function byCandidates(found: FoundZone, wall: string, context: MomentContext, warnings: string[]): string | null {
  const agree = found.candidates.filter(({ zone }) => found.offset === null || offsetAt(zone, wall) === found.offset);
  const preferred =
    agree.find(({ zone }) => zone === context.placeZone) ??
    agree.find(({ market }) => market !== null && market === context.market) ??
    (agree.some(({ zone }) => zone === 'UTC') ? agree.find(({ zone }) => zone === 'UTC') : undefined);
  if (preferred) {
    if (found.candidates.length > 1 && preferred.zone !== 'UTC' && found.offset !== 0) warnings.push('zone-ambiguous');
    return preferred.zone;
  }
  if (agree.length === 0) {
    warnings.push('zone-season');
    return null;
  }
  warnings.push('zone-ambiguous');
  return agree.length === 1 ? agree[0]!.zone : null;
}
