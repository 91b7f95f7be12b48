import { isChinese, type Locale } from './locale.js';

interface ZoneName {
  readonly hant: string;
  readonly hans: string;
  readonly en: string;
  /** Only abbreviations that mean one zone in the whole world and all year. */
  readonly abbreviation?: string;
}

/** Zones by the city people name them after. UTC has no city. */
const ZONES: Readonly<Record<string, ZoneName>> = {
  'Asia/Hong_Kong': { hant: '香港', hans: '香港', en: 'Hong Kong', abbreviation: 'HKT' },
  'Asia/Shanghai': { hant: '北京', hans: '北京', en: 'Beijing' },
  'Asia/Taipei': { hant: '台北', hans: '台北', en: 'Taipei' },
  'Asia/Macau': { hant: '澳門', hans: '澳门', en: 'Macao' },
  'Asia/Singapore': { hant: '新加坡', hans: '新加坡', en: 'Singapore', abbreviation: 'SGT' },
  'Asia/Kuala_Lumpur': { hant: '吉隆坡', hans: '吉隆坡', en: 'Kuala Lumpur' },
  'Asia/Bangkok': { hant: '曼谷', hans: '曼谷', en: 'Bangkok' },
  'Asia/Jakarta': { hant: '雅加達', hans: '雅加达', en: 'Jakarta' },
  'Asia/Tokyo': { hant: '東京', hans: '东京', en: 'Tokyo', abbreviation: 'JST' },
  'Asia/Seoul': { hant: '首爾', hans: '首尔', en: 'Seoul', abbreviation: 'KST' },
  'Asia/Kolkata': { hant: '新德里', hans: '新德里', en: 'New Delhi' },
  'Asia/Dubai': { hant: '杜拜', hans: '迪拜', en: 'Dubai' },
  'Australia/Sydney': { hant: '悉尼', hans: '悉尼', en: 'Sydney' },
  'Europe/London': { hant: '倫敦', hans: '伦敦', en: 'London' },
  'Europe/Paris': { hant: '巴黎', hans: '巴黎', en: 'Paris' },
  'Europe/Berlin': { hant: '柏林', hans: '柏林', en: 'Berlin' },
  'Europe/Brussels': { hant: '布魯塞爾', hans: '布鲁塞尔', en: 'Brussels' },
  'America/New_York': { hant: '紐約', hans: '纽约', en: 'New York' },
  'America/Toronto': { hant: '多倫多', hans: '多伦多', en: 'Toronto' },
  'America/Vancouver': { hant: '溫哥華', hans: '温哥华', en: 'Vancouver' },
  'America/Los_Angeles': { hant: '洛杉磯', hans: '洛杉矶', en: 'Los Angeles' },
};

const UTC = new Set(['UTC', 'Etc/UTC', 'Etc/GMT', 'GMT', 'Etc/UCT', 'UCT', 'Zulu', 'Etc/Zulu']);

export function isUtc(zone: string): boolean {
  return UTC.has(zone);
}

/** The city alone, for a list of times; the zone's own last part where no name is known. */
export function cityOf(zone: string, locale: Locale): string {
  if (isUtc(zone)) return 'UTC';
  const known = ZONES[zone];
  if (!known) return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
  if (locale === 'zh-Hant-TW' && zone === 'Australia/Sydney') return '雪梨';
  return locale === 'en' ? known.en : locale === 'zh-Hans' ? known.hans : known.hant;
}

/** The zone in words: 香港時間, Hong Kong time. Never an abbreviation that several zones share. */
export function zoneInWords(zone: string, locale: Locale): string {
  if (isUtc(zone))
    return locale === 'en' ? 'Coordinated Universal Time' : locale === 'zh-Hans' ? '协调世界时' : '協調世界時';
  const city = cityOf(zone, locale);
  if (!isChinese(locale)) return `${city} time`;
  return `${city}${/[A-Za-z]$/.test(city) ? ' ' : ''}${locale === 'zh-Hans' ? '时间' : '時間'}`;
}

/** HKT and the like, or ''. */
export function zoneAbbreviation(zone: string): string {
  return isUtc(zone) ? 'UTC' : (ZONES[zone]?.abbreviation ?? '');
}
