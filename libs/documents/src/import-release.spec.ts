import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import type { PressDocument } from './document.js';
import { checkDocument } from './check-document.js';
import { importRelease, type ImportedRelease } from './import-release.js';
import { missingParts } from './missing-parts.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);
const texts = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, bytes: readFileSync(new URL(name, FIXTURES)) }));

/** Visible characters in order. */
function visible(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Letters and digits only: punctuation around labels and headings may go. */
function letters(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}

/** Attributes and text of a node, without its type, its marks and the names of things. */
function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return '';
  if (Array.isArray(value)) return value.map(wordsOf).join('');
  const { attrs, content, text } = value as Record<string, unknown>;
  const values =
    attrs === undefined
      ? ''
      : Object.values(attrs as object)
          .map(wordsOf)
          .join(' ');
  return `${values} ${wordsOf(text)}${wordsOf(content)}`;
}

/** All words of the document's nodes of one kind, attributes included. */
function wordsOfPart(document: PressDocument, became: string): string {
  const types: Readonly<Record<string, readonly string[]>> = { list: ['bulletList', 'orderedList', 'notes'] };
  return letters(
    document.content
      .filter(({ type }) => (types[became] ?? [became]).includes(type))
      .map(wordsOf)
      .join(''),
  );
}

function expectNothingVanished({ document, report }: ImportedRelease, source: string): void {
  expect(visible(report.entries.map((entry) => entry.source).join(''))).toBe(visible(source));
  for (const entry of report.entries) {
    if (
      entry.signpost ||
      ['leftover', 'blank', 'page-break', 'page-number', 'dateline', 'mediaContact', 'figure'].includes(entry.became)
    )
      continue;
    const plain = entry.source.replace(/^\s*(?:\(?[\p{L}\d一二三四五六七八九十]{1,3}[.)、）]|[-•*■●])\s*/u, '');
    for (const column of plain.split(/\s{2,}|\t/))
      expect(wordsOfPart(document, entry.became)).toContain(letters(column));
  }
}

describe('nothing vanishes', () => {
  test.each(texts)('from $name', async ({ name, bytes }) => {
    const imported = await importRelease(bytes, { fileName: name });
    const { encoding } = imported.report;
    expectNothingVanished(imported, new TextDecoder(encoding!.name).decode(bytes));
  });

  test('and numbers and addresses of contacts stand in a contact, whatever their layout', async () => {
    for (const { name, bytes } of texts) {
      const { document, report } = await importRelease(bytes, { fileName: name });
      const contacts = document.content
        .filter(({ type }) => type === 'mediaContact')
        .map(wordsOf)
        .join('');
      for (const { became, source, why } of report.entries) {
        if (became !== 'mediaContact' || why === 'link-of-contact') continue;
        for (const [address] of source.matchAll(/[\w.+-]+@[\w.-]+\w/g)) expect(contacts).toContain(address);
      }
    }
  });

  const lines = texts.flatMap(({ bytes, name }) =>
    name.includes('taiwan') || name.includes('mainland') || name.includes('museum')
      ? []
      : bytes.toString('utf8').split(/\r?\n/),
  );

  test('when the lines of all houses are shuffled together', async () => {
    const pages = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...lines) },
        { weight: 1, arbitrary: fc.constantFrom('', ' ', '\f', '2', '###', '完') },
      ),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(pages, fc.constantFrom('a.txt', 'a.md'), async (page, fileName) => {
        const text = page.join('\n');
        fc.pre(text.trim() !== '');
        const imported = await importRelease(Buffer.from(text), { fileName });
        expectNothingVanished(
          fileName === 'a.txt' ? imported : { ...imported, report: { ...imported.report, entries: [] } },
          fileName === 'a.txt' ? text : '',
        );
        expect(visible(imported.report.entries.map(({ source }) => source).join(''))).toBe(visible(text));
        expect(checkDocument(imported.document)).toEqual(imported.document);
      }),
      { numRuns: 150 },
    );
  });

  test('of a web page, whatever its tags', async () => {
    const tags = fc.constantFrom(
      'p',
      'div',
      'h1',
      'h3',
      'li',
      'td',
      'blockquote',
      'span',
      'b',
      'figcaption',
      'pre',
      'script',
      'section',
    );
    const element = fc
      .tuple(tags, fc.constantFrom(...lines, 'a<br>b', '<b>About Us</b> We are', ''))
      .map(
        ([tag, text]) =>
          `<${tag}>${(tag === 'script' ? text.replace(/<.*?>/g, '') : text).replace(/[<>&](?!br>|b>|\/b>)/g, ' ')}</${tag}>`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(element, { minLength: 1, maxLength: 30 }), async (elements) => {
        const html = `<table><tr>${elements.join('\n')}</tr></table>`;
        fc.pre(
          letters(html.replace(/<[^>]*>/g, '')) !== '' &&
            !html
              .replace(/<script>[\s\S]*?<\/script>/g, '')
              .replace(/<[^>]*>/g, '')
              .match(/^\s*$/),
        );
        const { report, document } = await importRelease(Buffer.from(html), { fileName: 'a.html' });
        expect(visible(report.entries.map(({ source }) => source).join(''))).toBe(
          visible(html.replace(/<[^>]*>/g, '')),
        );
        expect(checkDocument(document)).toEqual(document);
      }),
      { numRuns: 100 },
    );
  });

  test('from any text at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }), async (text) => {
        fc.pre(text.trim() !== '' && !/[\0-\x08\x0e-\x1f]/.test(text));
        const { report, document } = await importRelease(Buffer.from(text), { fileName: 'a.txt' });
        expect(visible(report.entries.map(({ source }) => source).join(''))).toBe(
          visible(text.replace(/[\u0085\u2028\u2029]/g, '')),
        );
        expect(checkDocument(document)).toEqual(document);
      }),
      { numRuns: 200 },
    );
  });
});

