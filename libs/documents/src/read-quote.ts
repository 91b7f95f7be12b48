import { captured } from './captured.js';
import { isHanName, splitTitleAndName } from './person-words.js';

/** Who says a quotation, as far as the text tells. */
export interface Attribution {
  readonly speaker: string | null;
  readonly title: string | null;
}

export interface QuoteReading extends Attribution {
  /** The quotation is not closed: the next paragraph goes on with it. */
  readonly open: boolean;
}

const PAIRS: readonly (readonly [string, string])[] = [
  ['「', '」'],
  ['『', '』'],
  ['“', '”'],
  ['"', '"'],
  ['＂', '＂'],
  ['‘', '’'],
];
/** A name or a slogan in quotation marks is no quotation. */
const SHORTEST_QUOTE = 12;
const SHARE = 0.5;
const SHARE_AT_END = 0.3;

const SAYS_ZH =
  /(?:表示|指出|說道|说道|說|说|稱|称|強調|强调|補充|补充|認為|认为|續稱|续称|解釋|解释|提到|透露|談到|谈到|回應|回应|總結|总结|介紹|介绍|直言|坦言|相信|形容|感謝|感谢|讚揚|道|指|曰)\s*(?:[:：︰，,]|$)/u;
const SAYS_EN =
  /\b(?:said|says|added|adds|commented|comments|explained|explains|noted|notes|stated|states|continued|concluded|remarked|told|according to|welcomed|emphasi[sz]ed|stressed|recalled)\b/i;

