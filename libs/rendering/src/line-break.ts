import { graphemes, isWide } from './display-width.js';

/** A stretch of text that must stay on one line. */
export interface Atom {
  readonly text: string;
  /** Spaces that stood before it; dropped when it begins a line. */
  readonly gap: string;
  /** Holds a web address, which gets a line to itself. */
  readonly url: boolean;
}

/** Never first on a line: what ends or joins words (GB/T 15834, CLREQ section 3.1.3; ︰ is the colon of old Big5 texts). */
const NEVER_FIRST = new Set('，。、；：？！︰）」』》〉】〕］｝〗〙〛﹚﹜﹞”’…·‧・•～–％‰℃℉°′″々｡､,.;:?!)]}%');
/** Never last on a line: what opens a quotation, bracket or amount. */
const NEVER_LAST = new Set('（「『《〈【〔［｛〖〘〚﹙﹛﹝“‘￥￡＄€$£¥([{第');

/** Up to a space, a Han or full-width character, or a quotation mark; closing punctuation belongs to the sentence. */
const URL_RUN = /\b(?:https?|ftp):\/\/[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d-\x5f\x61-\x7e]*[\w/#=&~%+-]/giu;

const CHINESE_UNITS =
  '[十百千萬万億亿兆]*(?:多|餘|余)?(?:港元|美元|歐元|欧元|人民幣|人民币|元|平方公里|平方千米|平方米|平方呎|平方尺|立方米|公頃|公顷|公里|千米|' +
  '海里|海浬|浬|米|厘米|公分|毫米|公噸|公吨|噸|吨|公斤|千克|克|公升|升|毫升|個?百分點|个?百分点|分鐘|分钟|小時|小时|秒|個月|个月|星期|週|周|天|日|月|年|' +
  '歲|岁|個|个|名|位|人|戶|户|間|间|家|所|座|艘|輛|辆|班|次|筆|笔|項|项|宗|件|張|张|本|冊|册|版|度|倍|成|樓|楼|層|层|號|号|路|組|组|輪|轮|期|屆|届|章|頁|页|種|种|點|点|時|时|分)?';
const LATIN_UNITS =
  '(?:[kKMGT]?B|[kKMG]?bps|[kMG]?Hz|[kMGT]?Wh?|[kcm]?m|[km]?g|km/h|m[lL]|L|ha|px|dpi|°?[CF]|a\\.?m\\.?|p\\.?m\\.?|HKT|UTC|GMT|trillion|billion|million|' +
  'thousand|per ?cent|hours?|minutes?|seconds?|days?|weeks?|months?|years?|metres?|kilomet(?:re|er)s?|tonnes?|' +
  'January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?![A-Za-z])';

/** A number and what it counts, a telephone number or a whole Chinese date: a break inside makes a reader misread. */
const NUMBER_RUN = new RegExp(
  `[+(]\\d[\\d() -]{5,}\\d|\\d{2,4} ?年 ?\\d{1,2} ?月(?: ?\\d{1,2} ?[日號号])?|\\d{1,2} ?月 ?\\d{1,2} ?[日號号]` +
    `|\\d[\\d,.:]*(?:[ \\u00a0]?${LATIN_UNITS}|[ \\u00a0]?(?=\\p{Script=Han})${CHINESE_UNITS})`,
  'gu',
);

/**
 * Cuts one paragraph into the pieces a line may be broken between. Web and mail addresses, Latin words, numbers with
 * their unit, dates and doubled dashes stay whole; closing punctuation stays with what it closes.
 */
export function atomsOf(paragraph: string): readonly Atom[] {
  const glued = gluedPositions(paragraph);
  const urls = [...paragraph.matchAll(URL_RUN)].map((match) => match.index);
  const atoms: { text: string; gap: string; url: boolean }[] = [];
  let position = 0;
  let gap = '';
  let previous = '';
  for (const grapheme of graphemes(paragraph)) {
    const last = atoms.at(-1);
    if (isSpace(grapheme)) {
      gap += grapheme;
    } else {
      const stays = last !== undefined && (glued.has(position) || !mayBreak(previous, grapheme, gap !== ''));
      if (last && stays) last.text += gap + grapheme;
      else atoms.push({ text: grapheme, gap, url: false });
      const atom = atoms.at(-1);
      if (atom && urls.includes(position)) atom.url = true;
      gap = '';
      previous = grapheme;
    }
    position += grapheme.length;
  }
  return atoms;
}

/** Offsets before which no break may stand, because they lie inside a web address or a number with its unit. */
function gluedPositions(paragraph: string): ReadonlySet<number> {
  const inside = new Set<number>();
  for (const pattern of [URL_RUN, NUMBER_RUN]) {
    for (const match of paragraph.matchAll(pattern)) {
      for (let offset = match.index + 1; offset < match.index + match[0].length; offset += 1) inside.add(offset);
    }
  }
  return inside;
}

function mayBreak(before: string, after: string, spaced: boolean): boolean {
  if (NEVER_LAST.has(before) || NEVER_FIRST.has(after)) return false;
  if (spaced) return true;
  // —— and …… are one mark drawn over two squares
  if (before === after && /[—…⋯─]/u.test(before)) return false;
  if (isWide(before) || isWide(after)) return !/["']/u.test(before + after);
  return false;
}

function isSpace(grapheme: string): boolean {
  return /^[ \t\u2000-\u2006\u2008-\u200a\u3000\u205f]$/u.test(grapheme);
}

/** Cuts out amounts and dates that a space would let a line break inside; everything else, in order, is between them. */
export function amountsApart(text: string): readonly { readonly text: string; readonly amount: boolean }[] {
  return text
    .split(new RegExp(`(${NUMBER_RUN.source})`, 'u'))
    .map((part, place) => ({ text: part, amount: place % 2 === 1 && part.includes(' ') }))
    .filter((part) => part.text !== '');
}

/** Tells whether a line may begin and end as this one does; for checks. */
export function breaksWell(line: string): boolean {
  const visible = graphemes(line.trim());
  return !NEVER_FIRST.has(visible[0] ?? '') && !NEVER_LAST.has(visible.at(-1) ?? '');
}
