import { describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { readTable, tableRows, type TablePreview } from './table-preview.js';

const HEADINGS = '電郵,姓名,媒體,語言';
const ROWS = Array.from({ length: 20 }, (_, n) => `desk${n}@example.com,陳大文,晚潮日報,繁體中文`);
const TEXT = [HEADINGS, ...ROWS].join('\r\n');

async function codeOf(bytes: Buffer, options: Partial<Parameters<typeof readTable>[1]> = {}): Promise<string> {
  try {
    await readTable(bytes, { fileName: 'list.csv', ...options });
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'read without a problem';
}

async function linesOf(bytes: Buffer, preview: TablePreview): Promise<number[]> {
  const lines: number[] = [];
  for await (const rows of tableRows(bytes, preview)) lines.push(...rows.map((row) => row.line));
  return lines;
}

describe('readTable', () => {
  test('shows encoding, delimiter, headings, first rows and what each column seems to be', async () => {
    const preview = await readTable(iconv.encode(TEXT, 'big5'), { fileName: 'list.csv' });
    expect(preview.layout).toMatchObject({
      format: 'csv',
      delimiter: ',',
      encoding: { encoding: 'big5', marked: false },
    });
    expect(preview.columns.map((column) => [column.heading, column.field])).toEqual([
      ['電郵', 'address'],
      ['姓名', 'name'],
      ['媒體', 'outlet'],
      ['語言', 'language'],
    ]);
    expect(preview.sample).toHaveLength(10);
    expect(preview.sample[0]?.cells).toEqual(['desk0@example.com', '陳大文', '晚潮日報', '繁體中文']);
    expect(preview).toMatchObject({ headingLine: 1, preamble: [], unreadableRows: 0 });
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be', 'big5', 'gb18030'])(
    'reads %s, with or without a byte order mark',
    async (encoding) => {
      for (const addBOM of encoding.startsWith('utf') ? [true, false] : [false]) {
        const { sample, columns } = await readTable(iconv.encode(TEXT, encoding, { addBOM }), { fileName: 'list.csv' });
        expect(columns[0]).toMatchObject({ heading: '電郵', field: 'address' });
        expect(sample[0]?.cells[1]).toBe('陳大文');
      }
    },
  );

  test('lets a person correct a wrong guess of the encoding', async () => {
    const preview = await readTable(iconv.encode(TEXT, 'big5'), { fileName: 'list.csv', encoding: 'big5' });
    expect(preview.layout).toMatchObject({ encoding: { encoding: 'big5', confidence: 1 } });
    expect(await codeOf(iconv.encode(TEXT, 'big5'), { encoding: 'utf-8' })).toBe('contacts.import.undecodable');
  });

  test('finds the headings below the titles that office files begin with', async () => {
    const bytes = Buffer.from(`2026 年媒體名單\n\n製表：新聞組,,,\n${TEXT}\n`);
    const preview = await readTable(bytes, { fileName: 'list.csv' });
    expect(preview.headingLine).toBe(4);
    expect(preview.preamble.map((row) => row.line)).toEqual([1, 3]);
    expect(await linesOf(bytes, preview)).toEqual(ROWS.map((_, n) => n + 5));
  });

  test('takes a file without headings as it is', async () => {
    const bytes = Buffer.from(ROWS.join('\n'));
    const preview = await readTable(bytes, { fileName: 'list.csv' });
    expect(preview.headingLine).toBeNull();
    expect(preview.columns[0]).toMatchObject({ heading: '', field: 'address' });
    expect(await linesOf(bytes, preview)).toHaveLength(20);
  });

  test('takes headings nobody has taught us for headings when they stand above the first address', async () => {
    const preview = await readTable(Buffer.from('Wer;Wo\nAnn;a@b.example\n'), { fileName: 'x.csv' });
    expect(preview).toMatchObject({ headingLine: 1, layout: { delimiter: ';' } });
    expect(preview.columns[1]).toMatchObject({ heading: 'Wo', field: 'address' });
  });

  test('counts the rows that the encoding cannot read, and lets the rest pass', async () => {
    const damaged = Buffer.concat([iconv.encode(`${TEXT}\r\nlast@example.com,`, 'big5'), Buffer.from([0xff, 0x0a])]);
    const preview = await readTable(damaged, { fileName: 'list.csv' });
    expect(preview).toMatchObject({ unreadableRows: 1, layout: { encoding: { encoding: 'big5' } } });
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'contacts.import.empty'],
    ['blank lines', Buffer.from('\n\n ,,\n'), 'contacts.import.empty'],
    ['a PDF', Buffer.from('%PDF-1.7\n1 0 obj'), 'contacts.import.binary'],
    ['an old .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'contacts.import.binary'],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'contacts.import.binary'],
    [
      'bytes of every kind',
      Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 7919) % 256)),
      'contacts.import.binary',
    ],
    ['a ZIP of nothing', Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'), 'contacts.import.not-a-workbook'],
    ['undecodable text', Buffer.from('81ff2c'.repeat(300), 'hex'), 'contacts.import.undecodable'],
    [
      'Japanese in Shift_JIS',
      iconv.encode('山田たろう,ひがしのしんぶん\n'.repeat(20), 'shift_jis'),
      'contacts.import.undecodable',
    ],
    [
      'Russian in KOI8-R',
      iconv.encode('Иван Петров,Вечерняя газета\n'.repeat(20), 'koi8-r'),
      'contacts.import.undecodable',
    ],
  ])('refuses %s', async (_, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code);
  });

  test('refuses files beyond its limits', async () => {
    expect(await codeOf(Buffer.alloc(65 * 1024 * 1024, 'a'))).toBe('contacts.import.too-large');
    const many = Buffer.from('E-mail\n' + 'a@b.example\n'.repeat(250_001));
    const preview = await readTable(many, { fileName: 'many.csv' });
    await expect(linesOf(many, preview)).rejects.toMatchObject({ code: 'contacts.import.too-large' });
  });
});
