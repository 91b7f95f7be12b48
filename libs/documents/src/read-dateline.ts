import { findDates, type FoundDate } from './calendar-date.js';
import type { Confidence } from './claims.js';
import type { DatelineNode } from './document.js';
import { matchDateline } from './dateline.js';
import { settleDate } from './embargo-moment.js';
import type { Block } from './join-lines.js';
import { joinTexts } from './join-texts.js';
import { pieceText, trimPiece, wholeOf, type Piece } from './passage.js';
import { knownPlace, type Market } from './places.js';
import { looksOf } from './person-words.js';
import type { Head } from './read-head.js';
import type { Sheet } from './sheet.js';

export interface DatelineReading {
  readonly node: DatelineNode;
  /** Where the first paragraph goes on behind it. */
  readonly rest: number;
}

interface Found {
  readonly place: string;
  readonly date: FoundDate | null;
  /** What stood there, in one piece or two. */
  readonly pieces: readonly Piece[];
  readonly confidence: Confidence;
  readonly why: string;
}

/**
 * Reads the dateline at the start of the first paragraph, or puts it together from a place and a date that stand apart;
 * for official releases that date only their end, from there. Place and date stay empty when nothing names them.
 */
export function readDateline(
  sheet: Sheet,
  head: Head,
  first: Block | undefined,
  closing: readonly Block[],
): DatelineReading {
  const own = first ? leadingDateline(sheet, first) : null;
  const found = complete(own, head) ?? fromClosing(sheet, closing);
  const rest = own?.rest ?? 0;
  leaveOtherDates(sheet, head, found);
  if (!found) return { node: datelineNode('', null, ''), rest };
  for (const piece of found.pieces)
    sheet.claims.take(piece, { became: 'dateline', confidence: found.confidence, why: found.why });
  return { node: nodeOf(sheet, found), rest };
}

/** "Holme Harbour Trust, 2 December 2026" names a house, not a place. */
function isPlace(text: string): boolean {
  const looks = looksOf(text);
  return knownPlace(text) !== null || (looks.organisation < 2 && looks.person < 3);
}

/** The dateline a paragraph begins with; the dash behind it is claimed on the way. */
function leadingDateline(sheet: Sheet, { passage, rows }: Block): (Found & { readonly rest: number }) | null {
  if (['cell', 'caption', 'picture', 'heading'].includes(rows[0]!.hint.kind)) return null;
  const match = matchDateline(passage.text);
  if (!match || match.rest >= passage.text.length) return null;
  const dash: Piece = { passage, from: match.to, to: match.rest };
  sheet.claims.take(dash, { became: 'dateline', confidence: 'sure', why: 'dateline-dash', signpost: true });
  const pieces = [{ passage, from: match.from, to: match.to }];
  return {
    place: match.place,
    date: match.date,
    pieces,
    confidence: match.confidence,
    why: 'begins-text',
    rest: match.rest,
  };
}

/** What leads the text, completed by the dates and places above it. */
function complete(own: Found | null, head: Head): Found | null {
  const above = head.dates.map(({ piece, match }): Found => ({
    place: match && isPlace(match.place) ? match.place : '',
    date: match?.date ?? findDates(pieceText(piece))[0] ?? null,
    pieces: [piece],
    confidence: match && match.place !== '' && match.date ? 'sure' : 'likely',
    why: 'own-line',
  }));
  const both =
    [own, ...above].find((found) => found && found.place !== '' && found.date?.year) ??
    [own, ...above].find((found) => found && found.place !== '' && found.date);
  if (both) return both;
  const place = [own, ...above].find((found) => found && found.place !== '');
  const date = [own, ...above].find((found) => found?.date);
  if (!place || !date) return place ?? date ?? null;
  return {
    place: place.place,
    date: date.date,
    pieces: [...place.pieces, ...date.pieces],
    confidence: 'likely',
    why: 'place-and-date-apart',
  };
}

/** Official releases carry their date below the text: Ends/…, 完 and the date, Issued at HKT …. */
function fromClosing(sheet: Sheet, closing: readonly Block[]): Found | null {
  const block = closing.find(({ passage }) => findDates(passage.text.slice(0, 200)).some(({ year }) => year !== null));
  if (!block) return null;
  const date = findDates(block.passage.text.slice(0, 200))[0]!;
  const text = closing.map(({ passage }) => passage.text).join(' ');
  const hongKong = /HKT|香港時間|香港时间/.test(text);
  if (hongKong) sheet.warnings.add('place-from-zone');
  const whole = trimPiece(wholeOf(block.passage));
  const isEnd = block.rows[0]!.cue?.kind === 'end-mark';
  sheet.warnings.add('date-from-end');
  return {
    place: hongKong ? (sheet.language === 'en' ? 'Hong Kong' : '香港') : '',
    date,
    // the end mark keeps its own words; a line of its own is the dateline's
    pieces: isEnd ? [] : [whole],
    confidence: 'guess',
    why: 'date-from-end',
  };
}

function leaveOtherDates(sheet: Sheet, head: Head, found: Found | null): void {
  for (const { piece } of head.dates) {
    if (found?.pieces.includes(piece)) continue;
    const date = findDates(pieceText(piece))[0];
    const differs = date && found?.date && (date.month !== found.date.month || date.day !== found.date.day);
    if (differs) sheet.warnings.add('dates-differ');
    sheet.claims.take(piece, { became: 'leftover', confidence: 'sure', why: 'date-again' });
  }
}

function nodeOf(sheet: Sheet, found: Found): DatelineNode {
  const warnings: string[] = [];
  const market: Market | null = sheet.market ?? knownPlace(found.place)?.market ?? null;
  const date = found.date && settleDate(found.date, { market, year: yearOf(sheet) }, warnings);
  for (const warning of warnings) sheet.warnings.add(warning);
  const texts = found.pieces.map(pieceText);
  const parted = texts.length > 1 ? together(sheet, texts[0]!, texts[1]!) : joinTexts(texts);
  return datelineNode(found.place, date, parted === '' && date ? composed(sheet, found.place, date) : parted);
}

/** Place and date that stood apart, the date inside the brackets of the place when it has any. */
function together(sheet: Sheet, place: string, date: string): string {
  const comma = sheet.language === 'en' ? ', ' : '，';
  const bracket = /[)）\]】]$/u.exec(place)?.[0] ?? '';
  return bracket === '' ? `${place}${comma}${date}` : `${place.slice(0, -1)}${comma}${date}${bracket}`;
}

/** A date that only the end mark tells is written out once more, in the order of the language. */
function composed(sheet: Sheet, place: string, date: string): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  if (sheet.language !== 'en') return `${place === '' ? '' : `${place}，`}${year}年${month}月${day}日`;
  const name = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(
    new Date(Date.UTC(year, month - 1, 1)),
  );
  return `${place === '' ? '' : `${place}, `}${day} ${name} ${year}`;
}

function datelineNode(place: string, date: string | null, text: string): DatelineNode {
  return { type: 'dateline', attrs: { place, date, text } };
}

/** The year that the dates of the head and foot agree on, for dates that give none. */
export function yearOf(sheet: Sheet): number | null {
  const rows = sheet.rows.filter(({ state }) => state === 'text');
  const edge = [...rows.slice(0, 20), ...rows.slice(-20)];
  const years = new Set(
    edge.flatMap(({ text }) => findDates(text.slice(0, 300)).flatMap(({ year }) => (year === null ? [] : [year]))),
  );
  return years.size === 1 ? [...years][0]! : null;
}
