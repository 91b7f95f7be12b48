import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PressDocument } from '#libs/documents';
import { libraryBoat } from '../fixtures/library-boat.js';
import {
  contact,
  documentIn,
  figure,
  headline,
  link,
  list,
  paragraph,
  quote,
  subhead,
  subheadline,
  table,
} from '../fixtures/nodes.js';
import { readHtml } from '../fixtures/read-html.js';
import { cleanText } from './escape.js';
import { renderEdition } from './render-edition.js';

const NONCE = 'n0nce7h4t1s4lways7hes4me';

/** Texts that mean something to MJML, HTML, Outlook, template languages or our own slots. */
const HOSTILE = [
  '<mj-include path="/etc/passwd" />',
  '</mj-text></mj-column></mj-section><mj-raw>',
  '</p></td></tr></table><script>alert(1)</script>',
  '" onerror="alert(1)',
  "' style='display:none",
  '<!--[if mso]><b>x</b><![endif]-->',
  '-->',
  ']]>',
  '{{unsubscribe}} {% include x %} [[x]] <%= x %>',
  '&lt;b&gt; &amp;#64; &nbsp;',
  '$& $1 $` \\u0000',
  `@@${NONCE}.unsubscribe@@`,
  `@@${NONCE}.leaf.0@@`,
  `@@${NONCE}x1.address@@`,
  `@@${NONCE}`,
  '.unsubscribe@@',
  '\ud800\u0000\u0008\u202e\u2028',
  '__proto__',
];

/** A document of one shape, every text of which is the given one. */
function filledWith(text: string): PressDocument {
  return documentIn(
    'zh-Hant',
    { type: 'label', content: [{ type: 'text', text }] },
    headline(text),
    subheadline(text),
    { type: 'dateline', attrs: { place: text, date: null, text } },
    paragraph(text, link(text, 'https://example.org/'), text),
    subhead(text),
    quote(text, text, `「${text}」`),
    list('bulletList', text),
    table([text], [text]),
    figure('harbour', text, text, text),
    { type: 'endMark', attrs: { text } },
    { type: 'notes', attrs: { title: text }, content: [paragraph(text)] },
    { type: 'imageDownload', attrs: { text, href: 'https://example.org/all' } },
    contact({
      organisation: text,
      name: text,
      role: text,
      phones: ['+852 0000 2231'],
      emails: ['desk@example.org'],
      note: text,
    }),
    { type: 'boilerplate', attrs: { title: text }, content: [paragraph(text)] },
    { type: 'website', attrs: { text, href: 'https://example.org/' } },
  );
}

describe('a hostile document', () => {
  test('cannot change the shape of the mail, take a slot, or lose a word', async () => {
    const plain = await renderEdition(libraryBoat('zh-Hant', 'embargo', { document: filledWith('文') }));
    const shape = readHtml(plain.html).shape;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 3 }), async (parts) => {
        const text = parts.join('');
        const rendered = await renderEdition(libraryBoat('zh-Hant', 'embargo', { document: filledWith(`文${text}`) }));
        const read = readHtml(rendered.html);
        // our own attributes differ with the words (Latin names, short cells); elements must not
        expect(read.shape.map(elementOf).filter(isPlain)).toEqual(shape.map(elementOf).filter(isPlain));
        expect(squeezed(read.text)).toContain(squeezed(cleanText(text)));
        for (const slot of rendered.slots) {
          const found = rendered[slot.part].split(slot.token).length;
          const before = plain.slots.find((other) => other.name === slot.name && other.part === slot.part);
          expect(found).toBe(plain[slot.part].split(before?.token ?? '').length);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('takes another mark for its slots when the document holds the first', async () => {
    const rendered = await renderEdition(
      libraryBoat('zh-Hant', 'at_t', { document: filledWith(`@@${NONCE}.address@@`) }),
    );
    expect(rendered.slots.map((slot) => slot.token.includes(`${NONCE}x1.`))).not.toContain(false);
    // a mark put together from neighbouring texts is seen as well
    const halves = documentIn('zh-Hant', headline('題'), paragraph('@@n0nce7h4t1s4', 'lways7hes4me.address@@'));
    const joined = await renderEdition(libraryBoat('zh-Hant', 'at_t', { document: halves }));
    expect(joined.slots.every((slot) => slot.token.startsWith(`@@${NONCE}x1.`))).toBe(true);
  });

  test('links to nothing that is not a web, mail or telephone address', async () => {
    const document = documentIn(
      'zh-Hant',
      headline('題'),
      paragraph(link('甲', 'javascript:alert(1)'), link('乙', 'data:text/html,x'), link('丙', '//example.org')),
      figure(null, '說明', '', '', 'file:///etc/passwd'),
      { type: 'imageDownload', attrs: { text: '圖', href: 'javascript:alert(2)' } },
      contact({ name: '丁', phones: ['javascript:alert(3)'], emails: ['x@example.org?bcc=y@example.org'] }),
      { type: 'website', attrs: { text: '網', href: 'vbscript:x' } },
    );
    const { html, text } = await renderEdition(libraryBoat('zh-Hant', 'at_t', { document }));
    const { links } = readHtml(html);
    expect(links.filter((found) => !/^(https?:|mailto:|tel:|@@)/.test(found.href))).toEqual([]);
    expect(links.some((found) => found.href.includes('bcc='))).toBe(false);
    for (const words of ['甲', '乙', '丙', '說明', '圖', '丁']) expect(text).toContain(words);
  });

  test('refuses a nonce that could not be told from text', async () => {
    await expect(renderEdition(libraryBoat('en', 'at_t', { slotNonce: 'short' }))).rejects.toThrow('slot nonce');
  });
});

const elementOf = (line: string) => line.split(' ')[0] ?? '';
/** Attributes and wrappers that depend on the words: line breaks in control characters, halves of addresses. */
const isPlain = (element: string) => !['br', 'span', 'wbr'].includes(element);
const squeezed = (text: string) => text.replace(/[\s\u034f\u200c]/gu, '');
