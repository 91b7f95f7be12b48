import { describe, expect, test } from '@jest/globals';
import { importRelease, missingParts, type FigureNode, type PressDocument, type PressNode } from '#libs/documents';
import { LANGUAGES, type Language } from '#libs/kernel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const demo = join(import.meta.dirname, '..', 'demo');
const FILES = { 'zh-Hant': 'release.zh-Hant.txt', 'zh-Hans': 'release.zh-Hans.txt', en: 'release.en.md' } as const;
const LINK = 'https://media.harboursound.example.org/listening-year';

const read = async (language: Language) =>
  importRelease(readFileSync(join(demo, FILES[language])), { fileName: FILES[language] });

type Of<Type extends PressNode['type']> = Extract<PressNode, { readonly type: Type }>;

function all<Type extends PressNode['type']>(document: PressDocument, type: Type): Of<Type>[] {
  return document.content.filter((node): node is Of<Type> => node.type === type);
}

function textOf(node: object): string {
  const { text, content } = node as { text?: string; content?: readonly object[] };
  return text ?? (content ?? []).map(textOf).join('');
}

describe.each(LANGUAGES)('the demo release in %s', (language) => {
  test('comes out with every part in its place and nothing left over', async () => {
    const { document, report } = await read(language);
    expect(document.attrs.language).toBe(language);
    expect(missingParts(document)).toEqual({ required: [], advised: [] });
    expect({ warnings: report.warnings, leftovers: report.summary.leftovers }).toEqual({ warnings: [], leftovers: 0 });
    expect(all(document, 'dateline')[0]?.attrs).toMatchObject({ date: '2026-12-01' });
    expect(all(document, 'urgency')[0]?.attrs.kind).toBe('immediate');
    expect(all(document, 'imageDownload').map(({ attrs }) => attrs.href)).toEqual([LINK]);
    expect(all(document, 'website')[0]?.attrs.href).toBe('https://www.harboursound.example.org');
    expect(all(document, 'notes')[0]?.content.map(({ type }) => type)).toEqual(['orderedList']);
    expect(all(document, 'boilerplate')).toHaveLength(1);
    expect(all(document, 'subhead')).toHaveLength(3);
  });

  test('gives each quotation to who said it', async () => {
    const { document } = await read(language);
    const speakers = {
      'zh-Hant': ['岑望潮', '羅渡明'],
      'zh-Hans': ['岑望潮', '罗渡明'],
      en: ['Sham Mong-chiu', 'Mr Law'],
    };
    expect(all(document, 'pressQuote').map(({ attrs }) => attrs.speaker)).toEqual(speakers[language]);
  });

  test('names both media contacts, each with their own house', async () => {
    const { document } = await read(language);
    expect(all(document, 'mediaContact').map(({ attrs }) => attrs)).toEqual(CONTACTS[language]);
  });

  test('says of each picture what pictures.json says', async () => {
    const { document } = await read(language);
    const kit = JSON.parse(readFileSync(join(demo, 'pictures', 'pictures.json'), 'utf8')) as {
      readonly caption: Record<Language, string>;
      readonly credit: Record<Language, string>;
    }[];
    const figures = all(document, 'figure').map(({ attrs }: FigureNode) => attrs);
    expect(figures).toHaveLength(kit.length);
    for (const [at, { caption, credit }] of kit.entries()) {
      // 圖一： and Picture 1: may stay with the caption; 插圖： and Illustration: may stay with the credit
      expect(figures[at]?.caption.replace(/^(?:圖.|图\d|Picture \d)[：:]\s*/, '')).toBe(caption[language]);
      expect(credit[language]).toContain(figures[at]?.credit);
      expect(figures[at]?.credit).toMatch(/海港聲音檔案館|海港声音档案馆|Harbour Sound Archive/);
    }
  });
});

test('the editions of the demo tell the same figures', async () => {
  const figures = async (language: Language) => {
    const { document } = await read(language);
    const text = document.content
      .map((node) => `${textOf(node)} ${JSON.stringify('attrs' in node ? node.attrs : {})}`)
      .join(' ');
    return [
      '301,482',
      '315,360',
      '95.6%',
      '0.4%',
      '5,190',
      '217',
      '9,400',
      '63',
      '71',
      '46',
      '42',
      '36',
      '24',
      '1.8',
    ].filter((figure) => !text.includes(figure));
  };
  expect(await Promise.all(LANGUAGES.map(figures))).toEqual(LANGUAGES.map(() => []));
});

const vanessa = { phones: ['(852) 0000 2713'], emails: ['wanching.kan@harboursound.example.org'], note: '' };
const marcus = { phones: ['(852) 0000 5528'], emails: ['marcus.hung@echolane.example.org'], note: '' };
const CONTACTS: Readonly<Record<Language, readonly object[]>> = {
  'zh-Hant': [
    { organisation: '海港聲音檔案館', name: '簡允晴', role: '傳訊經理', ...vanessa },
    { organisation: '回聲里傳訊', name: '孔柏然', role: '客戶總監', ...marcus },
  ],
  'zh-Hans': [
    { organisation: '海港声音档案馆', name: '简允晴', role: '传播经理', ...vanessa },
    { organisation: '回声里传讯', name: '孔柏然', role: '客户总监', ...marcus },
  ],
  en: [
    { organisation: 'Harbour Sound Archive', name: 'Vanessa Kan', role: 'Communications Manager', ...vanessa },
    { organisation: 'Echo Lane Communications', name: 'Marcus Hung', role: 'Account Director', ...marcus },
  ],
};
