import type { Socket } from 'node:net';
import { crashPoint, type Clock } from '#libs/kernel';
import { Conversation } from './conversation.smtp.js';
import { envelopeOf, unlawfulBytes, type Offers, type OutgoingMessage } from './envelope.js';
import { withoutAddresses, type Reply } from './reply.js';
import { goesOn, verdictOfLoss, verdictOfReply, type Phase, type Verdict } from './verdict.js';

/** Asked when the whole body has been handed over and nothing but the final dot is missing. */
export type Gate = () => Promise<boolean>;

/** One message on its way through a session. */
export interface Parcel {
  readonly message: OutgoingMessage;
  readonly gate: Gate;
  /** What came of it. @param untouched it left without a word about it, so another session may take it from the beginning */
  done(verdict: Verdict, untouched: boolean): void;
}

export interface SessionLimits {
  /** Longest wait for one answer before the dot, milliseconds. */
  readonly silenceMs: number;
  /** Longest time from MAIL to the dot; a server that sends a byte now and then never falls silent. */
  readonly attemptMs: number;
  /** Longest wait for the answer to the dot. RFC 5321 section 4.5.3.2.6: ten minutes. */
  readonly answerMs: number;
}

/** Every segment ends with CRLF, so this completes CRLF.CRLF. */
const FINAL_DOT = '.\r\n';
/** A server that takes longer than this to answer a dot gets no envelope along with the next: it would only wait there. */
const PROMPT_MS = 500;

type Step = { readonly command: string; readonly phase: Phase };

/** A parcel with its own record of how far it got: errors do not tell. */
interface Transaction {
  readonly parcel: Parcel;
  readonly steps: readonly Step[];
  /** To its steps, in order, once they are written in one packet. */
  answers: readonly Promise<Reply | undefined>[];
  phase: Phase;
  answered: boolean;
}

/**
 * One logged-in connection that takes one message after another. Where the server pipelines, the envelope of the next
 * message leaves in the packet of the dot (RFC 2920 section 3.1), so a message costs one round trip, not two. `body` and
 * `dot_sent` begin before their first byte is written, so the record can be too far but never behind.
 */
export class SmtpSession {
  private readonly talk: Conversation;
  private following: Transaction | undefined;
  private abandonedEnvelope = false;
  private inBody = false;
  private startedAt: number | undefined;
  private dotAt: number | undefined;
  private lastDotMs = Infinity;
  private needsReset = false;
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

  /** How long the answer to the dot has been awaited, milliseconds; undefined when none is. */
  answerAwaitedFor(now: number): number | undefined {
    return this.dotAt === undefined ? undefined : now - this.dotAt;
  }

  /**
   * Hands over a message, and as long as `next` gives one at a dot, another. Each ends with its `done`. Resolves when none
   * follows or the session is over; rejects only for a bug of ours, and then no parcel is left without its `done` but the
   * one that met the bug.
   */
  async serve(first: Parcel, next: () => Parcel | undefined): Promise<void> {
    const rest: Parcel[] = [first];
    let current = this.begin(() => rest.pop());
    if (current && this.offers.pipelining) this.talk.write(this.offer(current));
    while (current) {
      this.startedAt = this.clock.monotonic();
      const early = await this.upToTheDot(current);
      const verdict = early ?? (await this.dot(current, next));
      this.startedAt = undefined;
      this.dotAt = undefined;
      current.parcel.done(verdict, current.phase === 'mail' && !current.answered);
      current = this.following;
      this.following = undefined;
    }
  }

  /** Ends what has taken too long. Called every so often: one watch for all sessions is cheaper than timers per message. */
  check(now: number): void {
    const { silenceMs, attemptMs, answerMs } = this.limits;
    if (this.dotAt !== undefined) {
      if (now - this.dotAt > answerMs) this.talk.end(`No answer to the dot within ${answerMs / 1000} s.`);
    } else if (this.startedAt !== undefined) {
      if (now - this.startedAt > attemptMs) this.stop(`Not done within ${attemptMs / 1000} s.`);
      else if (!this.inBody && now - Math.max(this.startedAt, this.talk.lastHeard) > silenceMs) {
        this.stop(`Nothing heard for ${silenceMs / 1000} s.`);
      }
    }
  }

