/**
 * The same text with full-width Latin, digits and punctuation written half-width, so that one pattern reads both.
 * One UTF-16 unit becomes one unit: positions found in the folded text hold in the original.
 */
export function fold(text: string): string {
  return text.replace(FOLDABLE, foldOne);
}

const FOLDABLE =
  /[\u00a0\u2000-\u200a\u202f\u2236\u2571\u3000\u3010\u3011\u3014\u3015\ufe30\ufe31\ufe50-\ufe55\uff01-\uff5e\u2010\u2011\u2212]/g;

function foldOne(unit: string): string {
  const code = unit.charCodeAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return SINGLES[unit] ?? ' ';
}

const SINGLES: Readonly<Record<string, string>> = {
  '\u2236': ':',
  '\u2571': '/',
  '\u3010': '[',
  '\u3011': ']',
  '\u3014': '[',
  '\u3015': ']',
  '\ufe30': ':',
  '\ufe31': '|',
  '\ufe50': ',',
  '\ufe51': ',',
  '\ufe52': '.',
  '\ufe53': '.',
  '\ufe54': ';',
  '\ufe55': ':',
  '\u2010': '-',
  '\u2011': '-',
  '\u2212': '-',
};
