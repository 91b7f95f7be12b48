import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvReader } from './csv-reader.js';
import { guessDelimiter } from './csv.js';
import type { Delimiter, TableRow } from './table.js';

function read(text: string, delimiter: Delimiter = ',', pieceLength = text.length || 1): TableRow[] {
  const reader = new CsvReader(delimiter);
  const rows: TableRow[] = [];
  for (let at = 0; at < text.length; at += pieceLength) rows.push(...reader.write(text.slice(at, at + pieceLength)));
  return [...rows, ...reader.end()];
}

function cells(text: string, delimiter?: Delimiter): (readonly string[])[] {
  return read(text, delimiter).map((row) => row.cells);
}

const cell = fc.string({ unit: fc.constantFrom(...'ab 陳,;\t"\r\n\'='), maxLength: 8 });
const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 8 });

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

describe('CsvReader', () => {
  test('gives back whatever was written by the standard', () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 40 }),
        (table, end, pieceLength) => {
          const text = table.map((row) => row.map(quote).join(',') + end).join('');
          const filled = table.filter((row) => row.some((one) => one.trim() !== ''));
          expect(read(text, ',', pieceLength).map((row) => row.cells)).toEqual(filled);
        },
      ),
    );
  });

  test('agrees with another reader about unquoted text, however it comes in pieces', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'ab陳;,.\n'), maxLength: 60 });
    fc.assert(
      fc.property(
        plain,
        fc.constantFrom<Delimiter>(',', ';'),
        fc.integer({ min: 1, max: 9 }),
        (text, delimiter, pieceLength) => {
          const theirs: string[][] = parse(text, { delimiter, relax_column_count: true });
          const filled = theirs.filter((row) => row.some((one) => one !== ''));
          expect(read(text, delimiter, pieceLength).map((row) => row.cells)).toEqual(filled);
        },
      ),
    );
  });

  test('knows on which line every row begins and ends', () => {
    const text = 'a,b\n\n"x\ny",2\r\nc,"d""e"\r\r\nlast\n';
    expect(read(text).map(({ line, lastLine }) => [line, lastLine])).toEqual([
      [1, 1],
      [3, 4],
      [5, 5],
      [7, 7],
    ]);
    expect(read('a\n"b\nc"').map(({ line, lastLine }) => [line, lastLine])).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  test('takes a quotation mark inside a cell as it stands', () => {
    expect(cells('5" screen,b\n"The "Daily" News",c\n')).toEqual([
      ['5" screen', 'b'],
      ['The "Daily" News', 'c'],
    ]);
  });

  test('allows blanks around quotation marks', () => {
    expect(cells('a, "b,c" ,d\n')).toEqual([['a', 'b,c', 'd']]);
  });

  test('names the line of a quotation mark that was never closed', () => {
    expect(() => read('a,b\nc,"d\ne,f\ng,h\n')).toThrow(
      expect.objectContaining({ code: 'contacts.import.csv', field: 'line 2' }),
    );
  });

  test('does not swallow a whole file looking for the end of a quotation', () => {
    const reader = new CsvReader(',');
    reader.write('a,b\n"');
    expect(() => {
      for (let n = 0; n < 1_000; n += 1) reader.write('x'.repeat(1_000));
    }).toThrow(expect.objectContaining({ field: 'line 2' }));
  });
});

describe('guessDelimiter', () => {
  test.each<[string, Delimiter]>([
    ['name,mail\nAnn,a@b.example\n', ','],
    ['name;mail;beat\nAnn;a@b.example;news, sport\nBob;b@b.example;arts, film, food\n', ';'],
    ['name\tmail\nAnn, Bee\ta@b.example\n', '\t'],
    ['name|mail\nAnn|a@b.example\n', '|'],
    ['mail\na@b.example\n', ','],
    ['sep=;\na,b;c,d\n', ';'],
    ['"name, all","mail"\n"Ann; Bee","a@b.example"\n', ','],
    ['name;note\nAnn;"first\nsecond, third\nfourth"\n', ';'],
  ])('of %j', (text, delimiter) => {
    expect(guessDelimiter(Buffer.from(text), 'utf-8')).toBe(delimiter);
  });
});
