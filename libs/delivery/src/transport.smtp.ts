import type { Clock, Log } from '#libs/kernel';
import type { OutgoingMessage } from './envelope.js';
import { openConnection, type Fault, type Opener, type OpeningLimits } from './opening.smtp.js';
import { readRelayUrl } from './relay.target.js';
import { SmtpSession, type Gate, type SessionLimits } from './session.smtp.js';
import type { Verdict } from './verdict.js';

export interface RelayLimits extends OpeningLimits, SessionLimits {
  /** An answer to the dot that takes longer than this no longer keeps its place: another connection takes it. */
  readonly offLaneMs: number;
  /** Pause before another connection is tried while some work and one could not be opened. */
  readonly reopenMs: number;
}

export const RELAY_LIMITS: RelayLimits = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 60_000,
  attemptMs: 180_000,
  answerMs: 600_000,
  offLaneMs: 5_000,
  reopenMs: 2_000,
};

export interface RelayOptions {
  /** SMTP_URL. */
  readonly url: string;
  /** Most connections at once, not counting those that only wait for a slow answer to their dot. */
  readonly connections: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<RelayLimits>;
  /** PEM certificates to trust besides those of Node. */
  readonly trust?: string;
}

export interface Relay {
  /** Connects, encrypts and logs in ahead of need; nothing more. Tells how many connections stand, and what was in the way of more. */
  arm(count: number): Promise<{ readonly ready: number; readonly fault?: Fault }>;
  /**
   * Hands over one message to one recipient. Waits for a free connection, however many ask. `gate` is asked once, when
   * only the final dot is missing; unless it answers true the dot never leaves. Rejects for a bug of ours only.
   */
  send(message: OutgoingMessage, gate: Gate): Promise<Verdict>;
  /** Resolves as soon as a message would not have to wait for a connection. */
  vacancy(): Promise<void>;
  /** Takes no more messages, lets those on a connection finish, stops those that wait for one, then leaves. */
  close(): Promise<void>;
}

/** Opens the way to a relay without connecting yet. Throws a Problem for an address that makes no sense. */
export function openRelay(options: RelayOptions): Relay {
  return new SmtpRelay({
    ...options,
    target: readRelayUrl(options.url),
    limits: { ...RELAY_LIMITS, ...options.limits },
  });
}

type Settings = Omit<RelayOptions, 'limits'> & Opener & { readonly limits: RelayLimits };

interface Task {
  readonly message: OutgoingMessage;
  readonly gate: Gate;
  readonly settle: (verdict: Verdict) => void;
  readonly fail: (error: unknown) => void;
  again: boolean;
}

const STOPPED: Verdict = { word: 'stopped', phase: 'connected', why: 'The relay is being closed.' };

class SmtpRelay implements Relay {
  private readonly idle: SmtpSession[] = [];
  private readonly busy = new Map<SmtpSession, Promise<void>>();
  private readonly offLane = new Set<SmtpSession>();
  private readonly waiting: Task[] = [];
  private readonly vacancies: (() => void)[] = [];
  private opening = 0;
  private failedAt = -Infinity;
  private readonly closing = new AbortController();

  constructor(private readonly settings: Settings) {
    void this.watch();
  }

  async arm(count: number): Promise<{ readonly ready: number; readonly fault?: Fault }> {
    const missing = () => Math.max(0, Math.min(count, this.settings.connections) - this.onLane);
    // one scout first: twenty refused logins at once lock an account
    let fault = missing() > 0 ? await this.open() : undefined;
    if (!fault) {
      const faults = await Promise.all(Array.from({ length: missing() }, () => this.open()));
      fault = faults.find((found) => found !== undefined);
    }
    return { ready: this.idle.length + this.busy.size - this.offLane.size, ...(fault ? { fault } : {}) };
  }

  send(message: OutgoingMessage, gate: Gate): Promise<Verdict> {
    if (this.closing.signal.aborted) return Promise.resolve(STOPPED);
    return new Promise((settle, fail) => {
      this.waiting.push({ message, gate, settle, fail, again: false });
      this.pump();
    });
  }

