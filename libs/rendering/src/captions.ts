import { oneLine } from './escape.js';
import type { NumberedFigure } from './outline.js';
import type { Wording } from './wording.js';

/** 圖一：, 图2　, Figure 3. — the mail prints its own number, and houses that number their captions do it their way. */
const OWN_NUMBER =
  /^(?:[圖图](?:片|說|说)?|figure|fig\.?|photo|picture|image)\s*[（(]?[一二三四五六七八九十\d]+[）)]?\s*[：:.．、\u3000-]\s*/iu;

/** The caption, and the credit as printed behind it; no credit where the caption already says it. */
export function captionOf(
  figure: NumberedFigure,
  wording: Wording,
): { readonly text: string; readonly credit: string } {
  const text = oneLine(figure.node.attrs.caption).replace(OWN_NUMBER, '');
  const credit = oneLine(figure.node.attrs.credit);
  return { text, credit: credit === '' || text.includes(credit) ? '' : wording.credit(credit) };
}
