import { staggered } from './arm.stagger.js';
import type { OutgoingMessage } from './envelope.js';
import { openConnection, type Fault, type Opener } from './opening.smtp.js';
import { readRelayUrl } from './relay.target.js';
import { AHEAD, RELAY_LIMITS, type Armed, type Relay, type RelayLimits, type RelayOptions } from './relay.port.js';
import { SmtpSession, type Gate, type Parcel } from './session.smtp.js';
import type { Verdict } from './verdict.js';

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
  private readonly queued: (() => void)[] = [];
  private granted = 0;
  private wanted = 0;
  private arming: Promise<Armed> | undefined;
  private opening = 0;
  private failedAt = -Infinity;
  private readonly closing = new AbortController();

  constructor(private readonly settings: Settings) {
    void this.watch();
  }

  arm(count: number, untilMs = 0): Promise<Armed> {
    this.wanted = Math.max(this.wanted, Math.min(count, this.settings.connections));
    this.arming ??= this.armAll(untilMs).finally(() => {
      this.arming = undefined;
      this.wanted = 0;
    });
    return this.arming;
  }

  private async armAll(untilMs: number): Promise<Armed> {
    const { clock } = this.settings;
    // one scout first: twenty refused logins at once lock an account
    let fault = this.missing > 0 ? await this.open() : undefined;
    if (!fault) {
      const began = clock.monotonic();
      const opened: Promise<Fault | undefined>[] = [];
      for (const at of staggered(this.missing, untilMs)) {
        const early = at - (clock.monotonic() - began);
        if (early > 0) await clock.sleep(early, this.closing.signal);
        if (this.missing > 0 && !this.closing.signal.aborted) opened.push(this.open());
      }
      fault = (await Promise.all(opened)).find((found) => found !== undefined);
    }
    return { ready: this.idle.length + this.onWire, ...(fault ? { fault } : {}) };
  }

  private get missing(): number {
    return Math.max(0, this.wanted - this.onLane);
  }

  send(message: OutgoingMessage, gate: Gate): Promise<Verdict> {
    if (this.granted > 0) this.granted -= 1;
    if (this.closing.signal.aborted) return Promise.resolve(STOPPED);
    return new Promise((settle, fail) => {
      this.waiting.push({ message, gate, settle, fail, again: false });
      this.pump();
    });
  }

  room(): Promise<void> {
    return new Promise((resolve) => {
      this.queued.push(resolve);
      this.grant();
    });
  }

  giveRoomBack(): void {
    this.granted -= 1;
    this.grant();
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.failWaiting(STOPPED);
    for (const resolve of this.queued.splice(0)) resolve();
    await Promise.all(this.busy.values());
    for (const session of this.idle.splice(0)) session.quit();
  }

  get onWire(): number {
    return this.busy.size - this.offLane.size;
  }

  /** Connections that take up a place: open, or being opened, and not merely waiting for a slow answer. */
  private get onLane(): number {
    return this.idle.length + this.busy.size - this.offLane.size + this.opening;
  }

  private grant(): void {
    const { connections } = this.settings;
    const taken = () => this.waiting.length + this.onWire + this.granted;
    while (this.queued.length > 0 && taken() < AHEAD * connections) {
      this.granted += 1;
      this.queued.shift()?.();
    }
  }

  private pump(): void {
    let session = this.waiting.length > 0 ? this.idle.pop() : undefined;
    for (; session; session = this.waiting.length > 0 ? this.idle.pop() : undefined) {
      const task = session.usable ? this.waiting.shift() : undefined;
      if (task) this.run(session, task, true);
    }
    while (this.opening < this.waiting.length && this.mayOpen()) void this.open();
    this.grant();
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

  private run(session: SmtpSession, first: Task, warm: boolean): void {
    const inHand = new Set<Task>();
    const parcel = (task: Task, stood: boolean): Parcel => {
      inHand.add(task);
      const done = (verdict: Verdict, untouched: boolean) => {
        inHand.delete(task);
        this.told(task, verdict, untouched && stood);
      };
      return { message: task.message, gate: task.gate, done };
    };
    const next = (): Parcel | undefined => {
      const task = this.closing.signal.aborted || this.offLane.has(session) ? undefined : this.waiting.shift();
      return task ? parcel(task, true) : undefined;
    };
    const work = session.serve(parcel(first, warm), next).then(
      () => this.free(session),
      (error: unknown) => {
        session.abandon('An error of our own.');
        this.free(session);
        for (const task of inHand) task.fail(error);
      },
    );
    this.busy.set(session, work);
  }

  /** @param unsaid the connection had stood ready and was gone without our knowing: nothing was said about this message yet */
  private told(task: Task, verdict: Verdict, unsaid: boolean): void {
    if (verdict.word === 'deferred' && unsaid && !task.again && !this.closing.signal.aborted) {
      task.again = true;
      this.waiting.unshift(task);
    } else task.settle(verdict);
    this.grant();
  }

  private free(session: SmtpSession): void {
    this.busy.delete(session);
    const late = this.offLane.delete(session);
    if (session.usable) {
      if ((late && this.onLane >= this.settings.connections) || this.closing.signal.aborted) session.quit();
      else this.idle.push(session);
    }
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
        if (slow && this.offLane.size < this.settings.connections) this.leaveLane(session);
      }
      this.pump();
    }
  }

  /** A slow answer to a dot keeps its connection, but not the message whose envelope went along. */
  private leaveLane(session: SmtpSession): void {
    if (this.offLane.has(session)) return;
    this.offLane.add(session);
    session.letFollowerGo();
  }
}