  /** Lets the message go whose envelope waits behind a slow answer to a dot: another session can take it. */
  letFollowerGo(): void {
    const follower = this.following;
    if (!follower) return;
    this.following = undefined;
    this.abandonedEnvelope = true;
    const why = 'The answer before its turn took too long.';
    follower.parcel.done({ word: 'deferred', phase: 'mail', whose: 'relay', why }, true);
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

  /** The next message that may be offered here at all; those that may not are done. */
  private begin(next: () => Parcel | undefined): Transaction | undefined {
    for (let parcel = next(); parcel; parcel = next()) {
      const refusal = this.unfit(parcel.message);
      if ('mail' in refusal) {
        const { mail, rcpt } = refusal;
        const reset: Step[] = this.needsReset ? [{ command: 'RSET\r\n', phase: 'mail' }] : [];
        const steps: Step[] = [
          ...reset,
          { command: mail, phase: 'mail' },
          { command: rcpt, phase: 'rcpt' },
          { command: 'DATA\r\n', phase: 'data' },
        ];
        return { parcel, steps, answers: [], phase: 'mail', answered: false };
      }
      const { about, why } = refusal;
      parcel.done({ word: 'refused', phase: 'connected', about, reply: why }, false);
      if (!this.usable) return undefined;
    }
    return undefined;
  }

  private unfit(message: OutgoingMessage) {
    const fault = unlawfulBytes(message.segments);
    if (fault) return { about: 'message', why: `Not offered: ${fault}` } as const;
    const envelope = envelopeOf(message, this.offers);
    return 'refusal' in envelope ? { about: envelope.about, why: envelope.refusal } : envelope;
  }

  /** Its commands as one packet. Answers are asked for here, because they may come with what was asked before. */
  private offer(transaction: Transaction): string {
    transaction.answers = transaction.steps.map(() => this.talk.answer());
    return transaction.steps.map((step) => step.command).join('');
  }

  private async upToTheDot(current: Transaction): Promise<Verdict | undefined> {
    const stopped = this.offers.pipelining ? await this.together(current) : await this.oneByOne(current);
    if (stopped) return this.told(stopped, current);
    return this.body(current);
  }

  private async together(current: Transaction): Promise<Stop | undefined> {
    let stop: Stop | undefined;
    for (const [i, { phase }] of current.steps.entries()) {
      const reply = await current.answers[i];
      if (stop) {
        // 354 for a recipient who was refused: the only way on would be a dot, and no dot leaves without the gate
        if (phase === 'data' && reply?.code === 354) this.talk.end('The relay went on after refusing the recipient.');
        continue;
      }
      stop = this.judge(current, reply, phase);
    }
    return stop;
  }

  private async oneByOne(current: Transaction): Promise<Stop | undefined> {
    for (const { command, phase } of current.steps) {
      const answer = this.talk.answer();
      current.phase = phase;
      this.talk.write(command);
      const stop = this.judge(current, await answer, phase);
      if (stop) return stop;
    }
    return undefined;
  }

  /** Moves the record on to where the server is by this answer; undefined when the message may go on. */
  private judge(current: Transaction, reply: Reply | undefined, phase: Phase): Stop | undefined {
    current.phase = phase;
    if (!reply) return { phase };
    if (reply.code !== 421) current.answered = true;
    this.needsReset = !goesOn(reply, phase);
    return this.needsReset ? { phase, reply } : undefined;
  }

  private async body(current: Transaction): Promise<Verdict | undefined> {
    current.phase = 'body';
    this.inBody = true;
    await this.talk.writeAll(current.parcel.message.segments);
    if (this.talk.over) {
      this.inBody = false;
      return this.lost(current);
    }
    crashPoint('data.mid');
    const late = new Promise<string>((resolve) => (this.giveUp = resolve));
    let answer: boolean | string;
    try {
      answer = await Promise.race([current.parcel.gate(), late]);
    } catch {
      answer = 'The gate could not be asked.';
    }
    this.inBody = false;
    this.giveUp = () => undefined;
    if (answer === true) {
      // an answer that began before the question would be taken for the answer to the dot
      if (this.talk.midAnswer) this.talk.end('The relay began to answer before the end of the message.');
      return this.talk.over ? this.lost(current) : undefined;
    }
    const why = answer === false ? 'The gate is closed.' : String(answer);
    this.talk.end(why);
    return { word: 'stopped', phase: 'body', why };
  }

  private async dot(current: Transaction, next: () => Parcel | undefined): Promise<Verdict> {
    const answer = this.talk.answer();
    const prompt = this.offers.pipelining && this.lastDotMs < PROMPT_MS;
    this.following = prompt ? this.begin(next) : undefined;
    current.phase = 'dot_sent';
    this.dotAt = this.clock.monotonic();
    crashPoint('dot.before');
    this.talk.write(this.following ? FINAL_DOT + this.offer(this.following) : FINAL_DOT);
    crashPoint('dot.after');
    const reply = await answer;
    this.lastDotMs = this.clock.monotonic() - this.dotAt;
    if (!reply) return this.lost(current);
    const verdict = this.told({ phase: 'dot_sent', reply }, current);
    if (verdict.word === 'unknown') this.talk.end(verdict.why);
    if (this.abandonedEnvelope) this.talk.end('An envelope was left without its message.');
    return verdict;
  }

  private told(stop: Stop, current: Transaction): Verdict {
    if (!stop.reply) return this.lost(current);
    const text = withoutAddresses(stop.reply.text, current.parcel.message.to);
    return verdictOfReply({ ...stop.reply, text }, stop.phase);
  }

  /** The line went down. Last words that came before the dot left are an answer like any other. */
  private lost(current: Transaction): Verdict {
    const words = this.talk.lastWords;
    if (words && words.code >= 400 && current.phase !== 'dot_sent')
      return this.told({ phase: current.phase, reply: words }, current);
    return verdictOfLoss(current.phase, this.talk.over ?? 'The connection was lost.');
  }
}

/** Where a message got no further, and by which answer, if there was one. */
interface Stop {
  readonly phase: Phase;
  readonly reply?: Reply;
}
