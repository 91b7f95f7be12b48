import type { Language } from '#libs/kernel';
import { Claims } from './claims.js';
import { displayWidth } from './display-width.js';
import type { LineHint, Manuscript } from './manuscript.js';
import { linePassage, type Passage } from './passage.js';
import type { Market } from './places.js';
import { cueOf, type Cue } from './section-words.js';

/** One source line on the desk of the recogniser. */
export interface Row {
  readonly index: number;
  readonly passage: Passage;
  readonly text: string;
  readonly width: number;
  /** Columns of white space before the text. */
  readonly indent: number;
  readonly hint: LineHint;
  readonly cue: Cue | null;
  /** `text` is still to be read; the others are settled. */
  state: 'text' | 'blank' | 'break' | 'settled';
}

/** The desk: the manuscript, who owns which character so far, and what is known about the release as a whole. */
export interface Sheet {
  readonly manuscript: Manuscript;
  readonly language: Language;
  readonly market: Market | null;
  readonly rows: readonly Row[];
  readonly claims: Claims;
  /** Keys of warnings, see `describeReport`. */
  readonly warnings: Set<string>;
}

export function openSheet(manuscript: Manuscript, language: Language, market: Market | null): Sheet {
  const rows = manuscript.lines.map((line, index): Row => {
    const passage = linePassage(manuscript, index);
    const raw = manuscript.text.slice(line.from, line.to);
    const lead = raw.slice(0, raw.length - raw.replace(/^[^\S\f]*/, '').length);
    return {
      index,
      passage,
      text: passage.text,
      width: displayWidth(passage.text),
      indent: displayWidth(lead.replaceAll('\t', '    ')),
      hint: line.hint,
      cue:
        passage.text === '' || line.hint.kind === 'apart'
          ? null
          : (cueOf(passage.text) ?? boldCue(manuscript, passage)),
      state: passage.text === '' && line.hint.kind !== 'picture' ? 'blank' : 'text',
    };
  });
  return { manuscript, language, market, rows, claims: new Claims(manuscript), warnings: new Set(manuscript.warnings) };
}

/** "<b>About X</b> X is …": bold words at the start of a paragraph announce like a heading of their own. */
function boldCue(manuscript: Manuscript, passage: Passage): Cue | null {
  const start = passage.origins[0];
  const range = manuscript.bold.find(({ from, to }) => start !== undefined && start >= from && start < to);
  const end = range ? passage.origins.findIndex((offset) => offset >= range.to) : -1;
  if (end <= 0) return null;
  const cue = cueOf(passage.text.slice(0, end).trim());
  return cue && ['about', 'notes', 'contacts'].includes(cue.kind) ? { ...cue, rest: end } : null;
}

/** What lies between two text rows. */
export interface Gap {
  readonly blanks: number;
  readonly pageBreak: boolean;
}

export function gapBetween(sheet: Sheet, before: number, after: number): Gap {
  let blanks = 0;
  let pageBreak = false;
  for (let at = before + 1; at < after; at += 1) {
    const { state } = sheet.rows[at]!;
    if (state === 'blank') blanks += 1;
    if (state === 'break') pageBreak = true;
  }
  return { blanks, pageBreak };
}

export function textRows(sheet: Sheet): Row[] {
  return sheet.rows.filter((row) => row.state === 'text');
}
