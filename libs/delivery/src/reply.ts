/** What a server said to one command. */
export interface Reply {
  readonly code: number;
  /** RFC 3463 status of the first line when it belongs to the code, such as `5.1.1`. */
  readonly status?: string;
  /** Every line as sent, code included, joined by line feeds; control characters replaced by U+FFFD. */
  readonly text: string;
}

/** RFC 5321 section 4.5.3.1.5 allows 512 octets a line; servers with long explanations are forgiven up to this. */
const LONGEST_LINE = 4096;
const LONGEST_REPLY = 65_536;
const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);
const LINE = /^([2-5][0-9][0-9])(?:([ -])(.*))?$/s;

/**
 * Reads replies out of whatever packets they arrive in. Strict, because a byte too many means that the next answer is
 * read as the answer to another command: anything that is not a reply is a fault, and after a fault nothing is read.
 */
export class ReplyReader {
  private rest: Buffer = EMPTY;
  private lines: string[] = [];
  private size = 0;
  private broken: string | undefined;

  /** Replies completed by this packet, in order, and what was wrong after them, if anything. */
  read(packet: Buffer): { readonly replies: readonly Reply[]; readonly fault?: string } {
    if (this.broken) return { replies: [], fault: this.broken };
    const replies: Reply[] = [];
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, packet]) : packet;
    let from = 0;
    for (let end = bytes.indexOf(LF); end >= 0 && !this.broken; end = bytes.indexOf(LF, from)) {
      const reply = this.line(bytes.subarray(from, end > from && bytes[end - 1] === CR ? end - 1 : end));
      if (reply) replies.push(reply);
      from = end + 1;
    }
    this.rest = from === bytes.length ? EMPTY : bytes.subarray(from);
    if (this.rest.length > LONGEST_LINE) this.broken ??= 'a reply line of more than 4096 bytes';
    return this.broken ? { replies, fault: this.broken } : { replies };
  }

  /** Whether part of a reply has arrived and its end has not. */
  get midReply(): boolean {
    return this.rest.length > 0 || this.lines.length > 0;
  }

  private line(bytes: Buffer): Reply | undefined {
    this.size += bytes.length;
    const text = bytes.toString('utf8');
    const [, code, more] = LINE.exec(text) ?? [];
    if (bytes.length > LONGEST_LINE || this.size > LONGEST_REPLY) this.broken = 'a reply that is too long';
    else if (code === undefined || bytes.includes(CR)) this.broken = 'bytes that are not an SMTP reply';
    else if (this.lines.length > 0 && !this.lines[0]!.startsWith(code)) this.broken = 'a reply with two codes';
    if (this.broken || code === undefined) return undefined;
    this.lines.push(text);
    return more === '-' ? undefined : this.finish(Number(code));
  }

  private finish(code: number): Reply {
    const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(this.lines[0]!)?.[1];
    const text = this.lines.map((line) => line.replace(/[\x00-\x1f\x7f]/g, '\ufffd')).join('\n');
    this.lines = [];
    this.size = 0;
    return status?.startsWith(String(code)[0]!) ? { code, status, text } : { code, text };
  }
}

// An address as servers print it: plain, percent-encoded in a help link, or in angle brackets. Anchored at the start of
// its word, so that a word of any length is looked at once.
const ADDRESS = /<?(?<![^\s<>()[\]"',;:=?&/])[^\s<>()[\]"',;:=?&/]+(?:@|%40)(?:[a-z0-9\u0080-\uffff-]+\.?)+>?/gi;

/** Replies are kept for people to read; whole pages are not. */
const KEPT = 2000;

/**
 * A server's words without personal data, as the ledger may keep them: the recipient's address becomes `<recipient>`, so
 * does the local part by itself, and any other address (a forwarding target, say) becomes `<address>`.
 */
export function withoutAddresses(said: string, recipient: string): string {
  const text = said.length > KEPT ? `${said.slice(0, KEPT)}…` : said;
  const local = recipient.slice(0, recipient.lastIndexOf('@'));
  if (!/@|%40/i.test(text) && !text.toLowerCase().includes(local.toLowerCase())) return text;
  const domain = recipient.slice(local.length + 1);
  const spellings = [`${local}@${domain}`, encodeURIComponent(recipient), `${local}%40${domain}`, `${local}=${domain}`];
  const exact = new RegExp(`<?(?:${spellings.map(literally).join('|')})>?`, 'giu');
  // `<recipient>` is written last, because `recipient` may be somebody's local part
  const named = text.replace(exact, '\u0000').replace(ADDRESS, '<address>');
  const alone = new RegExp(`(?<![\\p{L}\\p{N}._+-])${literally(local)}(?![\\p{L}\\p{N}_+-])`, 'giu');
  // a local part of one or two letters is an ordinary word too often to be hidden everywhere
  return (local.length > 2 ? named.replace(alone, '\u0000') : named).replaceAll('\u0000', '<recipient>');
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
