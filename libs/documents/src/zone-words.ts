import { fold } from './fold.js';
import { knownPlace, type Market } from './places.js';

/** A time zone as a text names it. */
export interface FoundZone {
  readonly from: number;
  readonly to: number;
  /** IANA names it can stand for; one when the words leave no choice, none for a bare offset. */
  readonly candidates: readonly { readonly zone: string; readonly market: Market | null }[];
  /** Minutes ahead of UTC where the words fix them (UTC+8, BST, EST), else null. */
  readonly offset: number | null;
  /** "local time": the place of the dateline decides. */
  readonly local: boolean;
}

interface ZoneWord {
  readonly words: RegExp;
  readonly candidates: readonly (readonly [string, Market | null])[];
  readonly offset?: number;
}

/** Abbreviations stand for their offset: BST in December names a time that London does not keep, and is flagged. */
const WORDS: readonly ZoneWord[] = [
  {
    words: /(?:香港|本港)(?:標準|标准)?(?:時間|时间)|\bHKT\b|\bHong Kong (?:local )?(?:standard )?time\b/gi,
    candidates: [['Asia/Hong_Kong', 'HK']],
  },
  {
    words: /(?:北京|中國(?:標準)?|中国(?:标准)?|上海)(?:時間|时间)|\bBJT\b|\b(?:Beijing|China)(?: standard)? time\b/gi,
    candidates: [['Asia/Shanghai', 'CN']],
  },
  {
    words: /(?:[台臺][北灣湾])(?:標準|标准)?(?:時間|时间)|\b(?:Taipei|Taiwan)(?: standard)? time\b/gi,
    candidates: [['Asia/Taipei', 'TW']],
  },
  { words: /澳[門门](?:時間|时间)|\bMaca[uo] time\b/gi, candidates: [['Asia/Macau', 'MO']] },
  { words: /新加坡(?:時間|时间)|\bSGT\b|\bSingapore time\b/gi, candidates: [['Asia/Singapore', 'SG']] },
  {
    words: /(?:[倫伦]敦|英[國国])(?:時間|时间)|\b(?:London|UK|U\.K\.|British)(?: local)? time\b/gi,
    candidates: [['Europe/London', 'GB']],
  },
  {
    words: /(?:東京|东京|日本)(?:時間|时间)|\bJST\b|\b(?:Tokyo|Japan)(?: standard)? time\b/gi,
    candidates: [['Asia/Tokyo', null]],
  },
  { words: /\bKST\b|\b(?:Seoul|Korea) time\b|首[爾尔](?:時間|时间)/gi, candidates: [['Asia/Seoul', null]] },
  {
    words:
      /(?:美[國国]?[東东](?:部|岸)?|[紐纽][約约])(?:標準|标准|夏令|日光)?(?:時間|时间)|\bET\b|\b(?:U\.?S\.? )?Eastern(?: time)?\b|\bNew York time\b/gi,
    candidates: [['America/New_York', 'US']],
  },
  { words: /美[國国]?中部(?:時間|时间)|\bCT\b|\bCentral time\b/gi, candidates: [['America/Chicago', 'US']] },
  { words: /\bMT\b|\bMountain time\b/gi, candidates: [['America/Denver', 'US']] },
  {
    words:
      /(?:美[國国]?西(?:部|岸)?|太平洋)(?:標準|标准|夏令)?(?:時間|时间)|\bPT\b|\b(?:U\.?S\.? )?Pacific(?: time)?\b/gi,
    candidates: [['America/Los_Angeles', 'US']],
  },
  {
    words: /\bBST\b/g,
    candidates: [
      ['Europe/London', 'GB'],
      ['Asia/Dhaka', null],
    ],
    offset: 60,
  },
  {
    words: /\bEST\b/g,
    candidates: [
      ['America/New_York', 'US'],
      ['Australia/Sydney', 'AU'],
    ],
    offset: -300,
  },
  { words: /\bEDT\b/g, candidates: [['America/New_York', 'US']], offset: -240 },
  {
    words: /\bCST\b/g,
    candidates: [
      ['Asia/Shanghai', 'CN'],
      ['America/Chicago', 'US'],
      ['Asia/Taipei', 'TW'],
    ],
  },
  { words: /\bCDT\b/g, candidates: [['America/Chicago', 'US']], offset: -300 },
  {
    words: /\bMST\b/g,
    candidates: [
      ['America/Denver', 'US'],
      ['America/Phoenix', 'US'],
    ],
    offset: -420,
  },
  { words: /\bMDT\b/g, candidates: [['America/Denver', 'US']], offset: -360 },
  {
    words: /\bPST\b/g,
    candidates: [
      ['America/Los_Angeles', 'US'],
      ['Asia/Manila', null],
    ],
    offset: -480,
  },
  { words: /\bPDT\b/g, candidates: [['America/Los_Angeles', 'US']], offset: -420 },
  {
    words: /\bIST\b/g,
    candidates: [
      ['Asia/Kolkata', null],
      ['Europe/Dublin', null],
      ['Asia/Jerusalem', null],
    ],
  },
  {
    words: /\bA(?:E)?ST\b/g,
    candidates: [
      ['Australia/Sydney', 'AU'],
      ['Australia/Brisbane', 'AU'],
    ],
    offset: 600,
  },
  { words: /\bAEDT\b|\bSydney time\b/gi, candidates: [['Australia/Sydney', 'AU']] },
  {
    words: /\bCES?T\b|\b(?:Paris|Berlin|Brussels|Central European)(?: summer)? time\b|中歐時間/gi,
    candidates: [['Europe/Brussels', null]],
  },
  { words: /(?:[東东])[八8][區区](?:時間|时间)?/g, candidates: [], offset: 480 },
  {
    words: /\bUTC\b(?!\s*[+\-−–]\s*\d)|(?:世界|國際標準|国际标准)(?:協調|协调)?(?:時間|时间)/g,
    candidates: [['UTC', null]],
    offset: 0,
  },
  {
    words: /\bGMT\b(?!\s*[+\-−–]\s*\d)|格林(?:威治|尼治)(?:標準|标准)?(?:時間|时间)/g,
    candidates: [
      ['UTC', null],
      ['Europe/London', 'GB'],
    ],
    offset: 0,
  },
];

