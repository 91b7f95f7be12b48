import { parse, CsvError, type Info } from 'csv-parse';
import { Readable } from 'node:stream';
import { Problem } from '#libs/kernel';
import { decoderFor, type Encoding } from './decoding.js';
import { DELIMITERS, TABLE_LIMITS, type Delimiter, type TableRow } from './table.js';

const PIECE_BYTES = 64 * 1024;

/**
 * The rows of a CSV file, blank ones left out, one at a time.
 * Throws a Problem that names the line where a quotation mark was opened and never closed.
 */
export async function* csvRows(bytes: Buffer, encoding: Encoding, delimiter: Delimiter): AsyncGenerator<TableRow> {
  const source = Readable.from(textPieces(bytes, encoding));
  const parser = source.pipe(
    parse({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      ltrim: delimiter !== '\t',
      max_record_size: TABLE_LIMITS.recordCharacters,
      info: true,
    }),
  );
  source.on('error', (error) => parser.destroy(error));
  let lastLine = 0;
  try {
    for await (const { info, record } of parser as AsyncIterable<{ info: Info; record: string[] }>) {
      const line = lastLine + 1;
      lastLine = info.lines;
      if (record.some((cell) => cell.trim() !== '')) yield { line, lastLine, cells: record };
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error, lastLine + 1) : error;
  } finally {
    source.destroy();
  }
}

/**
 * Which delimiter cuts the first lines into the most even columns; a comma when none does.
 * A first line `sep=;`, which Excel understands, has the last word.
 */
export async function guessDelimiter(bytes: Buffer, encoding: Encoding): Promise<Delimiter> {
  const sample = bytes.subarray(0, PIECE_BYTES);
  const told = /^\ufeff?"?sep=(.)"?[\r\n]/i.exec(decoderFor(encoding).write(sample.subarray(0, 64)))?.[1];
  if (told && isDelimiter(told)) return told;
  let best: { delimiter: Delimiter; evenness: number } = { delimiter: ',', evenness: 0 };
  for (const delimiter of DELIMITERS) {
    const evenness = await evennessOf(sample, encoding, delimiter);
    if (evenness > best.evenness) best = { delimiter, evenness };
  }
  return best.delimiter;
}

function isDelimiter(text: string): text is Delimiter {
  return (DELIMITERS as readonly string[]).includes(text);
}

const SAMPLE_ROWS = 40;

/** Share of rows with the commonest number of cells, times how much one more column is worth; 0 for a single column. */
async function evennessOf(sample: Buffer, encoding: Encoding, delimiter: Delimiter): Promise<number> {
  const counts = new Map<number, number>();
  let rows = 0;
  try {
    for await (const row of csvRows(sample, encoding, delimiter)) {
      counts.set(row.cells.length, (counts.get(row.cells.length) ?? 0) + 1);
      if (++rows >= SAMPLE_ROWS) break;
    }
  } catch (error) {
    // the sample may end inside a quoted cell; what was read so far still counts
    if (!(error instanceof Problem)) throw error;
  }
  const [cells = 1, times = 0] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
  return cells < 2 ? 0 : (times / rows) * (1 + Math.log2(cells));
}

function* textPieces(bytes: Buffer, encoding: Encoding): Generator<string> {
  const decoder = decoderFor(encoding);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = decoder.write(bytes.subarray(at, at + PIECE_BYTES));
    if (piece !== '') yield at === 0 ? piece.replace(/^\ufeff/, '') : piece;
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
}

function unreadable(error: CsvError, line: number): Problem {
  return new Problem({
    code: 'contacts.import.csv',
    field: `line ${line}`,
    message: `A cell that starts with a quotation mark on line ${line} never ends.`,
    remedy: `Close or remove the quotation mark on line ${line}, or choose another delimiter.`,
    cause: error,
  });
}
