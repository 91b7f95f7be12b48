/** Control characters that no mail may carry (RFC 5322, section 3.5) and that HTML forbids; line feed and tab stay. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;
/** Marks that reorder what stands around them: a link could be made to read as another one. */
const BIDI_OVERRIDE = /[\u202a-\u202e\u2066-\u2069]/g;
const HALF_PAIR = /\p{Surrogate}/gu;

/** A user's text as it may be shown: one kind of line end, no control characters, well-formed UTF-16. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(CONTROL, '')
    .replace(BIDI_OVERRIDE, '')
    .replace(HALF_PAIR, '\ufffd');
}

/** The same on one line. Full-width spaces stay: they part the halves of a Chinese headline. */
export function oneLine(text: string): string {
  return cleanText(text)
    .replace(/[^\S\u3000]+/gu, ' ')
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as HTML text and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
