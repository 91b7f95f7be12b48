import type { Socket } from 'node:net';
import type { Clock } from '#libs/kernel';
import { ReplyReader, type Reply } from './reply.js';

type Answered = (reply: Reply | undefined) => void;

/**
 * A socket on which each answer is paired with what was asked. An answer that nobody asked for ends it, because from
 * then on every answer would be read as the answer to something else.
 */
export class Conversation {
  private readonly reader = new ReplyReader();
  private readonly awaited: Answered[] = [];
  private readonly flushes = new Set<() => void>();
  private ended: string | undefined;
  private unasked: Reply | undefined;
  private heard: number;

  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
    private readonly onEnd: () => void,
  ) {
    this.heard = clock.monotonic();
    socket.on('data', (packet: Buffer) => this.hear(packet));
    socket.on('end', () => this.end('The relay closed the connection.'));
    socket.on('close', () => this.end('The connection was closed.'));
    socket.on('error', (error: Error & { code?: string }) =>
      this.end(`The connection broke (${error.code ?? error.name}).`),
    );
    socket.resume();
  }

  /** Why it is over, or undefined while it goes on. */
  get over(): string | undefined {
    return this.ended;
  }

  /** What the server said unasked before it was over: a 421 for having waited too long, mostly. */
  get lastWords(): Reply | undefined {
    return this.unasked;
  }

  /** Whether an answer has begun to arrive. */
  get midAnswer(): boolean {
    return this.reader.midReply;
  }

  /** When something was last heard or handed over; milliseconds of the monotonic clock. */
  get lastHeard(): number {
    return this.heard;
  }

  /** The answer to what is written next; undefined when the conversation ends first. */
  answer(): Promise<Reply | undefined> {
    if (this.ended) return Promise.resolve(undefined);
    return new Promise((answered) => this.awaited.push(answered));
  }

  /** Hands bytes to the system in one go. */
  write(bytes: string | Buffer): void {
    if (!this.ended) this.socket.write(bytes);
  }

  /** Hands many buffers to the system in one go; resolves when it has taken them all, or the conversation is over. */
  writeAll(buffers: readonly Buffer[]): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.flushes.delete(done);
        this.heard = this.clock.monotonic();
        resolve();
      };
      this.flushes.add(done);
      this.socket.cork();
      for (let i = 0; i < buffers.length - 1; i++) this.socket.write(buffers[i]!);
      this.socket.write(buffers[buffers.length - 1]!, done);
      this.socket.uncork();
    });
  }

  /** Takes the socket down at once. What has not left stays here. */
  end(why: string): void {
    if (this.ended) return;
    this.ended = why;
    this.socket.destroy();
    for (const answered of this.awaited.splice(0)) answered(undefined);
    for (const done of [...this.flushes]) done();
    this.onEnd();
  }

  /** Leaves politely. */
  quit(): void {
    if (this.ended) return;
    this.ended = 'We said goodbye.';
    this.socket.end('QUIT\r\n');
    // a server that never closes its side would keep the socket, and the process with it
    this.socket.setTimeout(2000, () => this.socket.destroy());
  }

  private hear(packet: Buffer): void {
    if (this.ended) return;
    this.heard = this.clock.monotonic();
    const { replies, fault } = this.reader.read(packet);
    for (const reply of replies) {
      if (this.ended) return;
      const answered = this.awaited.shift();
      if (answered) answered(reply);
      else {
        this.unasked = reply;
        return this.end(`The relay spoke unasked (${reply.code}).`);
      }
      // RFC 5321 section 3.8: whatever was asked, 421 means that the server is about to close
      if (reply.code === 421) return this.end('The relay closed the session (421).');
    }
    if (fault) this.end(`The relay sent ${fault}.`);
  }
}
