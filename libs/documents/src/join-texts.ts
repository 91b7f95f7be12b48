/** Texts of neighbouring lines as one line: no space between Han characters, one between all others. */
export function joinTexts(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) {
    const plain = text.replace(/[^\S\u3000]+/g, ' ').trim();
    if (plain === '') continue;
    joined += (joined === '' || !needsSpace(joined, plain) ? '' : ' ') + plain;
  }
  return joined;
}

const HAN_SIDE = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef「」『』《》〈〉【】]/u;

export function needsSpace(before: string, after: string): boolean {
  const last = [...before].at(-1) ?? '';
  const first = [...after][0] ?? '';
  if (/[。，、；：？！）」』】》]/u.test(last) || /[。，、；：？！）」』】》]/u.test(first)) return false;
  return !(HAN_SIDE.test(last) && HAN_SIDE.test(first));
}
