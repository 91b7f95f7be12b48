import type { Socket } from 'node:net';
import type { Clock } from '#libs/kernel';
import { Conversation } from './conversation.smtp.js';
import { envelopeOf, unlawfulBytes, type Offers, type OutgoingMessage } from './envelope.js';
import { withoutAddresses, type Reply } from './reply.js';
import { goesOn, verdictOfLoss, verdictOfReply, type Phase, type Verdict } from './verdict.js';

/** Asked when the whole body has been handed over and nothing but the final dot is missing. */
export type Gate = () => Promise<boolean>;

export interface SessionLimits {
  /** Longest wait for one answer before the dot, milliseconds. */
  readonly silenceMs: number;
  /** Longest time from MAIL to the dot; a server that sends a byte now and then never falls silent. */
  readonly attemptMs: number;
  /** Longest wait for the answer to the dot. RFC 5321 section 4.5.3.2.6: ten minutes. */
  readonly answerMs: number;
}

// every segment ends with CRLF, so this completes CRLF.CRLF
const FINAL_DOT = Buffer.from('.\r\n', 'latin1');

/**
 * One logged-in connection that takes one message after another. It keeps its own record of how far a message got:
 * `body` and `dot_sent` begin before their first byte is written, so the record can be too far but never behind.
 */
export class SmtpSession {
  private readonly talk: Conversation;
  private phase: Phase = 'connected';
  private startedAt: number | undefined;
  private dotAt: number | undefined;
  private needsReset = false;
  private answeredSince = false;
  private giveUp: (why: string) => void = () => undefined;

  constructor(
    socket: Socket,
    private readonly offers: Offers,
    private readonly limits: SessionLimits,
    private readonly clock: Clock,
    onEnd: () => void,
  ) {
    this.talk = new Conversation(socket, clock, onEnd);
  }

  get usable(): boolean {
    return this.talk.over === undefined;
  }

  /** Whether the last message left without any word about it, so that another session may take it from the beginning. */
  get untouched(): boolean {
    return this.phase === 'mail' && !this.answeredSince;
  }

  /** How long the answer to the dot has been awaited, milliseconds; undefined when none is. */
  answerAwaitedFor(now: number): number | undefined {
    return this.dotAt === undefined ? undefined : now - this.dotAt;
  }

  /** Hands over one message. Never throws for what a server or a line does. */
  async deliver(message: OutgoingMessage, gate: Gate): Promise<Verdict> {
    this.phase = 'connected';
    this.answeredSince = false;
    this.startedAt = this.clock.monotonic();
    try {
      return await this.attempt(message, gate);
    } finally {
      this.startedAt = undefined;
      this.dotAt = undefined;
    }
  }

  /** Ends what has taken too long. Called every so often: one watch for all sessions is cheaper than timers per message. */
  check(now: number): void {
    const { silenceMs, attemptMs, answerMs } = this.limits;
    if (this.dotAt !== undefined) {
      if (now - this.dotAt > answerMs) this.talk.end(`No answer to the dot within ${answerMs / 1000} s.`);
    } else if (this.startedAt !== undefined) {
      if (now - this.startedAt > attemptMs) this.stop(`Not done within ${attemptMs / 1000} s.`);
      else if (this.phase !== 'body' && now - Math.max(this.startedAt, this.talk.lastHeard) > silenceMs) {
        this.stop(`Nothing heard for ${silenceMs / 1000} s.`);
      }
    }
  }

  quit(): void {
    this.talk.quit();
  }

  /** Takes the connection down without a word. */
  abandon(why: string): void {
    this.talk.end(why);
  }

  private stop(why: string): void {
    this.talk.end(why);
    this.giveUp(why);
  }

  private async attempt(message: OutgoingMessage, gate: Gate): Promise<Verdict> {
    const fault = unlawfulBytes(message.segments);
    if (fault) return { word: 'refused', phase: this.phase, about: 'message', reply: `Not offered: ${fault}` };
    const envelope = envelopeOf(message, this.offers);
    if ('refusal' in envelope) {
      return { word: 'refused', phase: this.phase, about: envelope.about, reply: envelope.refusal };
    }
    const { mail, rcpt } = envelope;
    const stopped = this.offers.pipelining ? await this.together(mail, rcpt) : await this.oneByOne(mail, rcpt);
    if (stopped) return this.told(stopped, message.to);
    return (await this.body(message, gate)) ?? this.dot(message.to);
  }

