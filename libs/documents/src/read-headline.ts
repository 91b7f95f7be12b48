import type { Head, HeadLine } from './read-head.js';
import type { Confidence } from './claims.js';
import { displayWidth } from './display-width.js';
import { BULLET } from './join-rule.js';
import { joinTexts, needsSpace } from './join-texts.js';
import { endsSentence, type Wrapping } from './measure-wrapping.js';
import { pieceText, type Piece } from './passage.js';
import { endsAsOrganisation, looksOf } from './person-words.js';
import { findUrl } from './section-words.js';
import { gapBetween, type Sheet } from './sheet.js';

/** Headline and subheadlines, with how sure we are where one ends and the other begins. */
export interface Headline {
  readonly text: string;
  readonly subheadlines: readonly string[];
}

/** Chooses headline and subheadlines among the lines of the head; lines of the letterhead are left over. Claims all of them. */
export function readHeadline(sheet: Sheet, head: Head, wrapping: Wrapping): Headline {
  const candidates = withoutLetterhead(sheet, head);
  const first = candidates.find(({ named }) => named === 'headline') ?? byHeading(candidates) ?? candidates[0];
  if (!first) return { text: '', subheadlines: [] };
  const start = candidates.indexOf(first);
  for (const line of candidates.slice(0, start)) leaveOver(sheet, line, 'letterhead');
  const { lines, confidence } = headlineLines(sheet, candidates.slice(start), wrapping);
  const why = first.named ? 'named-headline' : first.row.hint.kind === 'heading' ? 'heading-style' : 'first-line';
  for (const line of lines)
    sheet.claims.take(line.piece, { became: 'headline', confidence: first.named ? 'sure' : confidence, why });
  return {
    text: headlineText(lines),
    subheadlines: takeSubheadlines(sheet, candidates.slice(start + lines.length), wrapping, confidence),
  };
}

/** Lines before the label that name the sender, its address or its site are the letterhead, unless nothing else is there. */
function withoutLetterhead(sheet: Sheet, head: Head): readonly HeadLine[] {
  // the subject of a mail repeats the headline; only without one does it stand for it
  const subjects = head.lines.filter(({ named }) => named === 'subject');
  const others = head.lines.filter((line) => line.named !== 'subject' && !isLetterhead(line));
  if (subjects.length > 0 && others.length > 0) for (const line of subjects) leaveOver(sheet, line, 'mail-subject');
  const lines = others.length > 0 ? head.lines.filter(({ named }) => named !== 'subject') : head.lines;
  const notice = Math.min(head.afterNotice, lines.length);
  const after = lines.slice(notice);
  const before = lines.slice(0, notice);
  const kept = after.filter((line) => !isLetterhead(line));
  if (kept.length === 0) {
    const headings = before.filter((line) => !isLetterhead(line));
    const chosen = headings.length > 0 ? headings : [...before, ...after].slice(0, 1);
    for (const line of [...before, ...after]) if (!chosen.includes(line)) leaveOver(sheet, line, 'letterhead');
    return chosen;
  }
  // a heading that stands above the label is the headline all the same
  const heading = after.some(({ row }) => row.hint.kind === 'heading')
    ? undefined
    : before.find(({ row, piece }) => row.hint.kind === 'heading' && looksOf(pieceText(piece)).organisation === 0);
  for (const line of before) if (line !== heading) leaveOver(sheet, line, 'letterhead');
  const leading = after.findIndex((line) => !isLetterhead(line));
  for (const line of after.slice(0, leading)) leaveOver(sheet, line, 'letterhead');
  return heading ? [heading, ...after.slice(leading)] : after.slice(leading);
}

