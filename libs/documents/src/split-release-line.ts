import { findDates } from './calendar-date.js';
import { findTimes } from './clock-time.js';
import { displayWidth } from './display-width.js';
import { fold } from './fold.js';
import { leadingLabel, releaseWord, trailingLabel, type ReleaseWord } from './release-words.js';
import { findZones } from './zone-words.js';

export type SegmentKind = ReleaseWord | 'moment' | 'other';

export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly kind: SegmentKind;
}

const SEPARATORS = /\s*[|/·•‧]\s*|\s{2,}|\t+|\s+[-–—]\s+|\s*[—–]{1,2}\s*|\]\s*(?=\[)/gu;

/**
 * A line of the head in parts: 新聞稿｜即時發布, NEWS RELEASE – FOR IMMEDIATE RELEASE, Press release: headline.
 * An embargo line keeps its own dashes and strokes, for they part date from time.
 */
export function splitReleaseLine(text: string): readonly Segment[] {
  const whole = releaseWord(text);
  if (whole !== null && whole !== 'embargo') return [{ from: 0, to: text.length, kind: whole }];
  const lead = leadingLabel(text);
  if (lead > 0) return withLabel(text, lead);
  const trail = trailingLabel(text);
  if (trail > 0) {
    return [
      { from: 0, to: trail, kind: 'other' },
      { from: trail, to: text.length, kind: 'label' },
    ];
  }
  const colon = colonAfterNotice(text);
  if (colon !== null) return colon;
  const parts = partsOf(text);
  const kinds = parts.map(({ from, to }) => kindOf(text.slice(from, to)));
  const first = kinds.indexOf('embargo');
  if (first >= 0 || whole === 'embargo') return embargoSegments(text, parts, kinds, Math.max(0, first));
  if (!kinds.some((kind) => kind === 'label' || kind === 'immediate'))
    return [{ from: 0, to: text.length, kind: 'other' }];
  return parts.map((part, at) => ({ ...part, kind: kinds[at]! }));
}

/** "For immediate release: 1 August 2026". */
function colonAfterNotice(text: string): readonly Segment[] | null {
  const at = fold(text).indexOf(':');
  const word = at > 0 ? releaseWord(text.slice(0, at)) : null;
  if ((word !== 'immediate' && word !== 'label') || !isMoment(text.slice(at + 1))) return null;
  return [
    { from: 0, to: at, kind: word },
    { from: at + 1, to: text.length, kind: 'moment' },
  ];
}

function withLabel(text: string, lead: number): readonly Segment[] {
  const rest = splitReleaseLine(text.slice(lead));
  const label = fold(text.slice(0, lead)).replace(/[\s|:]+$/, '').length;
  return [
    { from: 0, to: label, kind: 'label' },
    ...rest.map(({ from, to, kind }) => ({ from: from + lead, to: to + lead, kind })),
  ];
}

function partsOf(text: string): { readonly from: number; readonly to: number }[] {
  const folded = fold(text);
  const cuts = [...folded.matchAll(SEPARATORS), ...wideSpaces(text)].sort((a, b) => a.index - b.index);
  // 新聞稿 即時發布: one space parts two notices of the head, and nothing else
  if (cuts.length === 0 && displayWidth(text) <= 50) {
    const space = [...folded.matchAll(/\s+/g)].find(
      (match) => releaseWord(text.slice(0, match.index)) !== null && releaseWord(text.slice(match.index)) !== null,
    );
    if (space) cuts.push(space);
  }
  const parts: { from: number; to: number }[] = [];
  let from = 0;
  for (const cut of cuts) {
    if (cut.index > from) parts.push({ from, to: cut.index });
    from = cut.index + cut[0].length;
  }
  if (from < text.length) parts.push({ from, to: text.length });
  return parts;
}

function wideSpaces(text: string): RegExpExecArray[] {
  return [...text.matchAll(/(?<=\S)\u3000(?=\S)/g)];
}

function kindOf(text: string): SegmentKind {
  return releaseWord(text) ?? (isMoment(text) ? 'moment' : 'other');
}

/** Labels before and after the embargo words are parted off; all the rest is the embargo line. */
function embargoSegments(
  text: string,
  parts: readonly { readonly from: number; readonly to: number }[],
  kinds: readonly SegmentKind[],
  first: number,
): readonly Segment[] {
  let begin = first;
  while (begin > 0 && kinds[begin - 1] === 'moment') begin -= 1;
  let end = parts.length;
  while (end > first + 1 && kinds[end - 1] === 'label') end -= 1;
  const outside = parts
    .map((part, at) => ({ ...part, kind: kinds[at]! }))
    .filter((_part, at) => at < begin || at >= end);
  const embargo: Segment = { from: parts[begin]?.from ?? 0, to: parts[end - 1]?.to ?? text.length, kind: 'embargo' };
  return [...outside, embargo].sort((a, b) => a.from - b.from);
}

/** True when a text is nothing but date, time of day, zone and the words between them. */
export function isMoment(text: string): boolean {
  if (text.length > 160) return false;
  const dates = findDates(text);
  const times = findTimes(text);
  if (dates.length + times.length === 0) return false;
  const covered = [...dates, ...times, ...findZones(text)];
  let rest = '';
  for (let at = 0; at < text.length; at += 1) {
    if (!covered.some(({ from, to }) => at >= from && at < to)) rest += text[at];
  }
  const plain = fold(rest).replace(
    /\b(?:at|on|from|until|till|by|date|time|issued|hours?|hrs?|the|of|local)\b|日期|時間|时间|發稿|发稿|發布|发布|[日期於于在至正點点整時时分(週周星)期]|[\s\p{P}\p{S}_]/giu,
    '',
  );
  return plain.length <= 1;
}
