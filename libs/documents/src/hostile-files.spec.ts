import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { writeZip } from '../fixtures/write-zip.mjs';
import { importRelease } from './import-release.js';
import { unpackDocx } from './docx-archive.js';

const DOCX = readFileSync(new URL('../fixtures/word-styles.zh-Hant.docx', import.meta.url));

async function refusal(bytes: Buffer, fileName: string): Promise<unknown> {
  try {
    await importRelease(bytes, { fileName });
  } catch (problem) {
    return problem;
  }
  throw new Error('was imported');
}

async function repacked(changes: Record<string, string | Buffer>): Promise<Buffer> {
  return writeZip({ ...Object.fromEntries(await unpackDocx(DOCX)), ...changes });
}

describe('a file that is no release', () => {
  test.each([
    ['nothing.txt', Buffer.alloc(0), 'import.file.empty'],
    ['blank.txt', Buffer.from(' \n\n\t\n'), 'import.file.no-text'],
    [
      'noise.txt',
      Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 97 + (at >> 2)) % 256)),
      'import.text.binary',
    ],
    ['broken.txt', Buffer.from([0x48, 0xff, 0xff, 0xff, 0xfe, 0x48]), 'import.text.undecodable'],
    ['scan.pdf', Buffer.from('%PDF-1.7 …'), 'import.file.kind'],
    ['renamed.txt', Buffer.from('%PDF-1.7 …'), 'import.file.kind'],
    ['old.doc', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), 'import.file.kind'],
    ['photo.docx', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'import.file.kind'],
    ['text.docx', Buffer.from('only text'), 'import.docx.broken'],
    ['sheet.numbers', Buffer.from('text'), 'import.file.kind'],
  ])('%s is refused with a remedy', async (name, bytes, code) => {
    expect(await refusal(bytes, name)).toMatchObject({
      name: 'Problem',
      code,
      field: 'file',
      remedy: expect.stringMatching(/\w{3}/),
    });
  });
});

describe('a Word document', () => {
  test('cut short or scrambled is broken', async () => {
    expect(await refusal(DOCX.subarray(0, DOCX.length - 40), 'a.docx')).toMatchObject({ code: 'import.docx.broken' });
    const scrambled = Buffer.from(DOCX);
    scrambled.fill(0x55, 60, 400);
    expect(await refusal(scrambled, 'a.docx')).toMatchObject({ code: 'import.docx.broken' });
  });

  test('that is another archive is named as such', async () => {
    const archive = writeZip({ 'xl/workbook.xml': '<workbook/>' });
    expect(await refusal(archive, 'a.docx')).toMatchObject({
      code: 'import.docx.not-word',
      message: expect.stringContaining('Excel'),
    });
  });

  test('whose XML is not well formed is broken, not a crash', async () => {
    const bytes = await repacked({ 'word/document.xml': '<w:document><w:body><w:p>' });
    expect(await refusal(bytes, 'a.docx')).toMatchObject({ name: 'Problem', field: 'file' });
  });

  test('that unpacks to far more than it weighs is refused before it does', async () => {
    const bytes = await repacked({ 'word/media/image9.png': Buffer.alloc(50_000_000) });
    expect(bytes.length).toBeLessThan(100_000);
    const refused = await refusal(bytes, 'a.docx');
    expect(refused).toMatchObject({
      code: 'import.docx.too-large',
      message: expect.stringContaining('times its size'),
    });
  });

  test('that lies about the size of a part is refused', async () => {
    const bytes = await repacked({ 'word/media/image9.png': Buffer.alloc(50_000_000) });
    // the size in every header of that entry, local and central, becomes 1,000 bytes
    for (let at = bytes.indexOf(sizeOf(50_000_000)); at >= 0; at = bytes.indexOf(sizeOf(50_000_000), at + 4))
      bytes.writeUInt32LE(1000, at);
    expect(await refusal(bytes, 'a.docx')).toMatchObject({ name: 'Problem', code: 'import.docx.broken' });
  });

  test('with thousands of parts is refused', async () => {
    const parts = Object.fromEntries(Array.from({ length: 2100 }, (_, part) => [`word/x${part}.xml`, 'x']));
    const bytes = await repacked(parts);
    expect(await refusal(bytes, 'a.docx')).toMatchObject({ code: 'import.docx.too-large' });
  });

  test('gives mammoth only the parts that passed, through its door for opened archives', async () => {
    const { figures } = await importRelease(DOCX, { fileName: 'a.docx' });
    expect(figures).toMatchObject([{ contentType: 'image/png', name: 'figure-1.png', alt: '船塢內的蠔礁模型' }]);
  });

  test('keeps text that the reader passes over, in comments and boxes, among the leftovers', async () => {
    const bytes = await repacked({
      'word/comments.xml':
        '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="0"><w:p><w:r><w:t>刪去此句？</w:t></w:r></w:p></w:comment></w:comments>',
    });
    const { report } = await importRelease(bytes, { fileName: 'a.docx' });
    expect(report.entries).toContainEqual(
      expect.objectContaining({ became: 'leftover', why: 'comment', source: '刪去此句？' }),
    );
  });

  function sizeOf(size: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(size);
    return bytes;
  }
});

