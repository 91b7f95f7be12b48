/** The character references that turn up in Markdown written by hand. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  trade: '™',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  bull: '•',
  middot: '·',
};

/** The character that `&amp;`, `&#8212;` or `&#x2014;` stands for; undefined for what is none of these. */
export function characterOf(reference: string): string | undefined {
  const [, decimal, hexadecimal, name] = /^&(?:#(\d{2,6})|#x([0-9a-f]{2,5})|(\w{2,8}));$/i.exec(reference) ?? [];
  if (decimal !== undefined) return codePoint(Number(decimal));
  if (hexadecimal !== undefined) return codePoint(Number.parseInt(hexadecimal, 16));
  return name === undefined ? undefined : ENTITIES[name];
}

function codePoint(code: number): string | undefined {
  return code > 31 && code < 0x110000 && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}
