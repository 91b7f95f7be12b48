/** Punctuation that must stay with what stands before it, and with what comes after it. */
const CLOSES = /^[\p{Pe}\p{Pf}，。、；：？！,.;:?!%％…—]/u;
const OPENS = /[\p{Ps}\p{Pi}]$/u;
const segmenters = new Map<string, Intl.Segmenter>();

/**
 * Cuts a Chinese line into words, so that a narrow screen can break between them and not inside one: `檔案館` stays
 * whole. Punctuation goes with its word; a lone Han character goes with the word before it, so none is left on a line
 * of its own. Joined, the pieces are the text.
 */
export function wordsOf(text: string, language: string): readonly string[] {
  let segmenter = segmenters.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(language, { granularity: 'word' });
    segmenters.set(language, segmenter);
  }
  const words: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const before = words.at(-1);
    const joins = before !== undefined && (CLOSES.test(segment) || OPENS.test(before) || lone(segment) || lone(before));
    if (joins) words[words.length - 1] = before + segment;
    else words.push(segment);
  }
  return words;
}

function lone(segment: string): boolean {
  return [...segment].length === 1 && /\p{Script=Han}/u.test(segment);
}
