import type { EncodingGuess } from './encoding.js';

/** One row of an imported file, as texts. */
export interface TableRow {
  /** Where it starts: line of the CSV file, or row number of the sheet; the first is 1. */
  readonly line: number;
  /** Where it ends: a quoted CSV cell may run over several lines. */
  readonly lastLine: number;
  readonly cells: readonly string[];
}

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** How the bytes are to be read. A person may correct every part of it. */
export type TableLayout =
  | { readonly format: 'csv'; readonly encoding: EncodingGuess; readonly delimiter: Delimiter }
  | { readonly format: 'xlsx'; readonly sheet: string; readonly sheets: readonly string[] };

/** Files beyond these are refused before they cost memory. */
export const TABLE_LIMITS = {
  fileBytes: 64 * 1024 * 1024,
  rows: 250_000,
  columns: 256,
  /** Characters of one CSV record; more means a quotation mark that was never closed. */
  recordCharacters: 256 * 1024,
} as const;
