import { describe, expect, test } from '@jest/globals';
import type { PressNode } from '#libs/documents';
import { libraryBoat, LIBRARY_BOAT, PICTURES } from '../fixtures/library-boat.js';
import { contact, documentIn, figure, headline, paragraph, quote } from '../fixtures/nodes.js';
import { displayWidth } from './display-width.js';
import type { EditionInput, RenderedEdition } from './edition.js';
import { readHtml } from '../fixtures/read-html.js';
import { breaksWell } from './line-break.js';
import { mailProblems } from './mail-problems.js';
import { renderEdition } from './render-edition.js';
import { fillSlot, splitAtSlots } from './slots.js';

const LANGUAGES = ['zh-Hant', 'zh-Hans', 'en'] as const;
const VARIANTS = ['at_t', 'embargo'] as const;

const short = (changes: Partial<EditionInput>): EditionInput => {
  const { kit: _kit, webUrl: _webUrl, ...rest } = libraryBoat('zh-Hant');
  return { ...rest, otherEditions: [], ...changes };
};
const doc = (...content: readonly PressNode[]) => documentIn('zh-Hant', headline('題'), paragraph('文。'), ...content);

function merged(
  rendered: RenderedEdition,
  part: 'html' | 'text',
  values: Partial<Record<string, string>> = {},
): string {
  return splitAtSlots(rendered[part], part, rendered.slots)
    .map((piece) => (typeof piece === 'string' ? piece : fillSlot(piece, values[piece.name] ?? '')))
    .join('');
}

