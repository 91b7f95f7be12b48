export const MARKETS = ['HK', 'MO', 'TW', 'CN', 'SG', 'GB', 'US', 'AU'] as const;
/** Where a release is written for; settles what is ambiguous (day before month, CST, BST). */
export type Market = (typeof MARKETS)[number];

interface Place {
  readonly names: RegExp;
  readonly zone: string;
  readonly market: Market | null;
}

const PLACES: readonly Place[] = [
  { names: /香港|hong\s?kong|kowloon|九[龍龙]/i, zone: 'Asia/Hong_Kong', market: 'HK' },
  { names: /澳[門门]|maca[uo]\b/i, zone: 'Asia/Macau', market: 'MO' },
  {
    names:
      /[台臺](?:北|中|南|東|东|[灣湾])|高雄|新竹|桃園|桃园|基隆|嘉義|花蓮|屏東|宜蘭|苗栗|彰化|taipei|taiwan|kaohsiung|taichung|tainan|hsinchu|taoyuan/i,
    zone: 'Asia/Taipei',
    market: 'TW',
  },
  {
    names:
      /北京|上海|[廣广]州|深圳|杭州|南京|成都|重[慶庆]|武[漢汉]|西安|[蘇苏]州|天津|[長长]沙|[鄭郑]州|[青]?[島岛]市|青[島岛]|[廈厦]門|厦门|大[連连]|[濟济]南|合肥|福州|昆明|[寧宁]波|珠海|[東东]莞|佛山|中[國国](?!香港|澳)|beijing|shanghai|guangzhou|shenzhen|hangzhou|nanjing|chengdu|chongqing|wuhan|xi'?an\b|suzhou|tianjin|changsha|china\b/i,
    zone: 'Asia/Shanghai',
    market: 'CN',
  },
  { names: /新加坡|星加坡|singapore/i, zone: 'Asia/Singapore', market: 'SG' },
  {
    names:
      /[倫伦]敦|曼[徹彻]斯特|英[國国]|london|manchester|birmingham|edinburgh|glasgow|leeds|bristol|cardiff|belfast|liverpool|oxford|sheffield|norwich|newcastle|nottingham|southampton|aberdeen|united kingdom|england|scotland|wales\b|\buk\b/i,
    zone: 'Europe/London',
    market: 'GB',
  },
  {
    names:
      /[紐纽][約约]|波士[頓顿]|華盛[頓顿]|华盛顿|new york|boston|washington|philadelphia|atlanta|miami|detroit|baltimore|pittsburgh|cleveland|orlando|raleigh|charlotte|\bN\.?Y\.?\b|\bMass\.|\bD\.C\.|\bFla\.|\bGa\./,
    zone: 'America/New_York',
    market: 'US',
  },
  {
    names:
      /芝加哥|chicago|houston|dallas|austin|minneapolis|st\.? louis|new orleans|nashville|milwaukee|\bTexas\b|\bIll\./i,
    zone: 'America/Chicago',
    market: 'US',
  },
  { names: /丹佛|denver|salt lake city|\bColo\./i, zone: 'America/Denver', market: 'US' },
  {
    names:
      /[舊旧]金山|洛杉[磯矶]|西雅[圖图]|san francisco|los angeles|seattle|san jose|san diego|portland|oakland|palo alto|sacramento|california|\bCalif\./i,
    zone: 'America/Los_Angeles',
    market: 'US',
  },
  { names: /東京|东京|大阪|tokyo|osaka|kyoto/i, zone: 'Asia/Tokyo', market: null },
  { names: /首[爾尔]|seoul/i, zone: 'Asia/Seoul', market: null },
  { names: /悉尼|雪梨|墨[爾尔]本|sydney|melbourne|canberra/i, zone: 'Australia/Sydney', market: 'AU' },
  { names: /巴黎|paris\b/i, zone: 'Europe/Paris', market: null },
  { names: /柏林|慕尼黑|法[蘭兰]克福|berlin|munich|frankfurt|hamburg/i, zone: 'Europe/Berlin', market: null },
  { names: /日[內内]瓦|[蘇苏]黎世|geneva|zurich|basel/i, zone: 'Europe/Zurich', market: null },
  { names: /布[魯鲁]塞[爾尔]|brussels/i, zone: 'Europe/Brussels', market: null },
  { names: /阿姆斯特丹|amsterdam|rotterdam|the hague/i, zone: 'Europe/Amsterdam', market: null },
  { names: /都柏林|dublin/i, zone: 'Europe/Dublin', market: null },
  { names: /曼谷|bangkok/i, zone: 'Asia/Bangkok', market: null },
  { names: /吉隆坡|kuala lumpur|penang/i, zone: 'Asia/Kuala_Lumpur', market: null },
  { names: /雅加[達达]|jakarta/i, zone: 'Asia/Jakarta', market: null },
  { names: /[馬马]尼拉|manila/i, zone: 'Asia/Manila', market: null },
  { names: /杜拜|迪拜|dubai|abu dhabi/i, zone: 'Asia/Dubai', market: null },
  { names: /多[倫伦]多|toronto|ottawa|montreal/i, zone: 'America/Toronto', market: null },
  { names: /[溫温]哥[華华]|vancouver/i, zone: 'America/Vancouver', market: null },
  { names: /mumbai|delhi|bengaluru|bangalore|孟[買买]|新德里/i, zone: 'Asia/Kolkata', market: null },
];

/** The zone and market of the first known place in a text, or null. */
export function knownPlace(text: string): { readonly zone: string; readonly market: Market | null } | null {
  let best: { at: number; place: Place } | null = null;
  for (const place of PLACES) {
    const at = text.search(place.names);
    if (at >= 0 && (best === null || at < best.at)) best = { at, place };
  }
  return best && { zone: best.place.zone, market: best.place.market };
}
