import type { Language } from '#libs/kernel';
import { Temporal } from 'temporal-polyfill';
import { zoneNamed } from './zone.js';

type InEveryLanguage = Readonly<Record<Language, string>>;

/** One line of the table that shows T in several places side by side. */
export interface ZoneRow {
  readonly zone: string;
  readonly place: InEveryLanguage;
  readonly weekday: InEveryLanguage;
  /** `2026-12-02` */
  readonly date: string;
  /** `09:00`, with seconds only when there are any. */
  readonly time: string;
  /** `+08:00` */
  readonly offset: string;
}

const PLACES: Readonly<Record<string, InEveryLanguage>> = {
  'Asia/Hong_Kong': { 'zh-Hant': '香港', 'zh-Hans': '香港', en: 'Hong Kong' },
  'Asia/Shanghai': { 'zh-Hant': '北京', 'zh-Hans': '北京', en: 'Beijing' },
  'Asia/Taipei': { 'zh-Hant': '台北', 'zh-Hans': '台北', en: 'Taipei' },
  'Europe/London': { 'zh-Hant': '倫敦', 'zh-Hans': '伦敦', en: 'London' },
  'America/New_York': { 'zh-Hant': '紐約', 'zh-Hans': '纽约', en: 'New York' },
};

const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const HAN_WEEKDAYS = '一二三四五六日';

/**
 * T as clocks show it in Hong Kong, Beijing, Taipei, London and New York, then in the zones given besides.
 * @throws Problem `embargo.zone.unknown` for a given zone that is none
 */
export function zoneTable(utcMs: number, zones: readonly string[] = []): readonly ZoneRow[] {
  const instant = Temporal.Instant.fromEpochMilliseconds(utcMs);
  const names = new Set([...Object.keys(PLACES), ...zones.map(zoneNamed)]);
  return [...names].map((zone) => rowAt(instant.toZonedDateTimeISO(zone)));
}

/** What people call the place of a zone; outside the table's own places the last part of its IANA name. */
export function placeOf(zone: string): InEveryLanguage {
  const name = zone.replace(/^.*\//, '').replaceAll('_', ' ');
  return PLACES[zone] ?? { 'zh-Hant': name, 'zh-Hans': name, en: name };
}

function rowAt(at: Temporal.ZonedDateTime): ZoneRow {
  const day = at.dayOfWeek - 1;
  const han = `星期${HAN_WEEKDAYS.charAt(day)}`;
  return {
    zone: at.timeZoneId,
    place: placeOf(at.timeZoneId),
    weekday: { 'zh-Hant': han, 'zh-Hans': han, en: WEEKDAYS[day] ?? '' },
    date: at.toPlainDate().toString(),
    time: at.toPlainTime().toString({ smallestUnit: at.second === 0 ? 'minute' : 'second' }),
    offset: at.offset,
  };
}
