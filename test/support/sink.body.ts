import { createHash, type Hash } from 'node:crypto';

const TERMINATOR = Buffer.from('\r\n.\r\n', 'latin1');
const KEPT_OF_HEAD = 16_384;

export type Capture = 'raw' | 'sha256' | 'none';

/** The bytes between 354 and the dot, searched for their end packet by packet. Does not change bytes: senders that stuff dots show. */
export class SinkBody {
  private tail = Buffer.from('\r\n', 'latin1');
  private readonly chunks: Buffer[] = [];
  private head = '';
  private readonly hash: Hash | undefined;
  bytes = 0;

  constructor(private readonly capture: Capture) {
    this.hash = capture === 'sha256' ? createHash('sha256') : undefined;
  }

  /** Takes a packet. Returns where in it the message ended (first byte after the dot's line), or -1 when it has not. */
  take(packet: Buffer): number {
    const end = this.endIn(packet);
    const before = this.bytes;
    this.bytes += end < 0 ? packet.length : end;
    this.keep(packet.subarray(0, end < 0 ? packet.length : end), before);
    if (end < 0) this.tail = Buffer.concat([this.tail, packet.subarray(-4)]).subarray(-4);
    return end;
  }

  /** The message without its final dot. */
  get raw(): Buffer | undefined {
    if (this.capture !== 'raw') return undefined;
    const all = Buffer.concat(this.chunks);
    return all.subarray(0, Math.max(0, all.length - 3));
  }

  get sha256(): string | undefined {
    if (this.capture === 'raw') return createHash('sha256').update(this.raw!).digest('hex');
    return this.hash?.copy().digest('hex');
  }

  get messageId(): string | undefined {
    return /^message-id:\s*(\S+)/im.exec(this.head)?.[1];
  }

  private endIn(packet: Buffer): number {
    const seam = Buffer.concat([this.tail, packet.subarray(0, 4)]);
    const across = seam.indexOf(TERMINATOR);
    if (across >= 0) return across + TERMINATOR.length - this.tail.length;
    const within = packet.indexOf(TERMINATOR);
    return within < 0 ? -1 : within + TERMINATOR.length;
  }

  private held = Buffer.alloc(0);

  private keep(bytes: Buffer, before: number): void {
    if (before < KEPT_OF_HEAD) this.head += bytes.toString('latin1', 0, KEPT_OF_HEAD - before);
    if (this.capture === 'raw') this.chunks.push(Buffer.from(bytes));
    if (!this.hash) return;
    // the last three bytes may be the dot's line, which is not part of the message
    const all = Buffer.concat([this.held, bytes]);
    const sure = Math.max(0, all.length - 3);
    this.hash.update(all.subarray(0, sure));
    this.held = Buffer.from(all.subarray(sure));
  }
}
