import { displayWidth } from './display-width.js';
import { looksOf } from './person-words.js';
import { releaseWord } from './release-words.js';
import { gapBetween, type Row, type Sheet } from './sheet.js';

const REACHABLE = /[\w.+-]+@[\w-]+\.\w|(?:\+|\(|\b)\d[\d\s().-]{6,}\d/;

/** Contacts printed above the headline, as some houses do: the heading and the lines that belong to it. */
export function takeTopContacts(sheet: Sheet, rows: readonly Row[], hasBody: boolean): readonly Row[] {
  const taken: Row[] = [];
  for (const [at, row] of rows.entries()) {
    if (row.cue?.kind !== 'contacts' || taken.includes(row)) continue;
    const rest = rows.slice(at);
    // without a body everything below would be "above the text"
    if (!hasBody && at > 4) break;
    const block = [row];
    let previous = row;
    let reached = REACHABLE.test(row.text.slice(row.cue.rest));
    for (const next of rest.slice(1)) {
      const gap = gapBetween(sheet, previous.index, next.index).blanks;
      if (!belongs(next, gap, reached)) break;
      reached ||= REACHABLE.test(next.text);
      block.push(next);
      previous = next;
    }
    if (reached) taken.push(...block);
  }
  return taken;
}

function belongs(row: Row, gap: number, reached: boolean): boolean {
  if (releaseWord(row.text) !== null || row.hint.kind === 'heading' || displayWidth(row.text) > 90) return false;
  if (REACHABLE.test(row.text)) return gap <= 1;
  if (gap > 0 && reached) return false;
  const looks = looksOf(row.text.split(/[,，|/]/)[0] ?? '');
  return gap <= 1 && Math.max(looks.organisation, looks.person, looks.role) > 0 && !/[。.!?]$/.test(row.text);
}