const OFFSET = /\b(?:GMT|UTC)\s*([+\-−–])\s*(\d{1,2})(?::?([0-5]\d))?/gi;
const LOCAL = /\blocal time\b|當地時間|当地时间/gi;

/** Every zone that a text names, in order. */
export function findZones(text: string): FoundZone[] {
  const folded = fold(text);
  const found: FoundZone[] = [];
  for (const { words, candidates, offset } of WORDS) {
    for (const match of folded.matchAll(words)) {
      found.push({
        from: match.index,
        to: match.index + match[0].length,
        candidates: candidates.map(([zone, market]) => ({ zone, market })),
        offset: offset ?? null,
        local: false,
      });
    }
  }
  for (const match of folded.matchAll(OFFSET)) {
    const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
    const offset = match[1] === '+' ? minutes : -minutes;
    found.push({ from: match.index, to: match.index + match[0].length, candidates: [], offset, local: false });
  }
  for (const match of folded.matchAll(LOCAL)) {
    found.push({ from: match.index, to: match.index + match[0].length, candidates: [], offset: null, local: true });
  }
  if (found.length === 0) found.push(...placeTimes(folded));
  return found.sort((a, b) => a.from - b.from);
}

/** "Dublin time", 曼谷時間: any place whose zone we know. */
function placeTimes(folded: string): FoundZone[] {
  return [...folded.matchAll(/(?:\p{Lu}[\p{L}.]+\s){1,2}time\b|\p{Script=Han}{2,4}(?:時間|时间)/gu)].flatMap(
    (match) => {
      const place = knownPlace(match[0]);
      if (!place) return [];
      const to = match.index + match[0].length;
      return [{ from: match.index, to, candidates: [place], offset: null, local: false }];
    },
  );
}

/** Minutes that a zone's clocks are ahead of UTC when they show this wall time (to the hour of a change, not exact inside it). */
export function offsetAt(zone: string, wall: string): number {
  const naive = Date.parse(`${wall}Z`);
  const first = offsetOfInstant(zone, naive);
  return offsetOfInstant(zone, naive - first * 60_000);
}

function offsetOfInstant(zone: string, instant: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(
    new Date(instant),
  );
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
