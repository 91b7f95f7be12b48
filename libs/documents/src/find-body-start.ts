import { matchDateline } from './dateline.js';
import { isFull } from './join-rule.js';
import { endsSentence, type Wrapping } from './measure-wrapping.js';
import { headerField, leadingLabel, releaseWord } from './release-words.js';
import { gapBetween, textRows, type Row, type Sheet } from './sheet.js';

/** A release says what it is about within its first lines; further down a place and a date are part of the story. */
const SEARCHED_ROWS = 60;
/** So many paragraphs without a dateline, and none is to come. */
const PARAGRAPHS_BEFORE_DATELINE = 3;

/** Index of the row where the text of the release begins; null when there is only a head. */
export function findBodyStart(sheet: Sheet, wrapping: Wrapping): number | null {
  const rows = textRows(sheet).slice(0, SEARCHED_ROWS);
  let candidates = 0;
  let ownLine = false;
  const paragraphs: Row[] = [];
  for (const [at, row] of rows.entries()) {
    const kind = row.cue?.kind;
    if (kind === 'end-mark' || paragraphs.length > PARAGRAPHS_BEFORE_DATELINE) break;
    if (candidates > 0 && (kind === 'about' || kind === 'notes') && row.cue?.strong) break;
    if (isHeadOnly(row) || row.hint.kind === 'picture') continue;
    const next = rows[at + 1];
    const dateline = datelineAt(sheet, wrapping, row, next);
    if (dateline === 'leads' || (dateline === 'leads-undated' && candidates > 0)) return row.index;
    if (dateline === 'alone') {
      ownLine = true;
      continue;
    }
    const paragraph = isParagraph(sheet, wrapping, row, next);
    // without a headline above it only a long sentence is text; a short one is the headline
    if (!paragraph || (candidates === 0 && !(row.width >= 120 && endsSentence(row.text)))) {
      if (!['contacts', 'links', 'issued'].includes(kind ?? '')) candidates += 1;
      continue;
    }
    if (ownLine) return row.index;
    paragraphs.push(row);
  }
  return paragraphs[0]?.index ?? secondLine(rows) ?? firstSection(rows);
}

/** Nothing that reads like text: what is announced below the headline still has its sections. */
function firstSection(rows: readonly Row[]): number | null {
  const headline = rows.findIndex((row) => row.cue === null && !isHeadOnly(row) && row.hint.kind !== 'picture');
  const announced = rows
    .slice(headline + 1)
    .find((row) => ['end-mark', 'contacts', 'about', 'notes'].includes(row.cue?.kind ?? ''));
  return headline < 0 ? null : (announced?.index ?? null);
}

function isHeadOnly(row: Row): boolean {
  if (releaseWord(row.text) !== null || row.cue?.kind === 'contacts') return true;
  return headerField(row.text) !== null && row.width <= 120 && row.hint.kind !== 'heading';
}

function datelineAt(
  sheet: Sheet,
  wrapping: Wrapping,
  row: Row,
  next: Row | undefined,
): 'leads' | 'leads-undated' | 'alone' | null {
  if (['heading', 'cell', 'caption'].includes(row.hint.kind) || leadingLabel(row.text) > 0) return null;
  const match = matchDateline(row.text);
  if (match && match.rest >= row.text.length) return 'alone';
  if (match) return match.date ? 'leads' : 'leads-undated';
  // "SAN FRANCISCO, California, December" / "2, 2026 – …": the dateline itself is wrapped
  if (!next || row.hint.kind !== 'line' || !isFull(row, next, wrapping) || row.width > 110) return null;
  const joined = matchDateline(`${row.text} ${next.text}`);
  return joined && joined.date !== null && joined.to > row.text.length && joined.confidence === 'sure' ? 'leads' : null;
}

/** Reads like a paragraph: wide and a whole sentence, or a full line that goes on in the next. */
function isParagraph(sheet: Sheet, wrapping: Wrapping, row: Row, next: Row | undefined): boolean {
  if (row.cue !== null || row.hint.kind === 'heading' || row.hint.kind === 'cell' || row.hint.kind === 'caption')
    return false;
  if (row.hint.kind === 'item') return false;
  if (endsSentence(row.text)) return row.width >= 56 || (row.hint.kind !== 'line' && row.width >= 44);
  if (row.hint.kind !== 'line') return row.width >= 150;
  if (row.width >= 170) return true;
  if (!next || row.width < 50 || next.cue !== null) return false;
  const gap = gapBetween(sheet, row.index, next.index);
  // too few lines to tell a column from, but a clause that goes on in the next line
  const clause = row.width >= 60 && /[，,、]/.test(row.text) && endsSentence(next.text);
  if (!wrapping.wrapped && gap.blanks === 0 && clause) return true;
  return (
    wrapping.wrapped &&
    gap.blanks <= wrapping.lineGap &&
    isFull(row, next, wrapping) &&
    next.width >= wrapping.width * 0.3
  );
}

/** A release of two short lines: headline and text. */
function secondLine(rows: readonly Row[]): number | null {
  const plain = rows.filter(
    (row) => !isHeadOnly(row) && row.cue === null && row.hint.kind !== 'heading' && matchDateline(row.text) === null,
  );
  const heading = rows.find((row) => row.hint.kind === 'heading');
  const candidates = heading ? plain.filter((row) => row.index > heading.index) : plain.slice(1);
  return candidates.find((row) => endsSentence(row.text) && row.width >= 24)?.index ?? null;
}