describe('a text that means harm', () => {
  test('of one line of five megabytes is refused at once', async () => {
    const start = performance.now();
    expect(await refusal(Buffer.alloc(5_000_000, 'a '), 'a.txt')).toMatchObject({ code: 'import.file.too-large' });
    expect(await refusal(Buffer.from(`<p>${'x<b>'.repeat(1_000_000)}`), 'a.html')).toMatchObject({
      code: 'import.file.too-large',
    });
    expect(performance.now() - start).toBeLessThan(4000);
  });

  test.each([
    ['one long line', '字'.repeat(300_000)],
    ['ten thousand brackets', '（'.repeat(10_000) + '）'],
    ['spaces without end', `a${' '.repeat(100_000)}b`],
    ['ten thousand lines', 'A line of text that could be wrapped at about sixty columns,\n'.repeat(5000)],
    ['quotation marks that never close', '“'.repeat(5000)],
    ['digits without end', '0'.repeat(50_000)],
    ['an address without end', `a@${'b.'.repeat(20_000)}`],
    ['dates without end', '2026年12月2日'.repeat(5000)],
  ])('%s is read in linear time', async (_name, text) => {
    const start = performance.now();
    await importRelease(Buffer.from(text), { fileName: 'a.txt' });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('keeps control characters out of the document and says so', async () => {
    const text =
      'PRESS RELEASE\n\nBay\u0007 opens\u202e its data\n\nCORK, 2 December 2026 – The bay opened its data to everyone today.\n';
    const { document, report } = await importRelease(Buffer.from(text), { fileName: 'a.txt' });
    expect(document.content).toContainEqual({
      type: 'headline',
      content: [{ type: 'text', text: 'Bay opens its data' }],
    });
    expect(report.warnings).toContain('control-characters');
  });

  test('in HTML leaves scripts, styles and dangerous links behind', async () => {
    const html =
      '<h1>Bay opens</h1><script>alert(1)</script><p onclick="x()">CORK, 2 December 2026 – The bay <a href="javascript:alert(1)">opened</a> its data to everyone today.</p><iframe src="http://evil.example.org">frame</iframe>';
    const { document, report } = await importRelease(Buffer.from(html), { fileName: 'a.html' });
    expect(JSON.stringify(document)).not.toMatch(/alert|onclick|javascript|evil/);
    expect(report.entries).toContainEqual(
      expect.objectContaining({ became: 'leftover', why: 'markup', source: 'alert(1)' }),
    );
    expect(report.warnings).toContain('link-left-out');
  });

  test('nested a hundred thousand deep does not exhaust the stack', async () => {
    const html = `${'<div>'.repeat(100_000)}Bay opens its data to everyone`;
    await expect(importRelease(Buffer.from(html), { fileName: 'a.html' })).resolves.toBeDefined();
    const quotes = `${'>'.repeat(2000)} Bay opens`;
    await expect(importRelease(Buffer.from(quotes), { fileName: 'a.md' })).resolves.toBeDefined();
  });
});
