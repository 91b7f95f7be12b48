import type { InlineNode, ParagraphNode, TextNode } from '#libs/documents';
import { cleanText } from './escape.js';
import { amountsApart } from './line-break.js';
import type { Mail } from './mail.js';
import { wordsOf } from './words.js';

/** Inline content as HTML tokens: bold, links and line breaks; anything else is plain text. */
export function inlineHtml(content: readonly InlineNode[], mail: Mail): string {
  return content.map((node) => (node.type === 'hardBreak' ? '<br />' : marked(node, mail))).join('');
}

/**
 * A headline as HTML tokens. A full-width space parts the halves of a Chinese headline: each half moves to the next line
 * as a whole before it is broken. Amounts with a space in them (2022 年) stay whole.
 */
export function headlineHtml(text: string, mail: Mail): string {
  const halves = text.split('　').map((half) =>
    amountsApart(half)
      .map((part) =>
        part.amount
          ? `<span style="white-space:nowrap">${mail.leaves.text(part.text)}</span>`
          : brokenAtWords(part.text, mail),
      )
      .join(''),
  );
  if (halves.length === 1) return halves.join('');
  return halves.map((half) => `<span style="display:inline-block">${half}</span>`).join('　');
}

/** `<wbr>` between words, which is where `word-break: keep-all` may break; a program that knows neither loses nothing. */
function brokenAtWords(text: string, mail: Mail): string {
  const words = mail.chinese ? wordsOf(text, mail.language) : [text];
  return words.map((word) => mail.leaves.text(word)).join('<wbr>');
}

function marked(node: TextNode, mail: Mail): string {
  const link = node.marks?.find((mark) => mark.type === 'link');
  let html = lines(node.text, mail);
  if (node.marks?.some((mark) => mark.type === 'bold')) html = `<strong>${html}</strong>`;
  return link ? mail.leaves.link(link.attrs.href, html) : html;
}

function lines(text: string, mail: Mail): string {
  return cleanText(text)
    .split('\n')
    .map((line) => (line === '' ? '' : mail.leaves.text(line)))
    .join('<br />');
}

/** Paragraphs one under another; the last keeps the gap `lastGap` below it. */
export function paragraphsHtml(paragraphs: readonly ParagraphNode[], mail: Mail, gap: number, lastGap = gap): string {
  return paragraphs
    .map((paragraph, place) => {
      const below = place === paragraphs.length - 1 ? lastGap : gap;
      return `<p style="margin:0 0 ${below}px">${inlineHtml(paragraph.content, mail)}</p>`;
    })
    .join('');
}

/** ` lang="en"` for a Latin name inside a Chinese mail: hyphenation, fonts and voices follow it. */
export function latinLang(text: string, mail: Mail): string {
  return mail.chinese && !/\p{Script=Han}/u.test(text) && /[A-Za-z]/.test(text) ? ' lang="en"' : '';
}
