const PLACES: Readonly<Record<string, string>> = {
  'Asia/Hong_Kong': '香港 hongkong hk hkt',
  'Asia/Taipei': '台北 臺北 台灣 臺灣 台湾 taipei taiwan tw',
  'Asia/Shanghai': '北京 上海 中國 中国 廣州 广州 深圳 beijing shanghai china cn',
  'Asia/Macau': '澳門 澳门 macau macao',
  'Asia/Singapore': '新加坡 星加坡 singapore sg',
  'Asia/Kuala_Lumpur': '吉隆坡 馬來西亞 马来西亚 kualalumpur malaysia',
  'Asia/Tokyo': '東京 东京 日本 tokyo japan jp',
  'Asia/Seoul': '首爾 首尔 seoul korea',
  'Asia/Bangkok': '曼谷 bangkok thailand',
  'Europe/London': '倫敦 伦敦 英國 英国 london uk',
  'Europe/Paris': '巴黎 paris',
  'Europe/Berlin': '柏林 berlin',
  'America/New_York': '紐約 纽约 newyork nyc',
  'America/Los_Angeles': '洛杉磯 洛杉矶 losangeles',
  'Australia/Sydney': '悉尼 雪梨 sydney',
  UTC: 'utc gmt',
};

const ZONE_BY_PLACE: ReadonlyMap<string, string> = new Map(
  Object.entries(PLACES).flatMap(([zone, places]) => places.split(' ').map((place) => [place, zone] as const)),
);
const ZONE_BY_LOWER_CASE: ReadonlyMap<string, string> = new Map(
  Intl.supportedValuesOf('timeZone').map((zone) => [zone.toLowerCase(), zone]),
);

/**
 * The IANA zone a cell names: an IANA name in any case, or a place with one zone in our three languages. Undefined for
 * offsets such as UTC+8, which say nothing about summer time.
 */
export function readZone(text: string): string | undefined {
  const place = ZONE_BY_PLACE.get(text.toLowerCase().replace(/[\s_-]/g, ''));
  if (place) return place;
  const name = text.replaceAll(' ', '_');
  const listed = ZONE_BY_LOWER_CASE.get(name.toLowerCase());
  if (listed) return listed;
  // names that are links, such as Asia/Kolkata, are not listed and yet valid; keep them when written as IANA does
  if (!/^[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z0-9_+-]*)+$/.test(name)) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    return undefined;
  }
}