/** Street and number, postcode, floor: the address of the house. */
const ADDRESS =
  /^\d+[a-z]?[\s,]+\p{Lu}[\p{L}’' ]+\b(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|square|way|drive|court|place|quay|boulevard|terrace|row|wharf)\b|\b[A-Z]{1,2}\d[\dA-Z]?\s\d[A-Z]{2}$|^(?:地址|address)\s*[:：]|^[\p{Script=Han}\d]{2,12}[路街道]\S{0,8}[號号]|[\d一二三四五六七八九十]+[樓楼](?:\S{0,6}室)?$/iu;

function isLetterhead({ row, piece, named }: HeadLine): boolean {
  if (named || row.hint.kind === 'heading') return false;
  const text = pieceText(piece);
  if (/^\W*not\s+for\s+(?:release|distribution|publication)/i.test(text)) return true;
  if (displayWidth(text) > 64) return false;
  if (ADDRESS.test(text)) return true;
  if (/@|(?:\+|\(|\b)\d[\d\s().-]{7,}\d/.test(text) || (findUrl(text) && !/\s/.test(text))) return true;
  if (
    /^(?:photo|picture|image)s?\b|^[^\p{L}]*$|^(?:no\.?|number|ref\.?|第|編號|编号)\s*[\w./-]*\d[\w./-]*\s*[號号期]?$/iu.test(
      text,
    )
  )
    return true;
  const looks = looksOf(text);
  return looks.organisation >= 2 && !SENTENCE.test(text) && isNameLike(text);
}

/** What a headline has and a name has not. */
const SENTENCE =
  /[，：:!！?？《「“"]|\b(?:to|for|with|as|is|are|by|its|his|her|can|will|where|who|how|why|after|from|into|wins?|opens?|launch\w*|announces?|reports?|appoints?|returns?|gets?|joins?|names?|receives?|unveils?|publishes|celebrates?|marks?|begins?|starts?|finds?|shows?)\b/iu;

/** A name alone: no verb that a headline would have. Chinese names of houses stay short; Latin ones are capitalised throughout. */
function isNameLike(text: string): boolean {
  if (/\p{Script=Han}/u.test(text)) {
    return (
      displayWidth(text.replace(/[A-Za-z&.,'\s-]/g, '')) <= 28 &&
      !/[推啟启開开獲获宣舉举將将與与及首成發发公今正獎奖迎]/u.test(text)
    );
  }
  return (
    endsAsOrganisation(text) &&
    text.split(/\s+/).every((word) => /^[\p{Lu}&(|–-]/u.test(word) || /^(?:of|and|for|the|de|in)$/.test(word)) &&
    displayWidth(text) <= 48
  );
}

function leaveOver(sheet: Sheet, line: HeadLine, why: string): void {
  sheet.claims.take(line.piece, { became: 'leftover', confidence: 'likely', why });
}

function byHeading(lines: readonly HeadLine[]): HeadLine | undefined {
  const levels = lines.filter(({ row }) => row.hint.kind === 'heading').map(({ row }) => row.hint.level ?? 6);
  return levels.length === 0
    ? undefined
    : lines.find(({ row }) => row.hint.kind === 'heading' && row.hint.level === Math.min(...levels));
}

/** The lines of the headline: the first, and those that go on with it. */
function headlineLines(
  sheet: Sheet,
  lines: readonly HeadLine[],
  wrapping: Wrapping,
): { readonly lines: readonly HeadLine[]; readonly confidence: Confidence } {
  const taken = [lines[0]!];
  let confidence: Confidence = lines.length === 1 ? 'sure' : 'likely';
  for (const next of lines.slice(1)) {
    const verdict = goesOn(sheet, taken, next, lines, wrapping);
    if (verdict === 'guess-yes' || verdict === 'guess-no') confidence = 'guess';
    if (verdict === 'no' || verdict === 'guess-no') break;
    taken.push(next);
  }
  return { lines: taken, confidence };
}

type Verdict = 'yes' | 'no' | 'guess-yes' | 'guess-no';

const OPEN_END =
  /(?:[,、，/&:：–—-]|\b(?:and|or|of|the|to|for|in|on|with|as|at|by|from|into|a|an|its|their|than|after|over|can|will|who|that|where|when|is|are|has|have)|[及與与和的為为於于將将至或並并在以])$/iu;
const OPEN_START =
  /^(?:[a-zà-ÿ&,、，）」』]|(?:AND|OF|TO|FOR|IN|ON|WITH|AS|AT|BY|FROM|INTO|AFTER|And|Of|To|For|In|With|From|Into|After)\s|[及與与和的之等或並并]\p{Script=Han})/u;

function goesOn(
  sheet: Sheet,
  taken: readonly HeadLine[],
  next: HeadLine,
  all: readonly HeadLine[],
  wrapping: Wrapping,
): Verdict {
  const last = taken[taken.length - 1]!;
  const before = pieceText(last.piece);
  const after = pieceText(next.piece);
  if (next.named || next.row.hint.kind !== last.row.hint.kind) return 'no';
  if (next.row.hint.kind !== 'line' && next.row.hint.block === last.row.hint.block) return 'yes';
  if (next.row.hint.kind === 'heading') return 'no';
  if (BULLET.test(after) || /^(?:——|—|–|-|~|～|〔|\(|（)/u.test(after) || taken.length >= 5) return 'no';
  if (isCapitals(before) !== isCapitals(after)) return 'no';
  if (OPEN_END.test(before) || OPEN_START.test(after) || cutsWord(before, after)) return 'yes';
  const gap = gapBetween(sheet, last.row.index, next.row.index);
  if (gap.blanks > wrapping.lineGap) return 'no';
  if (next.row.hint.kind !== 'line' && next.row.hint.block !== last.row.hint.block) return 'no';
  if (endsSentence(before)) return 'guess-no';
  return byLengths(sheet, before, after, all, wrapping);
}

/** Lines set equally close: a group that a gap parts from the next lines belongs together; without gaps the lengths decide. */
function byLengths(sheet: Sheet, before: string, after: string, all: readonly HeadLine[], wrapping: Wrapping): Verdict {
  const gaps = all.slice(1).map((line, at) => gapBetween(sheet, all[at]!.row.index, line.row.index).blanks);
  const grouped = gaps.some((gap) => gap > wrapping.lineGap) || all.length === 2;
  const [first, second] = [displayWidth(before), displayWidth(after)];
  const han = /\p{Script=Han}/u.test(before);
  // a line that had room for the next word was ended on purpose
  const word = han ? 2 : displayWidth(/^\S+/.exec(after)?.[0] ?? '') + 1;
  const broken = first + word > Math.max(first, second);
  if (grouped && all.length > 2) return 'guess-yes';
  // in sentence case a line that begins with a capital begins a sentence of its own
  if (!han && /^\p{Lu}/u.test(after) && !isCapitals(after) && !isTitleCase(`${before} ${after}`)) return 'guess-no';
  if (!broken) return han && second <= first * 1.3 ? 'guess-yes' : 'guess-no';
  return first >= (han ? 24 : 36) || second <= first ? 'guess-yes' : 'guess-no';
}

function isCapitals(text: string): boolean {
  return /\p{Lu}{3}/u.test(text) && !/\p{Ll}{2}/u.test(text);
}

function isTitleCase(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => word.length > 3);
  return words.filter((word) => /^[^\p{L}]*\p{Lu}/u.test(word)).length >= words.length * 0.8;
}

/** True when the break falls inside a Chinese word, by the word list of ICU. */
function cutsWord(before: string, after: string): boolean {
  if (!/\p{Script=Han}$/u.test(before) || !/^\p{Script=Han}/u.test(after)) return false;
  const head = before.slice(-8);
  const joined = head + after.slice(0, 8);
  const segments = new Intl.Segmenter('zh', { granularity: 'word' }).segment(joined);
  const at = segments.containing(head.length);
  return at !== undefined && at.index < head.length && at.segment.length <= 4;
}

/** Two balanced Chinese lines are a couplet and keep a space between them; a wrapped line does not. */
function headlineText(lines: readonly HeadLine[]): string {
  let text = '';
  for (const { piece } of lines) {
    const next = pieceText(piece)
      .replace(/[^\S\u3000]+/g, ' ')
      .trim();
    const couplet = text !== '' && !needsSpace(text, next) && isCouplet(text, next) && lines.length === 2;
    text = couplet ? `${text} ${next}` : joinTexts([text, next]);
  }
  return text;
}

function isCouplet(before: string, after: string): boolean {
  if (OPEN_END.test(before) || OPEN_START.test(after) || cutsWord(before, after) || endsSentence(before)) return false;
  const [first, second] = [displayWidth(before), displayWidth(after)];
  return second >= first * 0.7;
}

function takeSubheadlines(
  sheet: Sheet,
  lines: readonly HeadLine[],
  wrapping: Wrapping,
  confidence: Confidence,
): readonly string[] {
  const groups: HeadLine[][] = [];
  for (const line of lines) {
    const last = groups.at(-1)?.at(-1);
    const joins = last && continuesSubheadline(sheet, last, line, wrapping);
    if (joins) groups[groups.length - 1]!.push(line);
    else groups.push([line]);
  }
  return groups.map((group) => {
    const pieces = group.map(({ piece }) => withoutBullet(sheet, piece));
    for (const piece of pieces) sheet.claims.take(piece, { became: 'subheadline', confidence, why: 'below-headline' });
    return joinTexts(pieces.map(pieceText));
  });
}

function continuesSubheadline(sheet: Sheet, last: HeadLine, line: HeadLine, wrapping: Wrapping): boolean {
  const before = pieceText(last.piece);
  const after = pieceText(line.piece);
  if (line.named || BULLET.test(after) || endsSentence(before) || line.row.hint.kind !== last.row.hint.kind)
    return false;
  const gap = gapBetween(sheet, last.row.index, line.row.index).blanks;
  if (gap > wrapping.lineGap || (line.row.hint.kind !== 'line' && line.row.hint.block !== last.row.hint.block))
    return false;
  return OPEN_END.test(before) || OPEN_START.test(after) || cutsWord(before, after) || displayWidth(before) >= 60;
}

function withoutBullet(sheet: Sheet, piece: Piece): Piece {
  const bullet = BULLET.exec(pieceText(piece))?.[0].length ?? 0;
  if (bullet === 0) return piece;
  sheet.claims.take(
    { ...piece, to: piece.from + bullet },
    { became: 'subheadline', confidence: 'sure', why: 'bullet', signpost: true },
  );
  return { ...piece, from: piece.from + bullet };
}
