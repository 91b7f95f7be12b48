import { readMailbox } from './mailbox.js';

/** One message for one person, ready to be written. */
export interface OutgoingMessage {
  /** Return path. */
  readonly from: string;
  readonly to: string;
  /** The message in order; each a run of whole lines. Shared ones are the same objects from message to message. */
  readonly segments: readonly Buffer[];
}

/** What a server said it can do, from its answer to EHLO. */
export interface Offers {
  readonly pipelining: boolean;
  readonly smtpUtf8: boolean;
  readonly size: boolean;
  /** Largest message in bytes; 0 when it does not say. */
  readonly sizeLimit: number;
}

/** Reads the answer to EHLO (all lines, codes included). An answer to HELO offers nothing. */
export function offersOf(ehlo: string): Offers {
  const words = ehlo
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.slice(4).trim().toUpperCase().split(/\s+/));
  const size = words.find(([keyword]) => keyword === 'SIZE');
  const has = (keyword: string) => words.some(([word]) => word === keyword);
  return {
    pipelining: has('PIPELINING'),
    smtpUtf8: has('SMTPUTF8') && has('8BITMIME'),
    size: size !== undefined,
    sizeLimit: Number(size?.[1] ?? 0) || 0,
  };
}

/** MAIL and RCPT for exactly one recipient, or why this server cannot be given this message. */
export type Envelope =
  | { readonly mail: string; readonly rcpt: string }
  | { readonly refusal: string; readonly about: 'address' | 'message' | 'unclear' };

export function envelopeOf(message: OutgoingMessage, offers: Offers): Envelope {
  const from = readMailbox(message.from);
  if (!from) return { refusal: 'Not offered: the return path is not one plain address.', about: 'unclear' };
  const to = readMailbox(message.to);
  if (!to) return { refusal: 'Not offered: the recipient is not one plain address.', about: 'address' };
  const utf8 = from.needsUtf8 || to.needsUtf8;
  if (utf8 && !offers.smtpUtf8) {
    return { refusal: 'Not offered: the relay cannot carry addresses outside ASCII (no SMTPUTF8).', about: 'unclear' };
  }
  let size = 0;
  for (const segment of message.segments) size += segment.length;
  if (offers.sizeLimit > 0 && size > offers.sizeLimit) {
    return {
      refusal: `Not offered: ${size} bytes, and the relay takes ${offers.sizeLimit} at most.`,
      about: 'message',
    };
  }
  // Our messages are 7-bit; only an address outside ASCII puts other bytes into a header (RFC 6531 section 3.6).
  const parameters = `${offers.size ? ` SIZE=${size}` : ''}${utf8 ? ' SMTPUTF8 BODY=8BITMIME' : ''}`;
  return { mail: `MAIL FROM:<${from.address}>${parameters}\r\n`, rcpt: `RCPT TO:<${to.address}>\r\n` };
}

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const LONGEST_LINE = 998;
/** Shared segments are looked at once; a copy's own pieces are smaller than this and cost a microsecond. */
const WORTH_REMEMBERING = 2048;
const lawful = new WeakSet<Buffer>();

/**
 * What makes these bytes unfit for DATA, or undefined. A line that begins with a dot could end the message before the
 * gate has been asked, and a lone CR or LF is a line end to some servers and not to others, which smuggles a second
 * message; so we do not repair such bytes, we do not send them.
 */
export function unlawfulBytes(segments: readonly Buffer[]): string | undefined {
  if (segments.length === 0) return 'The message is empty.';
  for (const segment of segments) {
    if (lawful.has(segment)) continue;
    const fault = faultIn(segment);
    if (fault) return fault;
    if (segment.length >= WORTH_REMEMBERING) lawful.add(segment);
  }
  return undefined;
}

function faultIn(segment: Buffer): string | undefined {
  let lineStart = 0;
  for (let i = 0; i < segment.length; i++) {
    const byte = segment[i];
    if (byte === DOT && i === lineStart) return 'A line of the message begins with a dot.';
    if (byte !== CR && byte !== LF) continue;
    if (byte === LF || segment[i + 1] !== LF) return 'The message has a line end that is not CRLF.';
    if (i - lineStart > LONGEST_LINE) return `A line of the message is longer than ${LONGEST_LINE} bytes.`;
    lineStart = ++i + 1;
  }
  return lineStart === segment.length ? undefined : 'A piece of the message does not end with a line.';
}
