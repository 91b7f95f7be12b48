/**
 * The alarm clock. Wake-ups carry ids and an epoch, nothing else: losing, repeating or delaying one costs latency,
 * never a mail. PostgreSQL holds what is to be done; whoever is woken asks it again.
 */
export interface WakeUpData {
  /** Freeze the audience, compile, merge and sign everything for one distribution. */
  readonly prepare: { readonly distribution: string; readonly epoch: number };
  /** Send what is due of one shard: arm before T, lift at T, drain after it. */
  readonly drain: { readonly distribution: string; readonly shard: number; readonly epoch: number };
}
export type WakeUpKind = keyof WakeUpData;
export const WAKE_UP_KINDS = ['prepare', 'drain'] as const satisfies readonly WakeUpKind[];

/** What a handler answers; one file translates it for BullMQ. */
export type Outcome =
  | { readonly word: 'done' }
  /** Not now: ring again at this instant (ms since 1970). */
  | { readonly word: 'snooze'; readonly until: number }
  /** Nothing to do any more (an old epoch, a cancelled release); the reason goes to the log. */
  | { readonly word: 'drop'; readonly reason: string };

/**
 * Why a handler's signal fired (its `reason`). `lost`: the queue may hand the same wake-up to another worker now.
 * `closing`: this process is going down. Either way: finish what has begun, start nothing, answer.
 */
export type StopReason = 'lost' | 'closing';

/**
 * A kind without a handler does not compile. What a handler throws is retried a few times, then dropped; the ticker
 * rings again. A wake-up may come twice, late, or never: the handler asks PostgreSQL what there is to do.
 */
export type WakeUpHandlers = {
  readonly [Kind in WakeUpKind]: (data: WakeUpData[Kind], signal: AbortSignal) => Promise<Outcome>;
};

export interface WakeUps {
  /**
   * Rings once, now or after `delayMs`. The same `key` while an earlier ring still waits or runs is the same ring; when
   * that one is delayed or snoozed and this one is for now, it is brought forward.
   * Throws when the queue cannot be reached; the ticker then drains directly.
   */
  ring<Kind extends WakeUpKind>(
    kind: Kind,
    data: WakeUpData[Kind],
    options?: { key?: string; delayMs?: number },
  ): Promise<void>;
  /** How many wait, run or are delayed, per kind. */
  counts(): Promise<Record<WakeUpKind, { waiting: number; active: number; delayed: number }>>;
  /** Drops every wake-up that does not run at this moment. For tests and for an operator who suspects the queue. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export interface WakeUpListener {
  /** Takes no further wake-ups until `resume`; running ones go on. For a worker that must not work now, so that others do. */
  hold(): Promise<void>;
  resume(): void;
  /** Stops taking wake-ups, tells the running ones `closing`, waits until they have answered, then closes. */
  close(): Promise<void>;
}
