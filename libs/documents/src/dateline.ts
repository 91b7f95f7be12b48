import { captured } from './captured.js';
import { findDates, type FoundDate } from './calendar-date.js';
import type { Confidence } from './claims.js';
import { displayWidth } from './display-width.js';
import { fold } from './fold.js';
import { knownPlace } from './places.js';

/** Place and date at the start of a text. */
export interface DatelineMatch {
  readonly place: string;
  readonly date: FoundDate | null;
  /** What stood there, brackets included: `[from, to)`. */
  readonly from: number;
  readonly to: number;
  /** Where the sentence begins, behind dash or colon; the length of the text when nothing follows. */
  readonly rest: number;
  readonly confidence: Confidence;
}

/** A dateline is at the very start; more than this is a sentence that mentions a date. */
const FURTHEST = 110;

const WIRE = /^\s*(?:,?\s*\/[^/\n]{2,40}\/|\((?:[A-Z][\w .&]*\s)?(?:[A-Z ]*WIRE[A-Z ]*|[\w ]*[Nn]ewswire)\))/;
const END =
  /^\s*(?:(?:電訊?|讯|訊|电讯|电)(?=[\s\-–—:(,])\s*|(?:電|訊)?\s*(?:[-–—―－]{1,3}|:(?!\d)|\|)\s*|\.\s*(?=$)|\s*$)/u;

/** Reads the dateline a paragraph begins with, or a line that is nothing but a dateline; null when it begins with something else. */
export function matchDateline(text: string): DatelineMatch | null {
  const folded = fold(text.slice(0, 240));
  const start = folded.length - folded.trimStart().length;
  return (
    bracketed(folded, start, text.length) ?? plain(folded, start, text.length) ?? placeOnly(folded, start, text.length)
  );
}

const BRACKETS: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/** （香港，2026年12月2日）…, [London, 2 December 2026] …, （台北訊）…, 【記者某某／台北報導】… */
function bracketed(folded: string, start: number, length: number): DatelineMatch | null {
  const close = BRACKETS[folded[start] ?? ''];
  const end = close ? folded.indexOf(close, start) : -1;
  // a weekday in its own brackets: (香港，2026年12月2日(星期三))
  const outer = end > 0 && folded.slice(start + 1, end).includes('(') ? folded.indexOf(')', end + 1) : end;
  if (outer < 0 || displayWidth(folded.slice(start, outer)) > 90) return null;
  const inner = folded.slice(start + 1, outer);
  const { place, date } = placeAndDate(inner);
  if (place === null) return null;
  if (!date && !(/[訊讯電电]$|報導$|报道$/.test(inner.trim()) || (knownPlace(place) && displayWidth(place) <= 12)))
    return null;
  const after = folded.slice(outer + 1);
  const dash = /^\s*(?:[-–—―]{1,3}|:)?\s*/.exec(after)?.[0].length ?? 0;
  const to = outer + 1;
  const rest = after.slice(dash) === '' && length <= 240 ? length : to + dash;
  return { place, date, from: start, to, rest, confidence: date && place !== '' ? 'sure' : 'likely' };
}

/** 香港，2022 年 10 月 19 日 – …, LONDON, 2 December 2026 – …, 2 December 2026, London: … */
function plain(folded: string, start: number, length: number): DatelineMatch | null {
  const date = findDates(folded.slice(0, FURTHEST + 40))[0];
  if (!date || date.from > FURTHEST) return null;
  const before = cleanPlace(folded.slice(start, date.from));
  if (before === null) return null;
  const opened = /[([]\s*$/.test(folded.slice(start, date.from));
  let at = date.to + (opened ? (/^\s*[)\]]/.exec(folded.slice(date.to))?.[0].length ?? 0) : 0);
  let place = before;
  const afterDate = before === '' ? placeAfter(folded.slice(at)) : null;
  if (afterDate) {
    place = afterDate.place;
    at += afterDate.length;
  }
  const wire = WIRE.exec(folded.slice(at))?.[0].length ?? 0;
  const to = at + wire;
  const ending = END.exec(folded.slice(to));
  const sure = place !== '' && (knownPlace(place) !== null || wire > 0 || /^\p{Lu}[\p{Lu}\s,.'-]+$/u.test(place));
  if (!ending) return commaDateline(folded, { place, date, start, to, sure });
  const word = /^\s*[電电訊讯]+/.exec(ending[0])?.[0].length ?? 0;
  if (place === '' && word === 0 && !/[-–—―|:]|^\s*$/.test(ending[0])) return null;
  const rest = to + ending[0].length;
  const confidence: Confidence = place === '' ? 'likely' : sure ? 'sure' : 'likely';
  return {
    place,
    date,
    from: start,
    to: to + word,
    rest: rest >= folded.length ? (length <= 240 ? length : rest) : rest,
    confidence,
  };
}

/** 香港，2026年12月2日，某會…: only a comma ends it, so the place must be one we know. */
function commaDateline(
  folded: string,
  found: { place: string; date: FoundDate; start: number; to: number; sure: boolean },
): DatelineMatch | null {
  const comma = /^\s*[,.]\s*|^\s+(?=\p{L})/u.exec(folded.slice(found.to));
  // "Port Albion, October 9, 2026. The Minister …": a sentence of place and date alone
  const sentence = /^\.\s+(?=\p{Lu}|[“"])/u.exec(folded.slice(found.to));
  if (
    sentence &&
    found.place !== '' &&
    found.date.year !== null &&
    /,\s*$/.test(folded.slice(found.start, found.date.from))
  ) {
    return {
      place: found.place,
      date: found.date,
      from: found.start,
      to: found.to,
      rest: found.to + sentence[0].length,
      confidence: 'likely',
    };
  }
  const placed = found.place !== '' && knownPlace(found.place) !== null && displayWidth(found.place) <= 24;
  if (!comma || !placed || found.date.year === null) return null;
  // the date must be parted from the place, or 香港2026年施政 would be a dateline
  if (!/[,.\s–—-]\s*[([]?\s*$/.test(folded.slice(found.start, found.date.from))) return null;
  return {
    place: found.place,
    date: found.date,
    from: found.start,
    to: found.to,
    rest: found.to + comma[0].length,
    confidence: 'likely',
  };
}

/** HONG KONG – …, 香港訊 – …, NEW YORK--(WIRE)--…: a place alone must be known or in capitals, and end with a dash. */
function placeOnly(folded: string, start: number, length: number): DatelineMatch | null {
  const match =
    /^(?<place>[^。，,;:!?()（）\d]{2,40}(?:,\s*[A-Z][\w. ]{1,20})?)\s*(?<wire>\((?:[A-Z ]*WIRE[A-Z ]*|[\w ]*[Nn]ewswire)\)|\/[^/]{2,30}\/)?(?<end>\s+[-–—]{1,2}\s+|--\s*|—\s*|–\s*)(?=\S)/u.exec(
      folded.slice(start).replace(/--\(/, ' ('),
    );
  if (!match) return null;
  const [wire, end] = [captured(match, 'wire'), captured(match, 'end')];
  const place = cleanPlace(captured(match, 'place'));
  if (place === null || place === '') return null;
  const capitals = /^\p{Lu}{2}[\p{Lu}\s.'-]*(?:,|$)/u.test(place) && displayWidth(place) >= 4;
  const known = knownPlace(place) !== null && (capitals || displayWidth(place) <= 16);
  if (wire === '' && !known && !(capitals && /--|—|–/.test(end))) return null;
  const dash = folded.slice(start).search(/\s*(?:--|[-–—]\s)/);
  const whole = match[0].length + (/--\(/.test(folded.slice(start)) ? 1 : 0);
  const behind = wire === '' ? Math.max(dash, captured(match, 'place').trimEnd().length) : whole - end.length;
  return {
    place,
    date: null,
    from: start,
    to: start + behind,
    rest: Math.min(start + whole, length),
    confidence: wire === '' ? 'guess' : 'likely',
  };
}

function placeAndDate(inner: string): { readonly place: string | null; readonly date: FoundDate | null } {
  const [date] = findDates(inner);
  if (!date) return { place: cleanPlace(reporter(inner)), date: null };
  const before = cleanPlace(reporter(inner.slice(0, date.from)));
  const after = cleanPlace(inner.slice(date.to));
  if (before === null || after === null) return { place: null, date: null };
  return { place: before === '' ? after : before, date };
}

/** 記者某某／台北報導: the place is what stands behind the stroke. */
function reporter(text: string): string {
  return text.replace(/^\s*(?:本報|本刊)?(?:記者|记者)[^/／]{0,20}[/／]/u, '');
}

const NOT_A_PLACE_EN =
  /^(?:on|in|by|since|until|till|from|at|as|the|this|that|between|before|after|embargo\w*|press|news|media|date[d]?|released?|issued?|for|updated?|published|today|yesterday|version|ref|photo|image|figure|caption|note|who|what|when|where|why|about|contact|effective|starting|launching|running|open|book|register|tickets?|deadline|a|an|its?|our|we|it)\b/i;
const NOT_A_PLACE_ZH =
  /[於于在自將将至由的]|截至|今年|今日|公司|我們|本[會会]|日期|[發发][布佈]|解禁|禁[發发]|標題|时间|時間|[為为是]|宣[布佈]|[舉举]行|本年|預計|预计|直至|開始|[截預期]/u;

/** A place without the words and marks around it; '' for none; null when the text is no place at all. */
function cleanPlace(raw: string): string | null {
  const text = raw
    .replace(/\b(\p{Lu}{2,})\.\s*$/u, '$1')
    .replace(/^[\s,.;\-–—|([]+|[\s,;\-–—|([：:]+$/gu, '')
    .replace(/(?:訊|讯|電訊|电讯|電|电|報導|报导|報道|报道)$/u, '')
    .replace(/^(?:新华社|新華社|中新社|本報|本报)/u, '')
    .trim();
  if (text === '') return '';
  if (displayWidth(text) > 60 || /[。!?；;:@"“”「」\d]/.test(text)) return null;
  if (/\p{Script=Han}/u.test(text)) {
    if (NOT_A_PLACE_ZH.test(text) || displayWidth(text) > 30) return null;
    return knownPlace(text) || displayWidth(text) <= 16 ? text : null;
  }
  if (NOT_A_PLACE_EN.test(text) && !/^(?:at|in) large/i.test(text)) return null;
  const words = text.split(/[\s,]+/);
  if (words.length > 8) return null;
  const titled = words.every(
    (word) => /^[\p{Lu}(]/u.test(word) || /^(?:and|of|de|la|le|el|upon|on|under|in|the|&|del|am|an|der)$/.test(word),
  );
  return titled && /^\p{Lu}/u.test(text) ? text : null;
}

/** A place that follows the date, up to the dash. */
function placeAfter(text: string): { readonly place: string; readonly length: number } | null {
  const match =
    /^(?<lead>\s*(?:[,，]|[-–—|·/])?\s*\(?)(?<place>[^-–—:|()\d。]{2,40}?)\)?(?=\s*(?:[-–—]{1,2}|:|\||\)|$)|[電电訊讯](?:[\s:(,–—-]|$))/u.exec(
      text,
    );
  const place = match ? cleanPlace(captured(match, 'place')) : null;
  if (!match || !place) return null;
  if (captured(match, 'lead') === '' && !/^\s/.test(text)) return null;
  return { place, length: match[0].length };
}
