import type { LineHint, Manuscript } from './manuscript.js';

/** Text put together from one or several source lines; every character knows where it came from. */
export interface Passage {
  readonly text: string;
  /** Offset in the manuscript of each UTF-16 unit of `text`; -1 for what joining put in (a space, a line feed for a hard break). */
  readonly origins: readonly number[];
  /** Indexes of the manuscript's lines, in order. */
  readonly lines: readonly number[];
  readonly hint: LineHint;
}

/** A part of a passage: `[from, to)` in its text. */
export interface Piece {
  readonly passage: Passage;
  readonly from: number;
  readonly to: number;
}

/** One line as a passage, without the white space around it and without markup. */
export function linePassage(manuscript: Manuscript, index: number): Passage {
  const line = manuscript.lines[index]!;
  const origins: number[] = [];
  let text = '';
  for (let offset = line.from; offset < line.to; offset += 1) {
    const reading = manuscript.readings.get(offset) ?? manuscript.text[offset]!;
    for (let unit = 0; unit < reading.length; unit += 1) origins.push(offset);
    text += reading;
  }
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  return {
    text: text.slice(start, Math.max(start, end)),
    origins: origins.slice(start, Math.max(start, end)),
    lines: [index],
    hint: line.hint,
  };
}

export interface Joint {
  readonly passage: Passage;
  /** What stands between this line and the one before it: '' or ' ' or a line feed. */
  readonly joint: string;
  /** Characters of the line before that are left out (a hyphen at a line end). */
  readonly dropBefore: number;
}

/** Several lines as one passage. */
export function assemblePassage(first: Passage, joints: readonly Joint[]): Passage {
  if (joints.length === 0) return first;
  const texts = [first.text];
  const origins = [...first.origins];
  const lines = [...first.lines];
  for (const { passage, joint, dropBefore } of joints) {
    if (dropBefore > 0) {
      texts[texts.length - 1] = texts[texts.length - 1]!.slice(0, -dropBefore);
      origins.length -= dropBefore;
    }
    texts.push(joint, passage.text);
    for (let unit = 0; unit < joint.length; unit += 1) origins.push(-1);
    for (const origin of passage.origins) origins.push(origin);
    lines.push(...passage.lines);
  }
  return { text: texts.join(''), origins, lines, hint: first.hint };
}

/** A piece as a passage of its own. */
export function slicePassage({ passage, from, to }: Piece): Passage {
  return { ...passage, text: passage.text.slice(from, to), origins: passage.origins.slice(from, to) };
}

/** The whole passage as a piece. */
export function wholeOf(passage: Passage): Piece {
  return { passage, from: 0, to: passage.text.length };
}

export function pieceText(piece: Piece): string {
  return piece.passage.text.slice(piece.from, piece.to);
}

/** The piece without white space at its ends. */
export function trimPiece(piece: Piece): Piece {
  const text = pieceText(piece);
  const from = piece.from + (text.length - text.trimStart().length);
  return { passage: piece.passage, from, to: Math.max(from, piece.from + text.trimEnd().length) };
}

/** White space runs as one space, ends trimmed; line feeds of hard breaks count as white space. */
export function tidy(text: string): string {
  return text.replace(/[\s\u3000]+/g, (run) => (run === '\u3000' ? run : ' ')).trim();
}