describe.each(LANGUAGES)('the mail in %s', (language) => {
  test.each(VARIANTS)('holds every part of the release, %s', async (variant) => {
    const rendered = await renderEdition(libraryBoat(language, variant));
    const words = readHtml(rendered.html).text.replace(/\s/gu, '');
    const texts = rendered.text.replace(/\s/gu, '');
    for (const part of textsOf(LIBRARY_BOAT[language])) {
      expect(words).toContain(part.replace(/\s/gu, ''));
      expect(texts).toContain(part.replace(/\s/gu, ''));
    }
    expect(mailProblems(rendered)).toEqual([]);
    expect(rendered.htmlBytes).toBe(Buffer.byteLength(rendered.html));
    expect(rendered.htmlBytes).toBeLessThan(60_000);
  });

  test('gives every picture its own link, its size and words of its own', async () => {
    const { html, text } = await renderEdition(libraryBoat(language));
    const { links, images } = readHtml(html);
    expect(images).toHaveLength(3);
    for (const image of images) expect([image.alt === '', Number(image.width) > 0]).toEqual([false, true]);
    for (const picture of PICTURES.values()) {
      // once under the picture, once on it
      expect(links.filter((link) => link.href === picture.downloadUrl)).toHaveLength(2);
      expect(text).toContain(`\n${picture.downloadUrl}\n`);
    }
    const downloads = links
      .filter((link) => link.href.includes('/original.jpg'))
      .map((link) => link.words)
      .filter(Boolean);
    expect(new Set(downloads).size).toBe(3);
  });

  test('has a text part of 72 columns, every web address on its own line, slots on lines of their own', async () => {
    for (const variant of VARIANTS) {
      const rendered = await renderEdition(libraryBoat(language, variant));
      const filled = merged(rendered, 'text', {
        greeting: '梁女士：',
        address: 'a@example.org',
        unsubscribe: 'https://example.org/u',
        preferences: 'https://example.org/p',
      });
      for (const line of filled.split('\n')) {
        if (/^https?:\/\/\S+$/.test(line)) continue;
        expect([
          line,
          displayWidth(line, language) <= 72,
          breaksWell(`中${line.trim()}`) && !/https?:/.test(line),
        ]).toEqual([line, true, true]);
      }
      expect(filled.split('\n')).toEqual(
        expect.arrayContaining(['梁女士：', 'a@example.org', 'https://example.org/u', 'https://example.org/p']),
      );
      expect(filled).not.toMatch(/\n\n\n|@@|\u00a0|\r/u);
    }
  });

  test('says who sends it, where they are and how to stop it in Chinese and in English', async () => {
    const rendered = await renderEdition(libraryBoat(language));
    for (const part of [readHtml(merged(rendered, 'html')).text, merged(rendered, 'text').replace(/\n/gu, ' ')]) {
      expect(part).toMatch(/[離离]島?岛?流[動动][圖图][書书][協协][會会]/u);
      expect(part).toContain('香港東岬海旁道七號二樓');
      expect(part).toContain('Outlying Isles Floating Library Society');
      expect(part).toMatch(/2\/F, 7 Tung Kap Praya, Hong\s+Kong/u);
      expect(part).toMatch(/取消[訂订][閱阅]/u);
      expect(part).toContain('unsubscribe');
    }
  });

  test('asks no server for anything but the pictures', async () => {
    const { html } = await renderEdition(libraryBoat(language));
    const asked = [...html.matchAll(/(?:src|@import|url\()\s*=?\s*["']?([^"')\s]+)/gu)].map((match) => match[1]);
    expect(asked.every((address) => address?.endsWith('/preview.jpg'))).toBe(true);
    // Gmail keeps 16 KB of CSS
    const css = [...html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/gu)].map((match) => match[1] ?? '').join('');
    expect(css.length).toBeLessThan(12_000);
    expect(html).not.toMatch(/fonts\.googleapis|<script|<link/u);
    expect(html).toContain(`lang="${language === 'zh-Hant' ? 'zh-Hant-HK' : language}"`);
  });
});

describe('variants', () => {
  test('an advance copy opens with the embargo, in words, before anything it covers', async () => {
    const rendered = await renderEdition(libraryBoat('zh-Hant', 'embargo'));
    for (const part of [readHtml(rendered.html).text, rendered.text]) {
      const text = part.replaceAll('\u00a0', ' ');
      expect(text.indexOf('禁發至 2026年12月2日（星期三）09:00（香港時間，UTC+8）')).toBeGreaterThan(-1);
      expect(text.indexOf('禁發至 2026')).toBeLessThan(text.lastIndexOf('退役渡輪變身圖書船'));
      expect(text).toContain('紐約 12月1日（二）20:00');
      expect(text).not.toContain('即時發布');
    }
  });

  test('what leaves at T carries no word of the embargo, whatever the document says', async () => {
    for (const language of LANGUAGES) {
      const { html, text, subject } = await renderEdition(libraryBoat(language, 'at_t'));
      expect(`${html}${text}${subject}`).not.toMatch(/禁發|解禁|后发布|embargo/iu);
    }
  });

  test('a test mail says so in subject, HTML and text', async () => {
    const { html, text, subject } = await renderEdition(libraryBoat('zh-Hans', 'at_t', { test: true }));
    expect(subject).toBe('〔测试〕【新闻稿】退役渡轮变身图书船，首年巡访二十六个离岛码头');
    expect([readHtml(html).text, text].map((part) => part.includes('测试邮件，内容未经批准，请勿刊用'))).toEqual([
      true,
      true,
    ]);
  });

  test('Taiwan reads its own words', async () => {
    const { html, text } = await renderEdition(
      libraryBoat('zh-Hant', 'embargo', {
        market: 'TW',
        instant: { utcMs: Date.UTC(2026, 11, 2, 1), zone: 'Asia/Taipei' },
      }),
    );
    expect(html).toContain('lang="zh-Hant-TW"');
    expect(text).toContain('（台北時間，UTC+8）後發布');
    expect(text).toContain('媒體聯絡人');
  });
});

describe('what a document can hold', () => {
  test('a lone picture needs no number; a caption without a picture is printed and reported', async () => {
    const lone = await renderEdition(short({ document: doc(figure('harbour', '試航。', '船')) }));
    expect(readHtml(lone.html).text).toContain('下載高解像度圖片');
    expect(lone.text).not.toContain('圖一');
    const gone = await renderEdition(short({ document: doc(figure('lost', '失去的圖', '圖')) }));
    expect(gone.text).toContain('失去的圖');
    expect(mailProblems(gone).map((problem) => problem.code)).toEqual(['rendering.mail.picture-missing']);
  });

  test('a quotation that names its speaker is not attributed twice', async () => {
    const { text } = await renderEdition(
      short({ document: doc(quote('凌若汀', '總幹事', '凌若汀說：「讓書坐船。」')) }),
    );
    expect(text.split('凌若汀')).toHaveLength(2);
  });

  test('a contact without a name leads with its organisation', async () => {
    const { text } = await renderEdition(
      short({ document: doc(contact({ organisation: '值班熱線', phones: ['+852 0000 2200'] })) }),
    );
    expect(text).toContain('\n值班熱線\n+852 0000 2200\n');
  });

  test('a mail that Gmail would cut off cannot be approved', async () => {
    const many = Array.from({ length: 80 }, () => paragraph('長'.repeat(400)));
    const rendered = await renderEdition(short({ document: doc(...many) }));
    expect(mailProblems(rendered).map(({ code, field }) => [code, field])).toEqual([
      ['rendering.mail.too-large', 'Traditional Chinese edition'],
    ]);
  });

  test('a sender without an address in both languages cannot be approved', async () => {
    const sender = { ...libraryBoat('en').sender, postalAddress: { zh: ' ', en: '7 Tung Kap Praya' } };
    expect(mailProblems(await renderEdition(short({ sender }))).map((problem) => problem.field)).toEqual([
      'Chinese postal address',
    ]);
  });
});

/** Every text a reader must find. */
function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (['href', 'alt', 'asset', 'kind', 'wall', 'zone', 'date', 'place', 'language', 'type', 'urgency'].includes(key))
      return [];
    if ('type' in value && value.type === 'urgency') return [];
    return typeof inner === 'string' ? [inner] : textsOf(inner);
  });
}
