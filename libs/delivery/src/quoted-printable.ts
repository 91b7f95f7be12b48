/** RFC 2045 section 6.7: no encoded line is longer than 76 characters; 75 and the `=` of a soft break. */
const LONGEST_LINE = 75;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;
const DOT = 0x2e;
const FROM = Buffer.from('From ', 'latin1');
const HEX = Buffer.from('0123456789ABCDEF', 'latin1');

/**
 * Quoted-printable of a text in UTF-8, made of whole lines so that pieces can be put one after another in any order:
 * it takes for granted that it begins at the start of a line, and ends at the start of the next one, with a soft break
 * where the text itself does not end in a line break. Decoding concatenated pieces gives the concatenated texts.
 *
 * No line begins with a dot: it is written `=2E`, so the bytes need no dot-stuffing (RFC 5321 section 4.5.2). Stuffing
 * would make the bytes on the wire differ from the bytes that were signed and stored, and would mean looking at every
 * byte again at T. `From ` at a line start is written `=46rom `, as mail stores put a `>` before it (RFC 4155), which
 * breaks a signature. A character is never cut by a soft break.
 *
 * @param text any text; line breaks of every kind become CRLF, a lone surrogate becomes U+FFFD
 */
export function encodeQuotedPrintable(text: string): Buffer {
  const source = Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'), 'utf8');
  // worst case three characters a byte and a soft break of three for every line of at least 64 characters
  const out = Buffer.allocUnsafe(Math.ceil(source.length * 3 * (1 + 3 / 64)) + 8);
  let column = 0;
  let written = 0;
  for (let i = 0; i < source.length;) {
    if (source[i] === CR) {
      out[written++] = CR;
      out[written++] = LF;
      column = 0;
      i += 2;
      continue;
    }
    const bytes = characterLength(source[i]!);
    const width = standsForItself(source, i, column) ? 1 : bytes * 3;
    if (column + width > LONGEST_LINE) {
      written = softBreak(out, written);
      column = 0;
      continue;
    }
    if (width === 1) out[written++] = source[i]!;
    else for (let b = 0; b < bytes; b++) written = escape(out, written, source[i + b]!);
    column += width;
    i += bytes;
  }
  if (column > 0) written = softBreak(out, written);
  return out.subarray(0, written);
}

/** Bytes of the UTF-8 character that begins with this byte; the encoder above never meets a stray continuation byte. */
function characterLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function standsForItself(source: Buffer, at: number, column: number): boolean {
  const byte = source[at]!;
  // white space at the end of a line may be dropped on the way (RFC 2045 section 6.7, rule 3)
  if (byte === SPACE || byte === TAB) return at + 1 < source.length && source[at + 1] !== CR;
  if (byte < 0x21 || byte > 0x7e || byte === EQUALS) return false;
  if (column > 0) return true;
  return byte !== DOT && !(byte === FROM[0] && source.subarray(at, at + FROM.length).equals(FROM));
}

function escape(out: Buffer, at: number, byte: number): number {
  out[at] = EQUALS;
  out[at + 1] = HEX[byte >> 4]!;
  out[at + 2] = HEX[byte & 15]!;
  return at + 3;
}

function softBreak(out: Buffer, at: number): number {
  out[at] = EQUALS;
  out[at + 1] = CR;
  out[at + 2] = LF;
  return at + 3;
}