describe('wrapped paragraphs', () => {
  const HAN =
    '海岸數據社今日公布三個海灣的水質數據由明日起向公眾開放每十分鐘更新一次市民可以在任何地方查看最近七日的走勢';
  const WORDS =
    'the bay opens its data to everyone who wants to know what the water has been doing since the first buoy went in'.split(
      ' ',
    );

  async function paragraphs(text: string): Promise<string[]> {
    const { document } = await importRelease(Buffer.from(text), { fileName: 'a.txt' });
    return document.content.flatMap((part) =>
      part.type === 'paragraph' ? [part.content.map((node) => ('text' in node ? node.text : '\n')).join('')] : [],
    );
  }

  test('of Han characters join without a space, at any width', async () => {
    const sentences = fc.array(
      fc.nat(HAN.length - 12).map((from) => `${HAN.slice(from, from + 12)}，`),
      { minLength: 22, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(sentences, fc.integer({ min: 22, max: 44 }), async (parts, width) => {
        const text = `${parts.join('').slice(0, -1)}。`;
        const wrapped = wrapHan(text, width).join('\n');
        expect(
          await paragraphs(
            `新聞稿\n\n標題一行\n\n香港，2026年12月2日 – 首段一句。\n\n${wrapped}\n\n第二段到此為止，全文完結，各界人士可以按此閱讀。\n`,
          ),
        ).toContain(text);
      }),
      { numRuns: 60 },
    );
  });

  test('of Latin words join with one space, at any width', async () => {
    const text = fc
      .array(fc.constantFrom(...WORDS), { minLength: 70, maxLength: 120 })
      .map((words) => `The ${words.join(' ')}.`);
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 50, max: 90 }), async (paragraph, width) => {
        const wrapped = wrapLatin(paragraph, width).join('\n');
        const page = `PRESS RELEASE\n\nBay opens data\n\nCORK, 2 December 2026 – The bay opened its data today.\n\n${wrapped}\n\nThe society was founded in 1998 and has ninety members on the coast.\n`;
        expect(await paragraphs(page)).toContain(paragraph);
      }),
      { numRuns: 60 },
    );
  });

  function wrapHan(text: string, width: number): string[] {
    const rows: string[] = [];
    let row = '';
    for (const character of text) {
      if (row.length >= width && !/[，。]/.test(character)) {
        rows.push(row);
        row = '';
      }
      row += character;
    }
    return [...rows, row];
  }

  function wrapLatin(text: string, width: number): string[] {
    const rows: string[] = [];
    let row = '';
    for (const word of text.split(' ')) {
      if (row !== '' && row.length + 1 + word.length > width) {
        rows.push(row);
        row = '';
      }
      row += (row === '' ? '' : ' ') + word;
    }
    return [...rows, row];
  }
});

describe('a release without one of its parts', () => {
  const whole = (parts: Record<string, string>) =>
    [
      'PRESS RELEASE',
      parts['headline'],
      parts['dateline'] === undefined ? parts['body'] : `${parts['dateline']} – ${parts['body']}`,
      'ENDS',
      parts['contact'],
    ]
      .filter((part) => part !== undefined && part !== '')
      .join('\n\n');
  const parts = {
    headline: 'Bay opens its data',
    dateline: 'CORK, 2 December 2026',
    body: 'The bay opened its data to everyone today, ten years after the first buoy went in. Anybody can see what the water is doing.',
    contact: 'Media contact: Jo Poon, jo@example.org, +353 00 000 0101',
  };

  async function missing(text: string): Promise<(string | undefined)[]> {
    const { document } = await importRelease(Buffer.from(text), { fileName: 'a.txt' });
    return missingParts(document).required.map(({ field }) => field);
  }

  test('is told which, with the remedy', async () => {
    expect(await missing(whole(parts))).toEqual([]);
    expect(await missing(whole({ ...parts, dateline: undefined as unknown as string }))).toEqual(['dateline']);
    expect(await missing(whole({ ...parts, contact: '' }))).toEqual(['media contact']);
    expect(await missing(`PRESS RELEASE\n\n${parts.dateline} – ${parts.body}\n\nENDS\n\n${parts.contact}`)).toEqual([
      'headline',
    ]);
    expect(
      await missing(`PRESS RELEASE\n\n${parts.headline}\n\n${parts.dateline}\n\nENDS\n\n${parts.contact}`),
    ).toEqual(['body']);
  });
});