/** Reads a paragraph that is mostly quotation; null when it is not, or when nobody is named and nothing attributes it. */
export function readQuote(text: string): QuoteReading | null {
  const span = longestQuote(text);
  if (!span) return null;
  const before = text.slice(0, span.from).trim();
  const after = text.slice(span.to).trim();
  const quoted = span.total;
  // "X, director of Y, said: “…”" and nothing else is a quotation however long the introduction
  const closing =
    span.end === text.length && (SAYS_ZH.test(before) || SAYS_EN.test(before)) && attributionBefore(before) !== null;
  // “…,” said X, director of Y. and nothing else likewise
  const opening =
    span.from === 0 &&
    span.end === span.to &&
    !/[.。]\s*\S/u.test(after.replace(/\b(?:Dr|Prof|Mr|Mrs|Ms|St)\./g, '')) &&
    attributionAfter(after) !== null;
  if (quoted < SHORTEST_QUOTE || quoted < text.length * (closing || opening ? SHARE_AT_END : SHARE)) return null;
  const attribution =
    attributionBefore(before) ?? attributionAfter(after) ?? attributionInside(text.slice(span.to, span.end));
  const says =
    SAYS_ZH.test(before) ||
    SAYS_EN.test(before) ||
    SAYS_EN.test(after) ||
    /^[^「“"]{0,30}(?:說|说|表示|稱|称|指出|補充)/u.test(after) ||
    /[:：︰]$/.test(before);
  if (!attribution && !says && !(span.open && before === '') && !(before === '' && after === '')) return null;
  return { speaker: attribution?.speaker ?? null, title: attribution?.title ?? null, open: span.open };
}

/** A line that only announces a quotation: "Jane Doe, Chief Executive, said:" */
export function readIntroduction(text: string): Attribution | null {
  if (!/[:：︰]\s*$/u.test(text) || text.length > 200 || !(SAYS_ZH.test(text) || SAYS_EN.test(text))) return null;
  return attributionBefore(text.trim()) ?? { speaker: null, title: null };
}

/** A line under a quotation that names its speaker: ——方以晴博士，總監 or – Jane Doe, Chief Executive. */
export function readAttributionLine(text: string): Attribution | null {
  const match = /^\s*(?:——|—|–|-{1,2}|―|──|~)\s*(?<who>.{2,90})$/u.exec(text);
  if (!match) return null;
  const who = captured(match, 'who').trim();
  const [first = '', ...rest] = who.split(/[,，、|｜]\s*/u);
  const split = splitTitleAndName(first);
  if (split && rest.length === 0) return { speaker: split.name, title: split.title || null };
  return { speaker: first.trim(), title: rest.join(', ').trim() || null };
}

interface QuoteSpan {
  readonly from: number;
  /** Where the first quoted stretch ends. */
  readonly to: number;
  /** Where the last one ends. */
  readonly end: number;
  /** Quoted characters of all stretches. */
  readonly total: number;
  readonly open: boolean;
}

/** The stretches between the quotation marks that the paragraph uses first; marks inside them belong to their text. */
function longestQuote(text: string): QuoteSpan | null {
  const [open, close] = PAIRS.map((pair) => [pair, text.indexOf(pair[0])] as const)
    .filter(([, at]) => at >= 0)
    .sort((a, b) => a[1] - b[1])
    .find(([[mark], at]) => mark !== '‘' || at < 3)?.[0] ?? [null, null];
  if (!open || !close) return null;
  const stretches: { from: number; to: number; closed: boolean }[] = [];
  let at = text.indexOf(open);
  while (at >= 0) {
    const end = text.indexOf(close, at + 1);
    stretches.push({ from: at, to: end < 0 ? text.length : end + 1, closed: end >= 0 });
    at = end < 0 ? -1 : text.indexOf(open, end + 1);
  }
  const spoken = stretches.filter((stretch) => stretch.to - stretch.from >= SHORTEST_QUOTE);
  const first = spoken[0];
  if (!first) return null;
  const total = spoken.reduce((sum, stretch) => sum + stretch.to - stretch.from, 0);
  return {
    from: first.from,
    to: first.to,
    end: spoken[spoken.length - 1]!.to,
    total,
    open: !spoken[spoken.length - 1]!.closed,
  };
}

/** …主席陳細明表示：「 or Jane Doe, Chief Executive of Acme, said: “ */
function attributionBefore(before: string): Attribution | null {
  if (before === '') return null;
  if (/\p{Script=Han}/u.test(before)) return chineseBefore(before);
  const clause = before
    .replace(/[:,]\s*$/, '')
    .replace(
      /\b(?:said|says|added|adds|commented|comments|explained|explains|noted|stated|continued|concluded|told\s.*)\s*(?:\w+ly)?$/i,
      '',
    )
    .replace(/^(?:commenting|speaking|welcoming|announcing)\b[^,]*,\s*/i, '');
  return englishWho(clause.replace(/,\s*$/, ''));
}

function chineseBefore(before: string): Attribution | null {
  const clauses = before.replace(/\s*[:：︰，,]?\s*$/u, '').split(/[。！？；]/u);
  const clause = clauses[clauses.length - 1]!;
  if (!SAYS_ZH.test(`${clause}：`)) return null;
  const subject = clause.replace(
    /(?:今[日天]|昨[日天]|亦|也|並|并|在[^，,]{2,20}(?:上|中|時|时)|[進进]一步|同時|同时|特別|特别|續|续|再|其後|則|则)*(?:表示|指出|說道|说道|說|说|稱|称|強調|强调|補充|补充|認為|认为|續稱|解釋|解释|提到|透露|談到|谈到|回應|回应|總結|总结|介紹|介绍|直言|坦言|道|指|曰)(?:道|說|说)?$/u,
    '',
  );
  const last =
    subject
      .split(/[，,、]/u)
      .filter((part) => part.trim() !== '')
      .at(-1)
      ?.trim() ?? '';
  const split = splitTitleAndName(last);
  if (split) return { speaker: split.name, title: split.title || null };
  return isHanName(last) || /^[A-Z][\w.’' -]{2,40}$/.test(last) ? { speaker: last, title: null } : null;
}

/** …”, said Jane Doe, Chief Executive of Acme. / 」陳先生說。 */
function attributionAfter(after: string): Attribution | null {
  if (/\p{Script=Han}/u.test(after.slice(0, 30))) return chineseAfter(after);
  const verbFirst =
    /^[,.]?\s*(?:said|says|added|adds|commented|explained|noted|stated|continued|concluded)\s+(?<who>[^“"]{2,140}?)(?:\.(?:\s|$)|,?\s*(?:who|when|speaking|in)\b|$)/u.exec(
      after,
    );
  if (verbFirst) return englishWho(captured(verbFirst, 'who'));
  const nameFirst =
    /^[,.]?\s*(?<who>(?:the\s+)?\p{Lu}[^“"]{2,120}?),?\s+(?:said|says|added|adds|commented|explained|noted|stated)\b/u.exec(
      after,
    );
  if (nameFirst) return englishWho(captured(nameFirst, 'who'));
  return /^(?:——|—|–|--)/.test(after) ? readAttributionLine(after) : null;
}

function chineseAfter(after: string): Attribution | null {
  const dash = /^\s*(?:——|—|──)\s*/u.test(after) ? readAttributionLine(after.replace(/[。]$/u, '')) : null;
  if (dash) return dash;
  const match =
    /^[，,]?\s*(?<who>[^，。「『“]{2,30}?)(?:今[日天]|亦|也)?(?:表示|指出|說道|说道|說|说|稱|称|強調|强调|補充|补充)/u.exec(
      after,
    );
  if (!match) return null;
  const who = captured(match, 'who');
  const split = splitTitleAndName(who);
  if (split) return { speaker: split.name, title: split.title || null };
  return isHanName(who) ? { speaker: who, title: null } : null;
}

/** Between two stretches: “…,” said Jane Doe, director. “…” */
function attributionInside(between: string): Attribution | null {
  return between.trim() === '' ? null : attributionAfter(between.trim());
}

const NAME_EN =
  /^(?<name>(?:(?:Dr|Prof(?:essor)?|Mr|Mrs|Ms|Miss|Sir|Dame|Lord|Lady|Cllr|Councillor|Rev)\.?\s+)?(?:\p{Lu}[\p{L}.’'-]*)(?:\s+(?:\p{Lu}[\p{L}.’'-]*|de|da|van|von|der|bin|al|el|la)){1,4})$/u;

/** "Jane Doe, Chief Executive of Acme" or "Acme chief executive Jane Doe". */
function englishWho(text: string): Attribution | null {
  const [first = '', ...rest] = text.trim().split(/,\s+/);
  const name = NAME_EN.exec(first)?.groups?.['name'];
  const title = rest
    .join(', ')
    .replace(/[,.]\s*$/, '')
    .trim();
  if (name) return { speaker: name, title: title === '' ? null : title };
  // "the Acting Director of the Bureau, Mr Rupert Tso"
  const second = NAME_EN.exec(title)?.groups?.['name'];
  if (second && rest.length === 1) return { speaker: second, title: first.replace(/^the\s+/i, '') };
  const turned =
    /^(?<title>(?:.{0,80}?[\p{Ll}-]+\s+)?)(?<name>(?:(?:Dr|Prof|Professor|Sir|Dame)\.?\s+)?\p{Lu}[\p{L}’'-]+(?:\s+\p{Lu}[\p{L}.’'-]+){1,3})(?:\s+(?:of|at|from)\s+(?<house>.{2,80}))?$/u.exec(
      first,
    );
  const house = turned?.groups?.['house']?.replace(/^the\s+/i, '');
  const turnedTitle = [turned?.groups?.['title']?.trim().replace(/^the\s+/i, ''), house].filter(Boolean).join(', ');
  return turned?.groups ? { speaker: turned.groups['name']!, title: turnedTitle === '' ? null : turnedTitle } : null;
}
