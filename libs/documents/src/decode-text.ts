import { Problem, wholeText, type Encoding } from '#libs/kernel';
import type { Confidence } from './claims.js';

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
  readonly confidence: Confidence;
}

/**
 * Bytes of a text file as text. A byte order mark or valid UTF-8 settles it; otherwise the encoding whose reading
 * looks most like everyday language is taken, and how clear that was is answered too.
 * @param encoding the user's word, taken when it can decode the bytes
 * @throws Problem `import.text.undecodable`, `import.text.binary`
 */
export function decodeText(bytes: Uint8Array, encoding?: Encoding): DecodedText {
  if (encoding) return { ...decodeOr(bytes, encoding), confidence: 'sure' };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return { ...decodeOr(bytes, 'utf-8'), confidence: 'sure' };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { ...decodeOr(bytes, 'utf-16le'), confidence: 'sure' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { ...decodeOr(bytes, 'utf-16be'), confidence: 'sure' };
  const wide = wideWithoutMark(bytes);
  if (wide) return wide;
  refuseBinary(bytes);
  const utf8 = decode(bytes, 'utf-8');
  if (utf8 !== null) return { text: utf8, encoding: 'utf-8', confidence: 'sure' };
  return mostPlausible(bytes);
}

function decode(bytes: Uint8Array, encoding: Encoding): string | null {
  const text = wholeText(Buffer.from(bytes), encoding);
  // U+FFFD stands for what the encoding does not have: not valid in it, which is an answer too
  return text.includes('\ufffd') ? null : text;
}

function decodeOr(bytes: Uint8Array, encoding: Encoding): { text: string; encoding: Encoding } {
  const text = decode(bytes, encoding);
  if (text === null) throw undecodable(`The file is not valid ${encoding.toUpperCase()}.`);
  return { text, encoding };
}

/** UTF-16 without its mark: read both ways, one of them gives line feeds, spaces and common Han characters. */
function wideWithoutMark(bytes: Uint8Array): DecodedText | null {
  if (bytes.length % 2 !== 0 || !hasZeroOrWide(bytes)) return null;
  const readings = (['utf-16le', 'utf-16be'] as const)
    .map((encoding) => ({ encoding, text: decode(bytes, encoding) ?? '' }))
    .map((reading) => ({ ...reading, share: shareOfEveryday(reading.text) }))
    .sort((a, b) => b.share - a.share);
  const best = readings[0]!;
  return best.share < 0.9 ? null : { text: best.text, encoding: best.encoding, confidence: 'likely' };
}

/** Zero bytes on one side only, as Latin text in UTF-16 has, or none that UTF-8 would accept. */
function hasZeroOrWide(bytes: Uint8Array): boolean {
  const sides = [0, 0];
  const sample = Math.min(bytes.length, 4096);
  for (let at = 0; at < sample; at += 1) if (bytes[at] === 0) sides[at % 2]! += 1;
  return sides[0]! + sides[1]! > 0 && (sides[0]! < sides[1]! / 8 || sides[1]! < sides[0]! / 8);
}

function shareOfEveryday(text: string): number {
  const sample = text.slice(0, 4000);
  const everyday =
    sample.match(/[\t\n\r\x20-\x7e\u2010-\u2026\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e\u00a0-\u00ff]/g)?.length ?? 0;
  return everyday / Math.max(1, sample.length);
}

function refuseBinary(bytes: Uint8Array): void {
  let strange = 0;
  for (const byte of bytes.subarray(0, 65_536)) {
    if (byte === 0) strange += 50;
    else if (byte < 0x20 && ![0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b].includes(byte)) strange += 1;
  }
  if (strange > Math.max(3, Math.min(bytes.length, 65_536) / 50)) {
    throw new Problem({
      code: 'import.text.binary',
      field: 'file',
      message: 'The file does not hold text.',
      remedy: 'Choose the release itself: a .txt, .md, .docx or .html file.',
    });
  }
}

interface Reading extends DecodedText {
  readonly score: number;
}

function mostPlausible(bytes: Uint8Array): DecodedText {
  const readings: Reading[] = [];
  for (const [encoding, score] of [
    ['big5', bigFiveScore(bytes)],
    ['gb18030', gbScore(bytes)],
    ['windows-1252', latinScore(bytes)],
  ] as const) {
    const text = score > 0 ? decode(bytes, encoding) : null;
    if (text !== null) readings.push({ text, encoding, score, confidence: 'guess' });
  }
  readings.sort((a, b) => b.score - a.score);
  const [best, next] = readings;
  if (!best || best.score < 0.5)
    throw undecodable('The file is in no encoding Dateline knows (UTF-8, UTF-16, Big5, GB18030).');
  const lead = best.score - (next?.score ?? 0);
  return { text: best.text, encoding: best.encoding, confidence: lead > 0.25 ? 'likely' : 'guess' };
}

/**
 * Share of double bytes that are punctuation or one of the 5,401 frequent characters, which Big5 keeps at A4-C6.
 * Everyday text has well over 95 % of them there; GB text read as Big5 does not.
 */
function bigFiveScore(bytes: Uint8Array): number {
  return shareOfPairs(bytes, (lead, trail) => {
    if (lead < 0x81 || lead === 0xff || !((trail >= 0x40 && trail <= 0x7e) || (trail >= 0xa1 && trail <= 0xfe)))
      return null;
    return lead >= 0xa1 && lead <= 0xc6;
  });
}

/** Likewise for the 3,755 frequent characters of GB 2312, which lie at B0-D7, punctuation at A1-A3. */
function gbScore(bytes: Uint8Array): number {
  return shareOfPairs(bytes, (lead, trail) => {
    if (lead < 0x81 || lead === 0xff || trail < 0x30 || trail === 0x7f || trail === 0xff) return null;
    return trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3));
  });
}

function shareOfPairs(bytes: Uint8Array, isFrequent: (lead: number, trail: number) => boolean | null): number {
  let pairs = 0;
  let frequent = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at]!;
    if (lead < 0x80) continue;
    const answer = at + 1 < bytes.length ? isFrequent(lead, bytes[at + 1]!) : null;
    if (answer === null) return 0;
    pairs += 1;
    if (answer) frequent += 1;
    at += 1;
  }
  return pairs === 0 ? 0 : frequent / pairs;
}

/** Windows text in English: single high bytes for curly quotes and dashes among plain letters. */
function latinScore(bytes: Uint8Array): number {
  let high = 0;
  let lonely = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at]! < 0x80) continue;
    high += 1;
    if ((bytes[at - 1] ?? 0) < 0x80 && (bytes[at + 1] ?? 0) < 0x80) lonely += 1;
  }
  if (high === 0 || high / bytes.length > 0.2) return 0;
  return 0.9 * (lonely / high);
}

function undecodable(message: string): Problem {
  return new Problem({
    code: 'import.text.undecodable',
    field: 'file',
    message,
    remedy: 'Open it in the program it comes from and save it as UTF-8 text, or as .docx.',
  });
}
