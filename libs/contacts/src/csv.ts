import { Problem, decoderFor, type Encoding } from '#libs/kernel';
import { CsvReader } from './csv-reader.js';
import { DELIMITERS, type Delimiter, type TableRow } from './table.js';

const PIECE_BYTES = 64 * 1024;

/** The rows of a CSV file, some hundred at a time, blank ones left out. Throws what `CsvReader` throws. */
export function* csvRows(bytes: Buffer, encoding: Encoding, delimiter: Delimiter): Generator<readonly TableRow[]> {
  const reader = new CsvReader(delimiter);
  const decoder = decoderFor(encoding);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield reader.write(decoder.write(bytes.subarray(at, at + PIECE_BYTES)));
  }
  yield reader.write(decoder.end());
  yield reader.end();
}

/**
 * Which delimiter cuts the first lines into the most even columns; a comma when none does.
 * A first line `sep=;`, which Excel understands, has the last word.
 */
export function guessDelimiter(bytes: Buffer, encoding: Encoding): Delimiter {
  const sample = bytes.subarray(0, PIECE_BYTES);
  const told = /^\ufeff?"?sep=(.)"?[\r\n]/i.exec(decoderFor(encoding).write(sample.subarray(0, 64)))?.[1];
  if (told && isDelimiter(told)) return told;
  let best: { delimiter: Delimiter; evenness: number } = { delimiter: ',', evenness: 0 };
  for (const delimiter of DELIMITERS) {
    const evenness = evennessOf(sample, encoding, delimiter);
    if (evenness > best.evenness) best = { delimiter, evenness };
  }
  return best.delimiter;
}

function isDelimiter(text: string): text is Delimiter {
  return (DELIMITERS as readonly string[]).includes(text);
}

const SAMPLE_ROWS = 40;

/** Share of rows with the commonest number of cells, times how much one more column is worth; 0 for a single column. */
function evennessOf(sample: Buffer, encoding: Encoding, delimiter: Delimiter): number {
  const rows = firstRows(sample, encoding, delimiter);
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.cells.length, (counts.get(row.cells.length) ?? 0) + 1);
  const [cells = 1, times = 0] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
  return cells < 2 ? 0 : (times / rows.length) * (1 + Math.log2(cells));
}

function firstRows(sample: Buffer, encoding: Encoding, delimiter: Delimiter): TableRow[] {
  const rows: TableRow[] = [];
  try {
    for (const some of csvRows(sample, encoding, delimiter)) rows.push(...some);
  } catch (error) {
    // the sample may end inside a quoted cell; what was read so far still counts
    if (!(error instanceof Problem)) throw error;
  }
  return rows.slice(0, SAMPLE_ROWS);
}
