import { inlineText } from '#libs/documents';
import type { Language } from '#libs/kernel';
import { graphemes, graphemeWidth } from './display-width.js';
import { oneLine } from './escape.js';
import { isChinese } from './locale.js';
import type { Outline } from './outline.js';
import type { Wording } from './wording.js';

/** Mail lists show about 90 to 110 columns behind the subject. */
const COLUMNS = 110;

/** The line a mail list shows behind the subject: one fact the headline does not tell, then what the mail brings. */
export function preheaderFor(outline: Outline, pictures: number, language: Language, wording: Wording): string {
  const first = outline.body.find((block) => 'type' in block && block.type === 'paragraph');
  const lead = first && 'type' in first && first.type === 'paragraph' ? inlineText(first.content) : '';
  const fact = firstSentence(oneLine(outline.subheadlines[0] ?? '') || oneLine(lead), language);
  const brings = wording.brings(pictures, outline.contacts.length);
  if (isChinese(language)) {
    const stop = /[。！？!?.…]$/u.test(fact) || fact === '' ? '' : '。';
    return `${fact}${stop}${brings === '' ? '' : `附${brings}。`}`;
  }
  const stop = /[.!?…]$/u.test(fact) || fact === '' ? '' : '.';
  return [`${fact}${stop}`, brings === '' ? '' : `With ${brings}.`].filter((part) => part !== '').join(' ');
}

/** Up to the first full stop if that comes soon enough, else cut with an ellipsis. */
function firstSentence(text: string, language: Language): string {
  const sentence = /^.*?(?:[。！？]|[.!?](?=\s|$))/u.exec(text)?.[0] ?? text;
  let width = 0;
  let kept = '';
  for (const grapheme of graphemes(sentence)) {
    width += graphemeWidth(grapheme, language);
    if (width > COLUMNS) return `${atClause(kept)}…`;
    kept += grapheme;
  }
  return kept;
}

/** Back to the last comma if that leaves enough, else to the last whole word. */
function atClause(text: string): string {
  const clause = /^(.{24,})[，；、,;]/u.exec(text)?.[1];
  return clause ?? text.replace(/\s+\S*$/u, '');
}
