const END_OF_DATA = Buffer.from('\r\n.\r\n');
const LINE_END = Buffer.from('\r\n');
const EHLO = '250-fast-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 0\r\n250 ENHANCEDSTATUSCODES\r\n';

/** What one packet led to. */
export interface Answer {
  /** Replies to everything that was in the packet, in one text; empty when a message goes on. */
  readonly replies: string;
  /** Messages whose end came with it. */
  readonly accepted: number;
  /** The client said QUIT. */
  readonly bye: boolean;
}

/**
 * The server's side of one SMTP session (RFC 5321, PIPELINING of RFC 2920), as little of it as a sender under test needs:
 * a message is bytes until CRLF.CRLF, looked for by `indexOf` over whole packets, never by line.
 */
export class FastSinkSession {
  private inData = false;
  /** In a message: its last bytes, in which the end may have begun. Between messages: a command not yet complete. */
  private rest: Buffer = Buffer.alloc(0);

  /** Everything in one packet: any number of commands, the end of a message and the commands that follow it. */
  feed(packet: Buffer): Answer {
    const replies: string[] = [];
    let accepted = 0;
    let bye = false;
    let left = packet;
    while (left.length > 0 && !bye) {
      if (this.inData) {
        const end = this.endIn(left);
        if (end < 0) break;
        this.inData = false;
        this.rest = Buffer.alloc(0);
        accepted += 1;
        replies.push('250 2.0.0 ok\r\n');
        left = left.subarray(end);
        continue;
      }
      const lines = this.rest.length > 0 ? Buffer.concat([this.rest, left]) : left;
      const end = lines.indexOf(LINE_END);
      if (end < 0) {
        this.rest = Buffer.from(lines);
        break;
      }
      const verb = lines.toString('latin1', 0, Math.min(end, 4)).toUpperCase();
      this.rest = Buffer.alloc(0);
      left = lines.subarray(end + 2);
      replies.push(this.reply(verb));
      bye = verb === 'QUIT';
    }
    return { replies: replies.join(''), accepted, bye };
  }

  /** Where in this packet the message has ended: the first byte after the dot's line; -1 when it goes on. */
  private endIn(packet: Buffer): number {
    const before = this.rest.length;
    const border = Buffer.concat([this.rest, packet.subarray(0, END_OF_DATA.length - 1)]);
    const split = border.indexOf(END_OF_DATA);
    if (split >= 0) return split + END_OF_DATA.length - before;
    const whole = packet.indexOf(END_OF_DATA);
    if (whole >= 0) return whole + END_OF_DATA.length;
    const keep = END_OF_DATA.length - 1;
    this.rest = Buffer.from(packet.length >= keep ? packet.subarray(-keep) : border.subarray(-keep));
    return -1;
  }

  private reply(verb: string): string {
    switch (verb) {
      case 'EHLO':
        return EHLO;
      case 'DATA':
        this.inData = true;
        // the line end of DATA itself counts: a message may begin with its dot
        this.rest = LINE_END;
        return '354 go on\r\n';
      case 'QUIT':
        return '221 2.0.0 bye\r\n';
      case 'HELO':
      case 'MAIL':
      case 'RCPT':
      case 'RSET':
      case 'NOOP':
        return '250 2.0.0 ok\r\n';
      default:
        return '502 5.5.1 not here\r\n';
    }
  }
}
