import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { PressDocument } from '#libs/documents';
import { captionsCsv, captionsOf } from './captions.js';

const figure = (asset: string | null, caption: string, credit = '') =>
  ({ type: 'figure', attrs: { asset, alt: '', caption, credit, href: null } }) as const;

test('gathers what each edition says under a picture', () => {
  const editions: PressDocument[] = [
    { type: 'doc', attrs: { language: 'zh-Hant' }, content: [figure('a', '夜景'), figure(null, '無檔')] },
    { type: 'doc', attrs: { language: 'en' }, content: [figure('a', 'The harbour at night', 'Aurora')] },
  ];
  expect([...captionsOf(editions)]).toEqual([
    ['a', { captions: { 'zh-Hant': '夜景', en: 'The harbour at night' }, credit: 'Aurora' }],
  ]);
});

test('holds every caption as one cell that no spreadsheet runs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (caption) => {
      const csv = captionsCsv([
        { file: '01_a.jpg', captions: { en: caption }, credit: '=HYPERLINK("x")', width: 3, height: 2 },
      ]);
      const [head, row] = parse(csv, { bom: true, recordDelimiter: '\r\n' });
      expect(head).toEqual(['file', 'caption zh-Hant', 'caption zh-Hans', 'caption en', 'credit', 'width', 'height']);
      expect(row?.slice(4)).toEqual([`'=HYPERLINK("x")`, '3', '2']);
      expect(row?.[3]).not.toMatch(/^\s*[=+\-@]/);
    }),
  );
});
