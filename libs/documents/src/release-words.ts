import { displayWidth } from './display-width.js';
import { isNothingButEmbargo } from './embargo-vocabulary.js';
import { fold } from './fold.js';

export type ReleaseWord = 'label' | 'immediate' | 'embargo' | 'embargo-terms';

/** White space, punctuation and symbols; \W would also swallow Han characters. */
const MARKS = '[\\s\\p{P}\\p{S}]*';

const LABEL_ZH =
  '(?:(?:新聞|新闻|傳媒|传媒|媒體|媒体)(?:公報|公报|通稿|通訊稿|通讯稿|發[布佈]稿|发布稿|資料|资料|參考資料|通知|通告|聲明|声明|快訊|快讯|簡報|简报|稿件|稿)|通稿|採訪(?:通知|邀請)|采访(?:通知|邀请)|記者會新聞稿)';
const LABEL_EN =
  '(?:(?:press|news|media)\\s*-?\\s*(?:releases?|statement|information|advisory|notice|alert|bulletin|announcement|note|invitation|info)|official statement|statement|news from (?:the )?[\\p{L} &-]{2,40})';
const LABEL_EXTRA = '(?:\\s*(?:no\\.?|number|第|編號|#)?\\s*[\\w./-]*\\d[\\w./-]*\\s*[號号期]?)?';
const LABEL = new RegExp(
  `^${MARKS}(?:${LABEL_ZH}(?:${MARKS}${LABEL_EN})?|${LABEL_EN}(?:${MARKS}${LABEL_ZH})?)${LABEL_EXTRA}${MARKS}$`,
  'iu',
);

const IMMEDIATE =
  /^[\s\p{P}\p{S}]*(?:(?:供)?(?:即時|即时|立即|立刻|即刻|即日|請即|请即)\s*(?:對外|对外)?(?:發[布佈]|发布|發放|发放|刊登|刊發|刊发|發表|发表|公布|公佈|報道|報導|报道)|(?:可)?即時(?:可)?(?:發[布佈]|刊登)|(?:for\s+)?immediate\s+(?:release|publication|distribution|use)|(?:for\s+)?(?:use|release)[:\s]+(?:immediately|immediate|now|up?on\s+receipt|at will)|(?:發[布佈]|发布)(?:時間|时间)[\s\p{P}\p{S}]*(?:即時|即时|立即))[\s\p{P}\p{S}]*$/iu;

/** Verbs of publishing; an embargo line is a date with one of these before or after it. */
const PUBLISH_ZH =
  '(?:發[布佈放表稿]|发[布放表稿]|刊[登出發发載载]|報[道導]|报[道导]|公[開开布佈]|播[放出]|上[載载]|[轉转][載载發发]|使用|曝光)';
const EMBARGO = new RegExp(
  [
    '\\bembargo(?:ed)?\\b',
    '\\b(?:not\\s+(?:for|to\\s+be)\\s+(?:publication|published|releas\\w+|broadcast|use\\w*|distribution|distributed|reported))\\b.{0,60}\\b(?:before|until|till|prior\\s+to)\\b',
    '\\bhold\\s+(?:for\\s+release\\s+)?(?:until|till)\\b',
    `^${MARKS}(?:for|not for)\\s+release\\b(?!.*\\bimmediate)`,
    `禁發|禁发|禁止${PUBLISH_ZH}|解禁|封[鎖锁]期|保密(?:至|期)|限時${PUBLISH_ZH}|限时${PUBLISH_ZH}|暫勿|暂勿`,
    `(?:前|以前|之前)[,\\s]*(?:敬請|敬请|請|请)?(?:勿|不要|切勿|不得|不可|不宜)(?:作|對外|对外)?${PUBLISH_ZH}`,
    `(?:請|请|方可|敬請|始可|才可|可|於|于).{0,34}?(?:後|后|起|時|时)(?:方可|才可|始可|始能|方能|才|再)?(?:對外|对外)?${PUBLISH_ZH}`,
    `(?:新聞|新闻)?(?:${PUBLISH_ZH}|可發稿)(?:時間|时间|日期及時間)\\s*:`,
  ].join('|'),
  'iu',
);

/** Not before a moment but not in a country: the notice of securities law. */
const ELSEWHERE =
  /\bnot\s+for\b.{0,60}\b(?:in|into|within|to)\b.{0,40}\b(?:united states|u\.?s\.?|canada|japan|australia|jurisdiction)/iu;

