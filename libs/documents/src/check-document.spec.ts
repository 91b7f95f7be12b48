import { describe, expect, test } from '@jest/globals';
import { checkDocument } from './check-document.js';
import type { PressDocument, PressNode } from './document.js';
import { missingParts } from './missing-parts.js';

const text = (value: string) => [{ type: 'text' as const, text: value }];

const parts: readonly PressNode[] = [
  { type: 'label', content: text('Press release') },
  {
    type: 'urgency',
    attrs: { kind: 'embargo', wall: '2026-12-02T09:00', zone: 'Asia/Hong_Kong' },
    content: text('Embargoed'),
  },
  { type: 'headline', content: text('Bay opens') },
  { type: 'subheadline', content: text('At last') },
  { type: 'dateline', attrs: { place: 'Hong Kong', date: '2026-12-02', text: 'Hong Kong, 2 December 2026' } },
  {
    type: 'paragraph',
    content: [
      ...text('One '),
      { type: 'text', text: 'site', marks: [{ type: 'link', attrs: { href: 'https://a.example.org' } }] },
    ],
  },
  { type: 'subhead', attrs: { level: 2 }, content: text('More') },
  {
    type: 'pressQuote',
    attrs: { speaker: 'Jo Poon', title: null },
    content: [{ type: 'paragraph', content: text('“Yes,” said Jo Poon.') }],
  },
  { type: 'bulletList', content: [{ type: 'listItem', content: [{ type: 'paragraph', content: text('first') }] }] },
  { type: 'endMark', attrs: { text: '###' } },
  { type: 'notes', attrs: { title: 'Notes to editors' }, content: [{ type: 'paragraph', content: text('None') }] },
  { type: 'imageDownload', attrs: { text: 'Pictures', href: 'https://a.example.org/p' } },
  { type: 'figure', attrs: { asset: null, alt: '', caption: 'The bay', credit: '', href: null } },
  {
    type: 'mediaContact',
    attrs: {
      organisation: 'Bay Society',
      name: 'Jo Poon',
      role: '',
      phones: ['(852) 0000 1234'],
      emails: ['jo@example.org'],
      note: '',
    },
  },
  { type: 'boilerplate', attrs: { title: 'About' }, content: [{ type: 'paragraph', content: text('A society.') }] },
  { type: 'website', attrs: { text: 'www.example.org', href: 'https://www.example.org' } },
];

function documentOf(content: readonly PressNode[] = parts): PressDocument {
  return { type: 'doc', attrs: { language: 'en' }, content };
}

function changed(type: PressNode['type'], change: Record<string, unknown>): PressDocument {
  return documentOf(parts.map((part) => (part.type === type ? { ...part, ...change } : part)));
}

function refusal(json: unknown): unknown {
  try {
    checkDocument(json);
  } catch (problem) {
    return problem;
  }
  throw new Error('was accepted');
}

describe('a press document', () => {
  test('comes back as it was, in one canonical order of attributes', () => {
    const document = documentOf();
    expect(checkDocument(document)).toEqual(document);
    const shuffled = JSON.parse(
      JSON.stringify(document).replace(
        '"place":"Hong Kong","date":"2026-12-02"',
        '"date":"2026-12-02","place":"Hong Kong"',
      ),
    );
    expect(JSON.stringify(checkDocument(shuffled))).toBe(JSON.stringify(checkDocument(document)));
  });

  test('keeps the empty parts of a draft', () => {
    const draft = documentOf([
      { type: 'headline', content: [] },
      { type: 'dateline', attrs: { place: '', date: null, text: '' } },
      { type: 'paragraph', content: [] },
    ]);
    expect(checkDocument(draft)).toEqual(draft);
  });

  test.each([
    ['headline', documentOf(parts.filter((part) => part.type !== 'headline'))],
    ['dateline', documentOf(parts.filter((part) => part.type !== 'dateline'))],
    ['end mark', documentOf([...parts.slice(0, 10), parts[9]!, ...parts.slice(10)])],
    ['dateline', documentOf([parts[4]!, ...parts.slice(2)])],
    ['body', documentOf(parts.slice(0, 5))],
    ['list', documentOf(parts.map((part) => (part.type === 'bulletList' ? { ...part, content: [] } : part)))],
  ])('names a missing, doubled or misplaced %s', (field, json) => {
    expect(refusal(json)).toMatchObject({ code: 'document.order', field, remedy: expect.stringContaining('order') });
  });

  test.each([
    ['headline', changed('headline', { content: text('One\r\nBcc: all@example.org') })],
    [
      'media contact.name',
      changed('mediaContact', {
        attrs: { organisation: '', name: 'Jo\nPoon', role: '', phones: [], emails: [], note: '' },
      }),
    ],
    [
      'media contact.emails',
      changed('mediaContact', {
        attrs: { organisation: '', name: '', role: '', phones: [], emails: ['a@example.org\u2028'], note: '' },
      }),
    ],
    ['web site.href', changed('website', { attrs: { text: 'x', href: 'javascript:alert(1)' } })],
    ['image download.href', changed('imageDownload', { attrs: { text: 'x', href: 'file:///etc/passwd' } })],
    [
      'paragraph.link',
      changed('paragraph', {
        content: [{ type: 'text', text: 'x', marks: [{ type: 'link', attrs: { href: 'data:text/html,x' } }] }],
      }),
    ],
    ['urgency.wall', changed('urgency', { attrs: { kind: 'embargo', wall: 'tomorrow', zone: null } })],
    ['dateline.date', changed('dateline', { attrs: { place: '', date: '2 December', text: '' } })],
    ['subhead.level', changed('subhead', { attrs: { level: 1 } })],
    ['document.language', { ...documentOf(), attrs: { language: 'fr' } }],
  ])('refuses what a mail or page could be broken with, naming %s', (field, json) => {
    expect(refusal(json)).toMatchObject({ name: 'Problem', field });
  });

  test.each([
    null,
    'text',
    {},
    { type: 'doc' },
    { type: 'doc', content: [{ type: 'script' }] },
    { type: 'doc', content: 'x' },
    [],
  ])('refuses %j with a Problem, not a crash', (json) => {
    expect(refusal(json)).toMatchObject({ name: 'Problem' });
  });
});

describe('missing parts', () => {
  test('are none when all is there', () => {
    expect(missingParts(documentOf())).toEqual({ required: [], advised: [] });
  });

  test('are named one by one, with the remedy', () => {
    const empty = documentOf([
      { type: 'headline', content: text('  ') },
      { type: 'dateline', attrs: { place: '', date: null, text: '' } },
      { type: 'paragraph', content: [] },
    ]);
    const { required, advised } = missingParts(empty);
    expect(required.map(({ field }) => field)).toEqual(['headline', 'dateline', 'body', 'media contact']);
    expect(required.every(({ remedy }) => remedy.length > 10)).toBe(true);
    expect(advised.map(({ field }) => field)).toEqual(['boilerplate']);
  });

  test('count a dateline without its date or place, and a contact nobody can reach', () => {
    const half = changed('dateline', { attrs: { place: 'Hong Kong', date: null, text: 'Hong Kong' } });
    expect(missingParts(half).required.map(({ field }) => field)).toEqual(['dateline.date']);
    const mute = changed('mediaContact', {
      attrs: { organisation: 'X', name: 'Y', role: '', phones: [], emails: [], note: '' },
    });
    expect(missingParts(mute).required.map(({ field }) => field)).toEqual(['media contact']);
  });
});
