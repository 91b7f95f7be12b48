import type { TextNode, UrgencyNode } from './document.js';
import { matchDateline, type DatelineMatch } from './dateline.js';
import { headColumns } from './head-columns.js';
import { joinTexts } from './join-texts.js';
import { endsSentence } from './measure-wrapping.js';
import { pieceText, trimPiece, wholeOf, type Piece } from './passage.js';
import { headerField, leadingLabel } from './release-words.js';
import { textRows, type Row, type Sheet } from './sheet.js';
import { isMoment, splitReleaseLine } from './split-release-line.js';
import { takeTopContacts } from './take-top-contacts.js';

/** A line, or part of one, that stands above the text and may be headline or subheadline. */
export interface HeadLine {
  readonly row: Row;
  readonly piece: Piece;
  /** Named by the release itself ("Headline: …", 副題：…). */
  readonly named: 'headline' | 'subheadline' | 'subject' | null;
}

export interface Head {
  readonly labels: readonly Piece[];
  readonly urgency: { readonly kind: UrgencyNode['attrs']['kind']; readonly pieces: readonly Piece[] } | null;
  /** Dates and datelines that stand on a line of their own. */
  readonly dates: readonly { readonly piece: Piece; readonly match: DatelineMatch | null }[];
  readonly lines: readonly HeadLine[];
  /** Rows of contacts printed above the headline, heading included. */
  readonly contacts: readonly Row[];
  /** Index in `lines` where label or urgency had already been read; what stands before is a letterhead. */
  readonly afterNotice: number;
}

interface Reading {
  labels: Piece[];
  immediate: Piece[];
  embargo: Piece[];
  dates: { piece: Piece; match: DatelineMatch | null }[];
  lines: HeadLine[];
  afterNotice: number;
}

/** Sorts the lines above the text: label, urgency or embargo, dates, contacts, and the rest, which holds the headline. */
export function readHead(sheet: Sheet, bodyStart: number | null): Head {
  const above = textRows(sheet).filter((row) => bodyStart === null || row.index < bodyStart);
  const rows = headColumns(sheet, above);
  const contacts = takeTopContacts(sheet, rows, bodyStart !== null);
  const reading: Reading = { labels: [], immediate: [], embargo: [], dates: [], lines: [], afterNotice: 0 };
  for (const row of rows) if (!contacts.includes(row)) readRow(sheet, row, reading);
  const { embargo, immediate } = reading;
  if (embargo.length > 0 && immediate.length > 0) sheet.warnings.add('immediate-and-embargo');
  const urgency =
    embargo.length > 0
      ? { kind: 'embargo' as const, pieces: embargo }
      : { kind: 'immediate' as const, pieces: immediate };
  if (embargo.length > 0) leaveOver(sheet, immediate);
  return { ...reading, urgency: urgency.pieces.length > 0 ? urgency : null, contacts };
}

function leaveOver(sheet: Sheet, pieces: readonly Piece[]): void {
  for (const piece of pieces)
    sheet.claims.take(piece, { became: 'leftover', confidence: 'likely', why: 'second-urgency' });
}

function readRow(sheet: Sheet, row: Row, reading: Reading): void {
  if (row.hint.kind === 'picture' || row.hint.kind === 'caption') {
    return sheet.claims.takeLine(row.index, { became: 'leftover', confidence: 'likely', why: 'picture-in-head' });
  }
  const field = row.hint.kind === 'heading' ? null : headerField(row.text);
  if (field) return readField(sheet, row, field, reading);
  for (const segment of splitReleaseLine(row.text)) {
    const piece = trimPiece({ passage: row.passage, from: segment.from, to: segment.to });
    if (segment.kind === 'label') reading.labels.push(piece);
    else if (segment.kind === 'immediate') reading.immediate.push(piece);
    else if (segment.kind === 'embargo') reading.embargo.push(piece);
    else if (segment.kind === 'embargo-terms') reading.embargo.push(piece);
    else if (segment.kind === 'moment') readMomentPiece(piece, reading);
    else readOther(row, piece, reading);
    if (segment.kind !== 'other' && segment.kind !== 'moment') reading.afterNotice = reading.lines.length;
  }
}

function readField(
  sheet: Sheet,
  row: Row,
  { field, from }: NonNullable<ReturnType<typeof headerField>>,
  reading: Reading,
): void {
  const value = trimPiece({ passage: row.passage, from, to: row.text.length });
  const name: Piece = { passage: row.passage, from: 0, to: from };
  if (field === 'headline' || field === 'subheadline' || field === 'subject') {
    sheet.claims.take(name, {
      became: field === 'subject' ? 'headline' : field,
      confidence: 'sure',
      why: 'field-name',
      signpost: true,
    });
    const lead = leadingLabel(pieceText(value));
    if (lead > 0) reading.labels.push(trimPiece({ ...value, to: value.from + labelEnd(pieceText(value), lead) }));
    reading.lines.push({ row, piece: { ...value, from: value.from + lead }, named: field });
  } else if (field === 'date' || field === 'place') {
    const match = matchDateline(pieceText(value));
    if (field === 'date' && !match && !isMoment(pieceText(value))) return readOther(row, wholeOf(row.passage), reading);
    sheet.claims.take(name, { became: 'dateline', confidence: 'sure', why: 'field-name', signpost: true });
    reading.dates.push({ piece: value, match: field === 'place' ? placeOnly(value) : match });
  } else {
    sheet.claims.take(wholeOf(row.passage), { became: 'leftover', confidence: 'sure', why: `head-${field}` });
  }
}

function placeOnly(piece: Piece): DatelineMatch {
  const place = pieceText(piece);
  return { place, date: null, from: 0, to: place.length, rest: place.length, confidence: 'sure' };
}

/** Where the label's own words end, before the colon or stroke behind them. */
function labelEnd(text: string, lead: number): number {
  return text.slice(0, lead).replace(/[\s|:：｜]+$/u, '').length;
}

/** Date and time under an embargo that names none are the embargo's; otherwise they date the release. */
function readMomentPiece(piece: Piece, reading: Reading): void {
  if (reading.embargo.length > 0 && !reading.embargo.some((line) => isDated(pieceText(line))))
    reading.embargo.push(piece);
  else reading.dates.push({ piece, match: matchDateline(pieceText(piece)) });
}

function isDated(text: string): boolean {
  return /\d{1,2}\s*[日號号]|\d{4}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i.test(text);
}

function readOther(row: Row, piece: Piece, reading: Reading): void {
  const text = pieceText(piece);
  if (text === '') return;
  if (isMoment(text)) return readMomentPiece(piece, reading);
  const match = row.hint.kind === 'heading' ? null : matchDateline(text);
  if (match && match.rest >= text.length && match.date !== null) reading.dates.push({ piece, match });
  else reading.lines.push({ row, piece, named: null });
}

/** The words of one or several head lines as the text of one node. */
export function textNodes(pieces: readonly Piece[]): readonly TextNode[] {
  const text = joinTexts(pieces.map(pieceText));
  return text === '' ? [] : [{ type: 'text', text }];
}

/** Likewise for lines that are sentences of their own: a space parts them in Chinese too. */
export function linesOfText(pieces: readonly Piece[]): readonly TextNode[] {
  let text = '';
  for (const next of pieces.map(pieceText))
    text = endsSentence(text) || /[)）】\]]$/.test(text) ? `${text} ${next}` : joinTexts([text, next]);
  return text === '' ? [] : [{ type: 'text', text: text.replace(/[^\S\u3000]+/g, ' ').trim() }];
}
