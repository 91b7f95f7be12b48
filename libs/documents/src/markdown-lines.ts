import type { LineHint } from './manuscript.js';

/** A stretch of the file that becomes one manuscript line, with what of it is shown. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly hint: LineHint;
}

/** A line cut from a stretch: its text, its offset and number in the file. */
export interface CutLine {
  readonly line: string;
  readonly at: number;
  readonly number: number;
  readonly hint: LineHint;
}
