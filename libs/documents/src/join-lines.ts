import { continues, isFull } from './join-rule.js';
import type { Wrapping } from './measure-wrapping.js';
import { assemblePassage, type Joint, type Passage } from './passage.js';
import { gapBetween, textRows, type Row, type Sheet } from './sheet.js';

/** A paragraph, heading, item or other block of the source, put together from its lines. */
export interface Block {
  readonly passage: Passage;
  readonly rows: readonly Row[];
  /** Blank lines above; a page break counts as two. */
  readonly gapBefore: number;
}

/**
 * Puts wrapped lines together. Rows before `from` stay single: a headline is no paragraph, and how its lines belong
 * together is decided where the headline is read.
 */
export function joinLines(sheet: Sheet, wrapping: Wrapping, from: number): readonly Block[] {
  const words = new WordsOf(sheet);
  const blocks: Block[] = [];
  let open: Row[] = [];
  const close = () => {
    const first = open[0];
    if (first)
      blocks.push({
        passage: assemble(sheet, open, wrapping, words),
        rows: open,
        gapBefore: roomAbove(sheet, blocks.at(-1), first),
      });
    open = [];
  };
  for (const row of textRows(sheet)) {
    const last = open.at(-1);
    if (!last || row.index <= from || !continues(sheet, wrapping, open, row)) close();
    open.push(row);
  }
  close();
  return blocks;
}

function roomAbove(sheet: Sheet, before: Block | undefined, row: Row): number {
  const last = before?.rows.at(-1);
  if (!last) return 0;
  const gap = gapBetween(sheet, last.index, row.index);
  return gap.blanks + (gap.pageBreak ? 2 : 0);
}

function assemble(sheet: Sheet, rows: readonly Row[], wrapping: Wrapping, words: WordsOf): Passage {
  const joints: Joint[] = [];
  for (let at = 1; at < rows.length; at += 1) {
    const before = rows[at - 1]!;
    const row = rows[at]!;
    const hard =
      row.hint.kind !== 'line' &&
      !row.hint.soft &&
      row.hint.block === before.hint.block &&
      !(wrapping.wrapped && isFull(before, row, wrapping));
    joints.push(
      hard ? { passage: row.passage, joint: '\n', dropBefore: 0 } : softJoint(sheet, before.text, row, wrapping, words),
    );
  }
  return assemblePassage(rows[0]!.passage, joints);
}

const HAN_SIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef\u2018-\u201d…—·]/u;
const CJK_PUNCTUATION = /[\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufe30-\ufe4f]/u;

/** What belongs between two lines of one paragraph: nothing between Han characters, a space between Latin words. */
function softJoint(sheet: Sheet, before: string, row: Row, wrapping: Wrapping, words: WordsOf): Joint {
  const passage = row.passage;
  const last = [...before].at(-1) ?? '';
  const next = [...row.text][0] ?? '';
  if (last === '\u00ad') return { passage, joint: '', dropBefore: 1 };
  if (/[\p{L}\d][-‐‑]$/u.test(before)) return hyphenJoint(sheet, before, row, words);
  if (/(?:https?:\/\/|www\.)\S*[/\-_=&?.#%]$/i.test(before)) return { passage, joint: '', dropBefore: 0 };
  if (CJK_PUNCTUATION.test(last) || CJK_PUNCTUATION.test(next)) return { passage, joint: '', dropBefore: 0 };
  const han = [last, next].filter((side) => /\p{Script=Han}/u.test(side)).length;
  if (han === 2) return { passage, joint: '', dropBefore: 0 };
  if (han === 1) {
    const other = /\p{Script=Han}/u.test(last) ? next : last;
    const loose = wrapping.spaced && !HAN_SIDE.test(other) && /[\p{L}\p{N}(]|\)/u.test(other);
    return { passage, joint: loose ? ' ' : '', dropBefore: 0 };
  }
  const chinese = sheet.language !== 'en' && HAN_SIDE.test(last) && HAN_SIDE.test(next);
  const dash = /[—–/]$/.test(before) && !/\s[—–/]$/.test(before);
  return { passage, joint: chinese || dash ? '' : ' ', dropBefore: 0 };
}

/** First halves that keep their hyphen more often than not: well-known, long-term, co-operation. */
const KEEPS_HYPHEN =
  /^(?:well|long|short|high|low|self|non|co|cross|mid|semi|half|first|second|third|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|large|small|full|vice|ex|anti|e|x)$/i;
/** Second halves that are endings, not words. */
const ENDING =
  /^(?:er|ers|est|ly|ing|ed|ment|ments|ness|tion|tions|sion|sions|ity|ities|able|ible|age|ages|al|ally|ance|ence|ous|ive|ful|less|ship|ships|hood|wards?|y|light|lights)\b/i;
const TAKES_HYPHEN =
  /^(?:based|led|term|time|scale|class|year|day|known|wide|long|free|friendly|quality|level|owned|funded|run|made|built|related|specific|driven|oriented|effective|efficient|house|site|end|old|to|of|the|in|on|up|in-|res|profit|fold|generation|making|resistant|powered|ready|facing|hour|minute|metre|meter|person|page|part|party|step|way)\b/i;

/** A hyphen at a line end is either the word's own or the break's. The rest of the release decides; then form; a guess is flagged. */
function hyphenJoint(sheet: Sheet, before: string, row: Row, words: WordsOf): Joint {
  const { passage } = row;
  const first = /([\p{L}\d]+)[-‐‑]$/u.exec(before)?.[1] ?? '';
  const second = /^[\p{L}\d]+/u.exec(row.text)?.[0] ?? '';
  const keep: Joint = { passage, joint: '', dropBefore: 0 };
  const drop: Joint = { passage, joint: '', dropBefore: 1 };
  if (
    second === '' ||
    /\d/.test(first + second) ||
    /^\p{Lu}/u.test(second) ||
    /-/.test(before.slice(before.lastIndexOf(' ') + 1, -1))
  )
    return keep;
  if (words.has(`${first}-${second}`)) return keep;
  if (words.has(`${first}${second}`)) return drop;
  if (!ENDING.test(second) && (KEEPS_HYPHEN.test(first) || TAKES_HYPHEN.test(second))) return keep;
  const bothWords = words.has(first) && words.has(second);
  sheet.warnings.add('hyphen-guessed');
  return bothWords ? keep : drop;
}

/** The words of a release, hyphenated ones whole, gathered when first asked for. */
class WordsOf {
  private words: Set<string> | null = null;

  constructor(private readonly sheet: Sheet) {}

  has(word: string): boolean {
    this.words ??= this.gather();
    return this.words.has(word.toLowerCase());
  }

  private gather(): Set<string> {
    const words = new Set<string>();
    for (const { text } of this.sheet.rows) {
      for (const [word] of text.matchAll(/[\p{L}\d]+(?:[-‐‑][\p{L}\d]+)*(?![-‐‑]?$)/gu)) words.add(word.toLowerCase());
    }
    return words;
  }
}