  /** RSET if the last transaction was broken off, MAIL, RCPT and DATA in one packet (RFC 2920). */
  private async together(mail: string, rcpt: string): Promise<Stop | undefined> {
    const steps = this.steps(mail, rcpt);
    const answers = steps.map(() => this.talk.answer());
    this.phase = 'mail';
    this.talk.write(steps.map((step) => step.command).join(''));
    let stop: Stop | undefined;
    for (const [i, { phase }] of steps.entries()) {
      const reply = await answers[i];
      if (stop) {
        // 354 for a recipient who was refused: the only way on would be a dot, and no dot leaves without the gate
        if (phase === 'data' && reply?.code === 354) this.talk.end('The relay went on after refusing the recipient.');
        continue;
      }
      stop = this.judge(reply, phase);
    }
    return stop;
  }

  private async oneByOne(mail: string, rcpt: string): Promise<Stop | undefined> {
    for (const { command, phase } of this.steps(mail, rcpt)) {
      const answer = this.talk.answer();
      this.phase = phase;
      this.talk.write(command);
      const stop = this.judge(await answer, phase);
      if (stop) return stop;
    }
    return undefined;
  }

  private steps(mail: string, rcpt: string): { readonly command: string; readonly phase: Phase }[] {
    return [
      ...(this.needsReset ? [{ command: 'RSET\r\n', phase: 'mail' } as const] : []),
      { command: mail, phase: 'mail' },
      { command: rcpt, phase: 'rcpt' },
      { command: 'DATA\r\n', phase: 'data' },
    ];
  }

  /** Moves the record on to where the server is by this answer; undefined when the message may go on. */
  private judge(reply: Reply | undefined, phase: Phase): Stop | undefined {
    this.phase = phase;
    if (!reply) return { phase };
    if (reply.code !== 421) this.answeredSince = true;
    this.needsReset = !goesOn(reply, phase);
    return this.needsReset ? { phase, reply } : undefined;
  }

  private async body(message: OutgoingMessage, gate: Gate): Promise<Verdict | undefined> {
    this.phase = 'body';
    await this.talk.writeAll(message.segments);
    if (this.talk.over) return this.lost(message.to);
    const late = new Promise<string>((resolve) => (this.giveUp = resolve));
    let answer: boolean | string;
    try {
      answer = await Promise.race([gate(), late]);
    } catch {
      answer = 'The gate could not be asked.';
    }
    this.giveUp = () => undefined;
    if (answer === true) {
      // an answer that began before the question would be taken for the answer to the dot
      if (this.talk.midAnswer) this.talk.end('The relay began to answer before the end of the message.');
      return this.talk.over ? this.lost(message.to) : undefined;
    }
    const why = answer === false ? 'The gate is closed.' : String(answer);
    this.talk.end(why);
    return { word: 'stopped', phase: 'body', why };
  }

  private async dot(recipient: string): Promise<Verdict> {
    const answer = this.talk.answer();
    this.phase = 'dot_sent';
    this.dotAt = this.clock.monotonic();
    this.talk.write(FINAL_DOT);
    const reply = await answer;
    if (!reply) return this.lost(recipient);
    const verdict = this.told({ phase: 'dot_sent', reply }, recipient);
    if (verdict.word === 'unknown') this.talk.end(verdict.why);
    return verdict;
  }

  private told(stop: Stop, recipient: string): Verdict {
    if (!stop.reply) return this.lost(recipient);
    const text = withoutAddresses(stop.reply.text, recipient);
    return verdictOfReply({ ...stop.reply, text }, stop.phase);
  }

  /** The line went down. Last words that came before the dot left are an answer like any other. */
  private lost(recipient: string): Verdict {
    const words = this.talk.lastWords;
    if (words && words.code >= 400 && this.phase !== 'dot_sent')
      return this.told({ phase: this.phase, reply: words }, recipient);
    return verdictOfLoss(this.phase, this.talk.over ?? 'The connection was lost.');
  }
}

/** Where a message got no further, and by which answer, if there was one. */
interface Stop {
  readonly phase: Phase;
  readonly reply?: Reply;
}
