import { looksOf, splitTitleAndName } from './person-words.js';
import { trimPiece, type Piece } from './passage.js';
import { fold } from './fold.js';

export type ContactTokenKind = 'organisation' | 'name' | 'role' | 'desk' | 'phone' | 'email' | 'note' | 'signpost';

/** A stretch of a contact line and what it is; signposts are labels and the words between. */
export interface ContactToken {
  readonly kind: ContactTokenKind;
  readonly piece: Piece;
  readonly text: string;
  /** "… of Quayside Communications": it also names the house of those who stand before it on the line. */
  readonly backwards?: boolean;
}

/** Names of organisations that the rest of the release gives away ("About X", the letterhead). */
export type KnownOrganisations = (text: string) => boolean;

const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu;
const URL = /(?:https?:\/\/|www\.)[^\s,，;；、()（）<>]+/giu;
/** Groups of digits with single marks between; a bracket holds digits only, so that "(24 hours)" is no part of a number. */
const PHONE =
  /(?<![A-Za-z\d@./-])\+?(?:\(\+?\d{1,4}\)|\d)(?:[ \u00a0.\-–‑]{0,3}(?:\(\d{1,4}\)|\d)){5,14}(?:\s*(?:ext\.?|extension|x|分機|分机|轉|转|內線|#)\s*:?\s*\d{1,6}(?:\s*[/、]\s*\d{1,6}(?!\d))?)?(?![\d@])/giu;

/** Labels in front of a value. A fax or messenger number is no phone number to ring: it goes to the note, label and all. */
const LABELS: readonly { readonly kind: ContactTokenKind; readonly words: RegExp }[] = [
  {
    kind: 'note',
    words:
      /(?:傳真|传真|fax|f|whats\s?app|wechat|微信|line(?: id)?|telegram|signal|twitter|skype|地址|address|辦公時間|办公时间|服務時間|office hours|hours)\s*[:.]\s*$/iu,
  },
  {
    kind: 'email',
    words:
      /(?:電\s*郵|电\s*邮|邮\s*箱|郵\s*箱|電子郵件|电子邮件|電子信箱|電子郵箱|信箱|e-?\s?mails?|mail|e)\s*(?:地址|address)?\s*(?:[:.至]|\s)\s*$/iu,
  },
  {
    kind: 'phone',
    words:
      /(?:電\s*話|电\s*话|直\s*線|直线|專線|热线|熱線|手\s*機|手\s*机|手提(?:電話)?|行動電話|流動電話|辦公室|聯絡電話|联系电话|tel(?:ephone)?s?|phone|mobile|mob|cell|office|direct(?: line)?|landline|m|t|p|o|d|h)\s*(?:號碼|号码|no\.?|number|\(mobile\)|\(office\))?\s*(?:[:.]|\s)\s*$/iu,
  },
];

const NAMED: readonly { readonly kind: ContactTokenKind; readonly words: RegExp }[] = [
  {
    kind: 'name',
    words:
      /^\s*(?:(?:新聞|新闻|媒體|媒体|傳媒|传媒)?(?:聯絡|聯繫|联系|联络)人|姓名|發言人|name|contact(?: person| name)?|media contact|press contact|spokesperson)\s*:\s*/iu,
  },
  {
    kind: 'organisation',
    words: /^\s*(?:機構|机构|單位|单位|公司|organi[sz]ation|company|agency|代理公關|公關公司)(?:名稱|名称)?\s*:\s*/iu,
  },
  { kind: 'role', words: /^\s*(?:職位|职位|職稱|职称|職務|职务|職銜|title|position|role)\s*:\s*/iu },
];

const DESK =
  /(?:\b(?:press|media|news)\s*(?:office|desk|team|line|room)\b|hotline|duty|out of hours|24[- ]hours?|熱線|热线|值班|新聞組|新闻组|新聞室|媒體服務|記者專線)/iu;

const FILLER =
  /^(?:for|any|all|further|more|additional|information|press|media|enquir(?:y|ies)|inquir(?:y|ies)|queries|interviews?|requests?|or|and|to|arrange|an?|please|contact|call|phone|ring|e-?mail|on|at|via|by|the|tel|telephone|mobile|with|of|from|reach|get|in|touch|us|our|either|details|如有|如欲|查詢|查询|請|请|與|与|聯絡|联络|聯繫|联系|聯系|致電|致电|電郵|电邮|電郵至|或|及|和|傳媒|传媒|媒體|媒体|新聞|記者|洽|垂詢|洽詢|歡迎|向|至|電話|电话|進一步|詳情|以下|人士|採訪|采访|安排|可|發送|:|：)+$/iu;

/** Reads one contact line into tokens, in order; together they cover every visible character. */
export function contactTokens(line: Piece, isKnown: KnownOrganisations): readonly ContactToken[] {
  const text = line.passage.text.slice(line.from, line.to);
  const values = valuesIn(text);
  const tokens: ContactToken[] = [];
  let at = 0;
  for (const value of values) {
    const label = labelBefore(text.slice(at, value.from), value.kind);
    tokens.push(...words(line, at, value.from - label.length, isKnown));
    if (label.length > 0 && label.kind !== 'note')
      tokens.push(token('signpost', line, value.from - label.length, value.from));
    const from = label.kind === 'note' ? value.from - label.length : value.from;
    tokens.push(token(label.kind === 'note' ? 'note' : value.kind, line, from, value.to));
    at = value.to;
  }
  tokens.push(...words(line, at, text.length, isKnown));
  return tokens.filter(({ text: each }) => each !== '');
}

interface Value {
  readonly from: number;
  readonly to: number;
  readonly kind: 'email' | 'phone' | 'note';
}

function valuesIn(text: string): Value[] {
  const found: Value[] = [];
  for (const match of text.matchAll(EMAIL))
    found.push({ from: match.index, to: match.index + match[0].length, kind: 'email' });
  for (const match of text.matchAll(URL))
    found.push({ from: match.index, to: match.index + match[0].length, kind: 'note' });
  for (const match of fold(text).matchAll(PHONE)) {
    const phone = match[0].trim();
    if (isDateLike(phone)) continue;
    const from = match.index + match[0].indexOf(phone);
    if (!found.some((other) => from < other.to && other.from < from + phone.length))
      found.push({ from, to: from + phone.length, kind: 'phone' });
  }
  return found.sort((a, b) => a.from - b.from);
}

function isDateLike(text: string): boolean {
  return /^(?:19|20)\d{2}[-./](?:0?\d|1[0-2])[-./]\d{1,2}$|^(?:19|20)\d{2}\s*[-–]\s*(?:19|20)\d{2}$/.test(text);
}

function labelBefore(
  before: string,
  kind: Value['kind'],
): { readonly kind: ContactTokenKind | null; readonly length: number } {
  const folded = fold(before);
  for (const label of LABELS) {
    if (label.kind !== 'note' && label.kind !== kind) continue;
    const match = label.words.exec(folded);
    if (match && !/[A-Za-z]$/.test(folded.slice(0, match.index))) return { kind: label.kind, length: match[0].length };
  }
  return { kind: null, length: 0 };
}

/** The words between values: split at commas, strokes and wide spaces, then judged piece by piece. */
function words(line: Piece, from: number, to: number, isKnown: KnownOrganisations): ContactToken[] {
  const text = line.passage.text.slice(line.from + from, line.from + to);
  const named = NAMED.find(({ words: label }) => label.test(fold(text)));
  const label = named?.words.exec(fold(text))?.[0].length ?? 0;
  const tokens: ContactToken[] = label > 0 ? [token('signpost', line, from, from + label)] : [];
  let forced = named && named.kind !== 'name' ? named.kind : null;
  for (const part of splitWords(text)) {
    if (part.to <= label) continue;
    const start = Math.max(part.from, label);
    if (forced && !part.separator) {
      tokens.push(token(forced, line, from + start, from + part.to));
      forced = null;
      continue;
    }
    const piece = { from: from + start, to: from + part.to };
    if (part.separator) tokens.push(token('signpost', line, piece.from, piece.to));
    else tokens.push(...judge(line, piece.from, piece.to, isKnown));
  }
  return tokens;
}

const CUT =
  /\s*[,，、;；|｜／·•()（）\[\]【】]\s*|[:：︰]\s+(?=\S)|(?<=\p{Script=Han})[:：︰](?=\S)|\s*\/\s*|\s+[-–—]\s+|\s+at\s+|\u3000+|\s{2,}|\s*(?:——|—)\s*|(?:[,，]?\s*\b(?:or|on|via|please contact|please call|contact)\b\s*)|(?<=\p{Script=Han})\s+(?=\p{Script=Han})|(?<=\p{Script=Han})(?:請致電|請與|致電|請聯絡|聯絡|電郵至|與(?=\p{Script=Han}{2,8}(?:聯絡|聯繫)))/giu;

function splitWords(text: string): { readonly from: number; readonly to: number; readonly separator: boolean }[] {
  const parts: { from: number; to: number; separator: boolean }[] = [];
  let at = 0;
  for (const cut of text.matchAll(CUT)) {
    if (cut.index > at) parts.push({ from: at, to: cut.index, separator: false });
    parts.push({ from: cut.index, to: cut.index + cut[0].length, separator: true });
    at = cut.index + cut[0].length;
  }
  if (at < text.length) parts.push({ from: at, to: text.length, separator: false });
  return parts;
}

function judge(line: Piece, from: number, to: number, isKnown: KnownOrganisations): ContactToken[] {
  const text = line.passage.text.slice(line.from + from, line.from + to);
  const plain = text.trim();
  if (/^[\s\p{P}\p{S}]*$/u.test(plain) || FILLER.test(plain.replace(/[\s:：,，.。]+/gu, '')))
    return [token('signpost', line, from, to)];
  const han =
    /^\s*(?:請|请)?(?:致電|致电|聯絡|联络|聯繫|联系|洽|[與与向找])\s*(?=\p{Script=Han}{3,})|(?<=\p{Script=Han}{2})\s*(?:聯絡|联络|聯繫|联系|查詢|查询|接洽)\s*$/u.exec(
      text,
    );
  if (han) {
    const [start, end] = han.index === 0 ? [han[0].length, text.length] : [0, han.index];
    const rest = judge(line, from + start, from + end, isKnown);
    const marked = token(
      'signpost',
      line,
      from + (han.index === 0 ? 0 : end),
      from + (han.index === 0 ? start : text.length),
    );
    return han.index === 0 ? [marked, ...rest] : [...rest, marked];
  }
  const of = /^\s*(?:of|from|at|for)\s+(?=\p{Lu})/u.exec(text);
  if (of) {
    const end = to - (text.length - text.replace(/[.。]?\s*$/, '').length);
    return [
      token('signpost', line, from, from + of[0].length),
      { ...token('organisation', line, from + of[0].length, end), backwards: true },
      token('signpost', line, end, to),
    ];
  }
  const colon = /[:：︰]\s*$/u.exec(text);
  const end = colon ? to - colon[0].length : to;
  const split = splitRole(line, from, end, isKnown);
  const tokens = split ?? [token(kindOf(plain.replace(/[:：︰]\s*$/u, ''), isKnown), line, from, end)];
  return colon ? [...tokens, token('signpost', line, end, to)] : tokens;
}

/** 新聞主任馮曉澄小姐: role and name without anything between. */
function splitRole(line: Piece, from: number, to: number, isKnown: KnownOrganisations): ContactToken[] | null {
  const text = line.passage.text.slice(line.from + from, line.from + to);
  const split = /\p{Script=Han}/u.test(text) && !isKnown(text) ? splitTitleAndName(text) : null;
  if (!split || split.title === '' || looksOf(split.name).person < 2) return null;
  const at = text.lastIndexOf(split.name);
  const title = looksOf(split.title);
  return [
    token(title.organisation > title.role ? 'organisation' : 'role', line, from, from + at),
    token('name', line, from + at, to),
  ];
}

function kindOf(text: string, isKnown: KnownOrganisations): ContactTokenKind {
  if (isKnown(text)) return 'organisation';
  const looks = looksOf(text);
  if (DESK.test(text) && looks.person < 3) return 'desk';
  const best = Math.max(looks.organisation, looks.person, looks.role);
  if (best === 0) return 'note';
  // 某某大學公共關係部 is where somebody works; 企業傳訊部 is what somebody does there
  const house = looks.organisation >= 3 && (text.match(/\p{Script=Han}/gu)?.length ?? 0) > 6;
  if (looks.role === best && looks.person < 3 && !house) return 'role';
  if (looks.person > looks.organisation) return 'name';
  return 'organisation';
}

function token(kind: ContactTokenKind, line: Piece, from: number, to: number): ContactToken {
  const piece = trimPiece({ passage: line.passage, from: line.from + from, to: line.from + to });
  return { kind, piece, text: cleanText(kind, piece.passage.text.slice(piece.from, piece.to)) };
}

/** White space tidied, and without the full stop that ends the sentence and not the name. */
function cleanText(kind: ContactTokenKind, text: string): string {
  const plain = text.replace(/\s+/g, ' ');
  return ['organisation', 'name', 'role', 'desk'].includes(kind)
    ? plain.replace(/(?<!\b(?:Ltd|Inc|Co|Corp|Jr|Sr))[.。]$/u, '')
    : plain;
}
