import type { Language, Encoding } from '#libs/kernel';
import type { Became, Claim, Confidence } from './claims.js';
import type { SourceFormat } from './manuscript.js';
import type { Sheet } from './sheet.js';

/** What became of a line of the file, or of a part of one. */
export interface MappingEntry {
  /** First and last line as the user counts them; a Word document counts paragraphs. */
  readonly lines: readonly [number, number];
  /** The exact characters, line ends inside included. */
  readonly source: string;
  readonly became: Became;
  readonly confidence: Confidence;
  /** Key of the reason; `describeReport` puts it into words. */
  readonly why: string;
  /** True for words that only announce a part: they are not in the document themselves. */
  readonly signpost: boolean;
}

export interface MappingReport {
  readonly format: SourceFormat;
  readonly encoding: { readonly name: Encoding; readonly confidence: Confidence } | null;
  readonly language: { readonly language: Language; readonly confidence: Confidence; readonly given: boolean };
  /** In the order of the file. Their sources together are the file: nothing is missing. */
  readonly entries: readonly MappingEntry[];
  /** Keys of what the user should look at, see `describeReport`. */
  readonly warnings: readonly string[];
  readonly summary: {
    readonly lines: number;
    readonly mapped: number;
    readonly leftovers: number;
    readonly guesses: number;
  };
}

const UNCLAIMED: Claim = { became: 'leftover', confidence: 'guess', why: 'not-understood' };
const BLANK: Claim = { became: 'blank', confidence: 'sure', why: 'blank' };

/** Lists what became of every character, line by line, in the order of the file. */
export function mappingEntries(sheet: Sheet): readonly MappingEntry[] {
  const entries: MappingEntry[] = [];
  for (const [index, line] of sheet.manuscript.lines.entries()) {
    const runs = lineRuns(sheet, index);
    for (const { from, to, claim } of runs) {
      const source = sheet.manuscript.text.slice(from, to);
      const last = entries.at(-1);
      if (claim === BLANK && last?.became === 'blank' && last.why === 'blank') {
        entries[entries.length - 1] = {
          ...last,
          lines: [last.lines[0], line.number],
          source: `${last.source}\n${source}`,
        };
      } else entries.push(entryOf(line.number, source, claim));
    }
  }
  return entries;
}

function entryOf(number: number, source: string, claim: Claim): MappingEntry {
  const { became, confidence, why } = claim;
  return { lines: [number, number], source, became, confidence, why, signpost: claim.signpost ?? false };
}

interface Run {
  readonly from: number;
  to: number;
  claim: Claim;
}

/** A line cut where its owner changes; white space and markup go with what stands before them. */
function lineRuns(sheet: Sheet, index: number): Run[] {
  const line = sheet.manuscript.lines[index]!;
  const { text, readings } = sheet.manuscript;
  const runs: Run[] = [];
  const claimed = sheet.claims.isTaken(index);
  for (let offset = line.from; offset < line.to; offset += 1) {
    const owner = sheet.claims.ownerOf(offset);
    const silent = owner === null && (readings.get(offset) === '' || isSilent(text[offset]!, claimed));
    const last = runs.at(-1);
    if (last && (silent || sameFate(last.claim, owner ?? UNCLAIMED))) {
      last.to = offset + 1;
      if (!silent && last.claim.signpost && !owner?.signpost) last.claim = owner ?? UNCLAIMED;
    } else if (silent && !last) runs.push({ from: offset, to: offset + 1, claim: BLANK });
    else if (last && last.claim === BLANK) {
      last.to = offset + 1;
      last.claim = owner ?? UNCLAIMED;
    } else runs.push({ from: offset, to: offset + 1, claim: owner ?? UNCLAIMED });
  }
  return runs.length > 0 ? runs : [{ from: line.from, to: line.to, claim: BLANK }];
}

/** Marks between two parts of a line (a stroke, a dash, the hyphen of a broken word) go with a part; alone on a line they do not. */
function isSilent(character: string, lineIsClaimed: boolean): boolean {
  return /\s/.test(character) || (lineIsClaimed && /[\p{P}\p{S}]/u.test(character));
}

/** Labels and values of one contact, a bullet and its text: one entry, told by what it became. */
function sameFate(first: Claim, second: Claim): boolean {
  return first.became === second.became && (first.became !== 'leftover' || first.why === second.why);
}

export function summarise(entries: readonly MappingEntry[]): MappingReport['summary'] {
  const told = entries.filter(({ became }) => became !== 'blank');
  return {
    lines: entries.at(-1)?.lines[1] ?? 0,
    mapped: told.filter(({ became }) => became !== 'leftover').length,
    leftovers: told.filter(({ became }) => became === 'leftover').length,
    guesses: told.filter(({ confidence, became }) => confidence === 'guess' && became !== 'leftover').length,
  };
}
