import { describe, expect, test } from '@jest/globals';
import exceljs from 'exceljs';
import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';
import { Workbook } from './workbook.js';

async function zip(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const file = new yazl.ZipFile();
  for (const [name, content] of Object.entries(parts)) file.addBuffer(Buffer.from(content), name);
  file.end();
  return buffer(file.outputStream);
}

const RELATIONS =
  '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>';
const BOOK = '<workbook xmlns:r="x"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>';

/** A workbook around hand-written sheet data, for what no writer writes. */
async function bookOf(sheetData: string, parts: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  return zip({
    'xl/workbook.xml': BOOK,
    'xl/_rels/workbook.xml.rels': RELATIONS,
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheetData}</sheetData></worksheet>`,
    ...parts,
  });
}

async function rowsOf(bytes: Buffer, sheet?: string): Promise<{ line: number; cells: readonly string[] }[]> {
  const book = await Workbook.open(bytes);
  const rows = [];
  for await (const some of book.rows(sheet ?? book.sheets()[0] ?? '')) rows.push(...some);
  return rows.map(({ line, cells }) => ({ line, cells }));
}

async function problemOf(bytes: Buffer): Promise<string> {
  try {
    await rowsOf(bytes);
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'read without a problem';
}

describe('Workbook', () => {
  test('reads what another program wrote: text, rich text, links, formulas, dates, numbers, gaps', async () => {
    const book = new exceljs.Workbook();
    const sheet = book.addWorksheet('記者');
    sheet.addRow(['電郵', '姓名', '日期', '公式', '備註', '號碼']);
    sheet.addRow([
      { text: 'may@example.com', hyperlink: 'mailto:may@example.com' },
      { richText: [{ text: '陳' }, { font: { bold: true }, text: '大文' }] },
      new Date(Date.UTC(2026, 10, 23)),
      { formula: 'A1&B1', result: '=1+1' },
      '第一行\n第二行 & <b>',
      85212345678,
    ]);
    sheet.getCell('D4').value = true;
    sheet.getCell('F6').value = 0.5;
    book.addWorksheet('hidden one').state = 'hidden';
    const bytes = Buffer.from(await book.xlsx.writeBuffer());
    expect(await rowsOf(bytes)).toEqual([
      { line: 1, cells: ['電郵', '姓名', '日期', '公式', '備註', '號碼'] },
      { line: 2, cells: ['may@example.com', '陳大文', '2026-11-23', '=1+1', '第一行\n第二行 & <b>', '85212345678'] },
      { line: 4, cells: ['', '', '', 'TRUE'] },
      { line: 6, cells: ['', '', '', '', '', '0.5'] },
    ]);
    expect((await Workbook.open(bytes)).sheets()).toEqual(['記者', 'hidden one']);
  });

  test('reads inline strings, prefixed tags, rows and cells without references, and absolute targets', async () => {
    const bytes = await bookOf(
      '<x:row><x:c t="inlineStr"><x:is><x:t>a</x:t><x:rPh><x:t>phonetic</x:t></x:rPh></x:is></x:c><x:c t="str"><x:v>b</x:v></x:c></x:row><x:row/><x:row><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="d"><x:v>2026-11-23T00:00:00</x:v></x:c></x:row>',
      { 'xl/_rels/workbook.xml.rels': RELATIONS.replace('worksheets/', '/xl/worksheets/') },
    );
    expect(await rowsOf(bytes)).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['#N/A', '2026-11-23'] },
    ]);
  });

  test('leaves phonetic guides out of shared strings, and turns _x000D_ into the line break it is', async () => {
    const bytes = await bookOf(
      '<row r="3"><c r="B3" t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>9</v></c></row>',
      {
        'xl/sharedStrings.xml': '<sst><si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si><t>a_x000D_b</t></si></sst>',
      },
    );
    expect(await rowsOf(bytes)).toEqual([{ line: 3, cells: ['', '東京', 'a\rb'] }]);
  });

  test('reads dates by format: built in, East Asian, own pattern, and of 1904', async () => {
    const styles =
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="171" formatCode="0.00&quot;day&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs><cellStyles/></styleSheet>';
    const row = `<row>${[0, 1, 2, 3, 4].map((s) => `<c s="${s}"><v>46349.75</v></c>`).join('')}</row>`;
    expect(await rowsOf(await bookOf(row, { 'xl/styles.xml': styles }))).toEqual([
      { line: 1, cells: ['46349.75', '2026-11-23', '2026-11-23', '2026-11-23', '46349.75'] },
    ]);
    const old = BOOK.replace('<sheets>', '<workbookPr date1904="1"/><sheets>');
    const [first] = await rowsOf(await bookOf(row, { 'xl/styles.xml': styles, 'xl/workbook.xml': old }));
    expect(first?.cells[1]).toBe('2030-11-24');
  });

  test('does not let one cell make a row of sixteen thousand', async () => {
    expect(await problemOf(await bookOf('<row><c r="XFD1"><v>1</v></c></row>'))).toBe('contacts.import.too-wide');
  });

  test('cuts cells longer than Excel can write', async () => {
    const [row] = await rowsOf(await bookOf(`<row><c t="str"><v>${'x'.repeat(2_000_000)}</v></c></row>`));
    expect(row?.cells[0]?.length).toBeLessThan(1_100_000);
  });

  test('refuses a part that unpacks to hundreds of times its size, before unpacking it', async () => {
    expect(await problemOf(await bookOf(' '.repeat(5_000_000)))).toBe('contacts.import.bomb');
  });

  test('refuses an archive that lies about its sizes', async () => {
    const bytes = await bookOf(' '.repeat(5_000_000));
    // the central directory says 1,000 bytes; unpacking stops there
    const name = Buffer.from('xl/worksheets/sheet1.xml');
    const entry = bytes.lastIndexOf(name) - 46;
    bytes.writeUInt32LE(1_000, entry + 24);
    expect(await problemOf(bytes)).toBe('contacts.import.broken-workbook');
  });

  test('reads only what the central directory names', async () => {
    const hidden = await zip({ 'xl/sharedStrings.xml': '<sst><si><t>smuggled</t></si></sst>' });
    const local = hidden.subarray(0, hidden.indexOf(Buffer.from('504b0102', 'hex')));
    const honest = await bookOf('<row><c t="s"><v>0</v></c><c><v>1</v></c></row>');
    // offsets in the directory are shifted by what was put before them
    const bytes = shifted(honest, local);
    expect(await rowsOf(bytes)).toEqual([{ line: 1, cells: ['', '1'] }]);
  });

  test('refuses an archive of thousands of parts', async () => {
    const parts = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`p${n}`, '']));
    expect(await problemOf(await zip(parts))).toBe('contacts.import.bomb');
  });

  test('says what is wrong with broken, cut and foreign files', async () => {
    const good = await bookOf('<row><c><v>1</v></c></row>');
    expect(await problemOf(good.subarray(0, good.length - 30))).toBe('contacts.import.broken-workbook');
    expect(await problemOf(Buffer.from('PK\u0003\u0004 and then nothing of the kind'))).toBe(
      'contacts.import.broken-workbook',
    );
    const damaged = Buffer.from(good);
    const data = damaged.indexOf(Buffer.from('xl/worksheets/sheet1.xml')) + 30;
    damaged.fill(0xff, data, data + 20);
    expect(await problemOf(damaged)).toBe('contacts.import.broken-workbook');
    expect(await problemOf(await zip({ 'word/document.xml': '<w/>' }))).toBe('contacts.import.not-a-workbook');
    expect(await problemOf(await zip({ 'xl/workbook.xml': '<workbook/>' }))).toBe('contacts.import.broken-workbook');
    const locked = Buffer.from(good);
    for (let at = locked.indexOf('PK\u0001\u0002'); at !== -1; at = locked.indexOf('PK\u0001\u0002', at + 4)) {
      locked.writeUInt16LE(locked.readUInt16LE(at + 8) | 1, at + 8);
    }
    expect(await problemOf(locked)).toBe('contacts.import.protected');
  });

  test('does not expand entities that a document declares', async () => {
    const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>';
    const bytes = await bookOf('', {
      'xl/worksheets/sheet1.xml': `${laughs}<worksheet><row><c t="str"><v>&b;</v></c></row></worksheet>`,
    });
    expect(await rowsOf(bytes)).toEqual([{ line: 1, cells: ['&b;'] }]);
  });

  test('names the sheets there are when another is asked for', async () => {
    const bytes = await bookOf('<row><c><v>1</v></c></row>');
    await expect(rowsOf(bytes, 'Other')).rejects.toMatchObject({
      code: 'contacts.import.unknown-sheet',
      field: 'sheet',
    });
  });
});

/** The same archive with something before it that no directory entry names. */
function shifted(archive: Buffer, before: Buffer): Buffer {
  const bytes = Buffer.concat([before, archive]);
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const directory = bytes.readUInt32LE(end + 16) + before.length;
  bytes.writeUInt32LE(directory, end + 16);
  for (
    let at = bytes.indexOf('PK\u0001\u0002', directory);
    at !== -1 && at < end;
    at = bytes.indexOf('PK\u0001\u0002', at + 4)
  ) {
    bytes.writeUInt32LE(bytes.readUInt32LE(at + 42) + before.length, at + 42);
  }
  return bytes;
}
