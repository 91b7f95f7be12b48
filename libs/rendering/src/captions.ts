import { oneLine } from './escape.js';
import type { NumberedFigure } from './outline.js';
import type { Wording } from './wording.js';

/** The caption, and the credit as printed behind it; no credit where the caption already says it. */
export function captionOf(
  figure: NumberedFigure,
  wording: Wording,
): { readonly text: string; readonly credit: string } {
  const text = oneLine(figure.node.attrs.caption);
  const credit = oneLine(figure.node.attrs.credit);
  return { text, credit: credit === '' || text.includes(credit) ? '' : wording.credit(credit) };
}