  vacancy(): Promise<void> {
    return new Promise((resolve) => {
      this.vacancies.push(resolve);
      this.pump();
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.failWaiting(STOPPED);
    for (const resolve of this.vacancies.splice(0)) resolve();
    await Promise.all(this.busy.values());
    for (const session of this.idle.splice(0)) session.quit();
  }

  /** Connections that take up a place: open, or being opened, and not merely waiting for a slow answer. */
  private get onLane(): number {
    return this.idle.length + this.busy.size - this.offLane.size + this.opening;
  }

  private pump(): void {
    let session = this.waiting.length > 0 ? this.idle.pop() : undefined;
    for (; session; session = this.waiting.length > 0 ? this.idle.pop() : undefined) {
      const task = session.usable ? this.waiting.shift() : undefined;
      if (task) this.run(session, task, true);
    }
    while (this.opening < this.waiting.length && this.mayOpen()) void this.open();
    if (this.waiting.length === 0 && (this.idle.length > 0 || this.onLane < this.settings.connections)) {
      for (const resolve of this.vacancies.splice(0)) resolve();
    }
  }

  /** After a failure one connection at a time is tried; with others at work, only after a pause. */
  private mayOpen(): boolean {
    const { connections, clock, limits } = this.settings;
    if (this.closing.signal.aborted || this.onLane >= connections) return false;
    if (this.failedAt === -Infinity) return true;
    if (this.opening > 0) return false;
    return this.onLane === 0 || clock.monotonic() - this.failedAt >= limits.reopenMs;
  }

  private async open(): Promise<Fault | undefined> {
    const { clock, limits, log, target } = this.settings;
    this.opening += 1;
    const opened = await openConnection(this.settings);
    this.opening -= 1;
    if ('fault' in opened) {
      const { why, code } = opened.fault;
      log.warn({ host: target.host, port: target.port, why, ...(code ? { code } : {}) }, 'no connection to the relay');
      this.failedAt = clock.monotonic();
      // whoever waits goes on waiting while another connection may still serve it
      if (this.onLane === 0) this.failWaiting(opened.fault);
      this.pump();
      return opened.fault;
    }
    this.failedAt = -Infinity;
    const session: SmtpSession = new SmtpSession(opened.socket, opened.offers, limits, clock, () => this.drop(session));
    const task = this.waiting.shift();
    if (this.closing.signal.aborted) session.quit();
    else if (task) this.run(session, task, false);
    else this.idle.push(session);
    this.pump();
    return undefined;
  }

  private run(session: SmtpSession, task: Task, warm: boolean): void {
    const work = session.deliver(task.message, task.gate).then(
      (verdict) => this.finish(session, task, warm, verdict),
      (error: unknown) => {
        session.abandon('An error of our own.');
        this.busy.delete(session);
        this.offLane.delete(session);
        task.fail(error);
        this.pump();
      },
    );
    this.busy.set(session, work);
  }

  private finish(session: SmtpSession, task: Task, warm: boolean, verdict: Verdict): void {
    this.busy.delete(session);
    const late = this.offLane.delete(session);
    if (session.usable) {
      if (late && this.onLane >= this.settings.connections) session.quit();
      else if (this.closing.signal.aborted) session.quit();
      else this.idle.push(session);
    }
    // a connection that stood ready for a while may be gone without our knowing; nothing was said about this message yet
    if (verdict.word === 'deferred' && warm && session.untouched && !task.again && !this.closing.signal.aborted) {
      task.again = true;
      this.waiting.unshift(task);
    } else task.settle(verdict);
    this.pump();
  }

  private drop(session: SmtpSession): void {
    const at = this.idle.indexOf(session);
    if (at >= 0) this.idle.splice(at, 1);
  }

  private failWaiting(verdict: Verdict): void {
    for (const task of this.waiting.splice(0)) task.settle(verdict);
  }

  /** One watch over all sessions; gives a precision of a quarter second, or finer where limits are shorter. */
  private async watch(): Promise<void> {
    const { clock, limits } = this.settings;
    const shortest = Math.min(limits.silenceMs, limits.attemptMs, limits.answerMs, limits.offLaneMs, limits.reopenMs);
    const { signal } = this.closing;
    while (!signal.aborted || this.busy.size > 0) {
      await clock.sleep(Math.min(250, shortest / 4), signal.aborted ? undefined : signal);
      const now = clock.monotonic();
      for (const session of this.busy.keys()) {
        session.check(now);
        // bounded, or a relay that answers nobody would get a connection for every message
        const slow = (session.answerAwaitedFor(now) ?? 0) > limits.offLaneMs;
        if (slow && this.offLane.size < this.settings.connections) this.offLane.add(session);
      }
      this.pump();
    }
  }
}