const TERMS =
  /^[\s\p{P}\p{S}]*(?:(?:strictly\s+)?not\s+(?:for|to\s+be)\s+(?:publication|published|releas|broadcast|use|post|shar|distribut|report)|this\s+(?:material|release|information|document)\s+(?:is|must|may)\b.{0,60}\b(?:embargo|until|before)|please\s+(?:respect|observe|do not)\b.{0,60}\b(?:embargo|before|until|publish)|(?:在|於|于)?(?:上述|此|該|该|解禁|禁發)(?:時間|时间|日期|期限)?(?:之|以)?前.{0,30}(?:勿|不得|不要)|(?:此前|之前|解禁前).{0,20}(?:勿|不得|不要))/iu;

/** What a short text says about the release as a whole, or null. */
export function releaseWord(text: string): ReleaseWord | null {
  if (text.length > 240) return null;
  const folded = unspaced(fold(text));
  if (IMMEDIATE.test(folded)) return 'immediate';
  if (LABEL.test(folded)) return 'label';
  if (ELSEWHERE.test(folded)) return null;
  if (TERMS.test(folded)) return 'embargo-terms';
  return EMBARGO.test(folded) || isNothingButEmbargo(text) ? 'embargo' : null;
}

/** 新 聞 稿, set with spaces for looks. */
function unspaced(text: string): string {
  return text.length <= 24 && /^\s*(?:\p{Script=Han}\s+){2,}\p{Script=Han}\s*$/u.test(text)
    ? text.replace(/\s+/g, '')
    : text;
}

const TRAILING_LABEL = new RegExp(
  `^(?<who>.{2,48}?)\\s*(?<label>(?:${LABEL_ZH}|${LABEL_EN})${LABEL_EXTRA})${MARKS}$`,
  'iu',
);

/** Where a label begins that follows the name of the house (某某大學新聞稿, Harbour Watch Press Release), or -1. */
export function trailingLabel(text: string): number {
  const match = TRAILING_LABEL.exec(fold(text));
  const who = match?.groups?.['who'] ?? '';
  if (!match || /[，。：:,!?！？的]|關於|关于|有關/u.test(who) || /^\W*(?:the|a|this|our|for|about|on)\b/i.test(who))
    return -1;
  const named = /\p{Script=Han}/u.test(who)
    ? displayWidth(who) <= 32
    : who
        .trim()
        .split(/\s+/)
        .every((word) => /^[\p{Lu}&(]|^(?:of|and|for|the)$/u.test(word));
  return named ? match[0].length - match[0].slice(who.length).trimStart().length : -1;
}

/** Words of an embargo anywhere in a line; for the warning when they stand where no embargo line was recognised. */
export function speaksOfEmbargo(text: string): boolean {
  return (
    text.length <= 240 && EMBARGO.test(fold(text)) && !/trade embargo|arms embargo|oil embargo|禁運|禁运/i.test(text)
  );
}

const LEADING_LABEL = new RegExp(`^\\s*\\[?\\s*(?:${LABEL_ZH}|${LABEL_EN})\\s*(?:\\]|[:|])\\s*(?=\\S)`, 'iu');

/** Length of a label that leads a longer line ("Press release: …", 【新聞稿】…), or 0. */
export function leadingLabel(text: string): number {
  return LEADING_LABEL.exec(fold(text))?.[0].length ?? 0;
}

const FIELD =
  /^\s*(?:(?<headline>標題|标题|題目|题目|主題|主题|headline|title)|(?<subject>主旨|subject)|(?<subheadline>副題|副标题|副標題|副题|sub-?(?:head(?:line)?|title))|(?<date>(?:發稿|发稿|發[布佈]|发布|新聞|新闻|公[布佈])?(?:日期|日)|發稿時間|发稿时间|date(?: of (?:issue|release))?|issued(?: on)?|release date)|(?<place>地點|地点|place|location)|(?<reference>(?:our )?ref(?:erence)?(?:\s*no)?\.?|release no\.?|文件編號|稿件編號|新聞編號|編號|编号|檔號|字號|發文字號)|(?<addressee>致|to|attn\.?|attention|敬致|受文者|收件人?)|(?<sender>from|發自|发自|寄件人?|發稿單位|发稿单位|發稿機構|發[布佈]單位|发布单位|稿源|供稿))\s*:\s*(?=\S)/iu;

export type HeaderField =
  'headline' | 'subject' | 'subheadline' | 'date' | 'place' | 'reference' | 'addressee' | 'sender';

/** A field name that opens a line of the head ("Date: …", 標題：…) and where its value begins. */
export function headerField(text: string): { readonly field: HeaderField; readonly from: number } | null {
  const match = FIELD.exec(fold(text));
  if (!match) return null;
  const field = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0];
  return field ? { field: field as HeaderField, from: match[0].length } : null;
}
