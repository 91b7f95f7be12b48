import { findDates } from './calendar-date.js';
import { findTimes } from './clock-time.js';
import { fold } from './fold.js';
import { findZones } from './zone-words.js';

/** Words that restrict: without one of them a line of date and time is only a date. */
const RESTRICTS =
  /前|後|后|起|限|禁|保密|解禁|勿|不得|不可|方可|始可|\b(?:embargo\w*|before|until|till|after|not|hold|confidential|under)\b/iu;

/** Every word an embargo line is made of besides its moment, in the three languages. */
const VOCABULARY =
  /請|请|敬|切?勿|不[得要可宜准]|禁止|禁[發发運运]|解禁|限時?|限时|保密|嚴格|严格|暫|暂|於|于|在|至|直|到|[之以]?[前後后]|起|方可|始[可能]|才可|可|再|供|作|對外|对外|新聞|新闻|媒體|媒体|傳媒|传媒|稿件?|資料|资料|內容|内容|消息|本|此|該|该|的|為|为|或|及|和|並|并|與|与|[發发][布佈放表稿出]|刊[登出發发載载印]|報[道導]|报[道导]|公[開开布佈]|[播廣广][放出播]|上[載载傳传]|[轉转][載载發发傳传]|使用|曝光|引用|公眾|公众|時間|时间|日期|時|时|日|\b(?:embargo(?:ed)?|for|not|to|be|publication|published|publish|release[ds]?|broadcast|posting|online|use[ds]?|distribution|distributed|report(?:ed|ing)?|before|until|till|after|on|or|and|at|from|by|hold|strict(?:ly)?|private|confidential|under|the|of|this|is|it|in|any|form|media|press|news|date|time|local|hrs?|hours?|no|earlier|than)\b/giu;

/** True when a line says nothing but that something must not be published before a moment, however it words that. */
export function isNothingButEmbargo(text: string): boolean {
  if (text.length > 160 || !RESTRICTS.test(text)) return false;
  const moments = [...findDates(text), ...findTimes(text), ...findZones(text)];
  if (!moments.some(({ to, from }) => to - from > 2)) return false;
  let rest = '';
  for (const [at, unit] of [...fold(text).split('')].entries()) {
    rest += moments.some(({ from, to }) => at >= from && at < to) ? ' ' : unit;
  }
  return rest.replace(VOCABULARY, '').replace(/[\s\p{P}\p{S}星期週周一二三四五六天]/gu, '').length <= 1;
}
