import type { Clock, Log } from '#libs/kernel';
import type { OutgoingMessage } from './envelope.js';
import type { Fault, OpeningLimits } from './opening.smtp.js';
import type { Gate, SessionLimits } from './session.smtp.js';
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

/** Messages in hand for each connection: the one on the wire, and the one whose envelope leaves with its dot. */
export const AHEAD = 2;

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

export interface Armed {
  readonly ready: number;
  readonly fault?: Fault;
}

export interface Relay {
  /**
   * Connects, encrypts and logs in ahead of need; nothing more. Tells how many connections stand, and what was in the way of more.
   * @param untilMs milliseconds until they are needed: they are opened one after another where there is time for it
   */
  arm(count: number, untilMs?: number): Promise<Armed>;
  /**
   * Hands over one message to one recipient. Waits for a free connection, however many ask. `gate` is asked once, when
   * only the final dot is missing; unless it answers true the dot never leaves. Rejects for a bug of ours only.
   */
  send(message: OutgoingMessage, gate: Gate): Promise<Verdict>;
  /**
   * Resolves when one more message may be handed over: first come, first served, so that shards and releases take turns,
   * and only so many ahead that no connection waits for its next one. Each is used by `send` or given back.
   */
  room(): Promise<void>;
  giveRoomBack(): void;
  /** Messages on connections now, without those that only wait for a slow answer to their dot. */
  readonly onWire: number;
  /** Takes no more messages, lets those on a connection finish, stops those that wait for one, then leaves. */
  close(): Promise<void>;
}
