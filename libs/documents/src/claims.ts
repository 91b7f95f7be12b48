import type { Manuscript } from './manuscript.js';
import type { Piece } from './passage.js';

export type Confidence = 'sure' | 'likely' | 'guess';

/** The parts of the document a line can become, and what else can become of it. */
export const BECAME = [
  'label',
  'urgency',
  'headline',
  'subheadline',
  'dateline',
  'paragraph',
  'subhead',
  'pressQuote',
  'list',
  'table',
  'figure',
  'endMark',
  'notes',
  'imageDownload',
  'mediaContact',
  'boilerplate',
  'website',
  'leftover',
  'page-break',
  'page-number',
  'blank',
] as const;
export type Became = (typeof BECAME)[number];

export interface Claim {
  readonly became: Became;
  readonly confidence: Confidence;
  /** Key of a reason that `describeReport` puts into words. */
  readonly why: string;
  /** True for words that only announce a part ("Media contact:", a bullet): they shape the document without standing in it. */
  readonly signpost?: boolean;
}

/** Who owns each character of the manuscript. A character has at most one owner: a second claim on it is a bug. */
export class Claims {
  private readonly owners: Int32Array;
  private readonly list: Claim[] = [];

  constructor(private readonly manuscript: Manuscript) {
    this.owners = new Int32Array(manuscript.text.length);
  }

  /** Claims the characters of a piece; white space that joining put in is skipped. */
  take(piece: Piece, claim: Claim): void {
    const id = this.list.push(claim);
    const { origins } = piece.passage;
    for (let unit = piece.from; unit < piece.to; unit += 1) {
      const offset = origins[unit]!;
      if (offset >= 0) this.own(offset, id);
    }
  }

  /** Claims whole lines, markup and white space included. */
  takeLine(index: number, claim: Claim): void {
    const line = this.manuscript.lines[index]!;
    const id = this.list.push(claim);
    for (let offset = line.from; offset < line.to; offset += 1) this.own(offset, id);
  }

  ownerOf(offset: number): Claim | null {
    const id = this.owners[offset]!;
    return id === 0 ? null : this.list[id - 1]!;
  }

  /** True when any character of the line has an owner. */
  isTaken(index: number): boolean {
    const line = this.manuscript.lines[index]!;
    for (let offset = line.from; offset < line.to; offset += 1) if (this.owners[offset] !== 0) return true;
    return false;
  }

  private own(offset: number, id: number): void {
    const owner = this.owners[offset]!;
    if (owner !== 0 && owner !== id) {
      const claimed = this.list[owner - 1]!;
      throw new Error(
        `Character ${offset} is claimed as ${this.list[id - 1]!.became} and as ${claimed.became} (${claimed.why}).`,
      );
    }
    this.owners[offset] = id;
  }
}
