import type { LaneRule } from './lane.rules.js';
import type { LaneFault } from './verdict.js';

/** May start now; a positive number instead is milliseconds until it is worth asking again. */
export const GO = 0;
/** As much is in hand as may be: ask again when something has come back. */
export const FULL = -1;

/** Why a lane waits. `throttled`: we came too fast. The others: our own fault, in the eyes of who receives. */
export interface LaneTrouble {
  readonly kind: 'throttled' | LaneFault;
  readonly why: string;
  readonly reply?: string;
}

/** How long a lane waits after its first trouble, and at most; doubled in between. Milliseconds. */
export interface Cooling {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** A lane that moved nothing for this long while it has its share in hand gets no more: its server trickles or is silent. */
const STUCK_MS = 2_000;
/** A rate may catch up for as long as this, because timers come late. */
const CATCH_UP_MS = 100;

/** One way out: all that goes to one domain or family over one relay. Times are of the monotonic clock, milliseconds. */
export class Lane {
  /** Messages begun and not yet answered. */
  inHand = 0;
  /** Times in a row that it got into trouble. */
  strikes = 0;
  heldUntil = -Infinity;
  trouble: LaneTrouble | undefined;
  /** After a wait one message goes first; the others follow when it was taken. */
  probing = false;
  private readonly most: number;
  private readonly spacingMs: number;
  private allowed: number;
  private nextAt = -Infinity;
  private moved = 0;
  private movedThen = -1;
  private movedAt = -Infinity;
  private bookedUntil = -Infinity;

  /** @param share messages in hand from which on a stuck lane gets no more */
  constructor(
    readonly name: string,
    rule: LaneRule,
    private readonly share: number,
  ) {
    this.most = rule.concurrency ?? Infinity;
    this.spacingMs = rule.perSecond === undefined ? 0 : 1000 / rule.perSecond;
    this.allowed = this.most;
  }

  /** True: may start now, whatever the time is. False says nothing. Costs no look at a clock. */
  get free(): boolean {
    return (
      this.heldUntil === -Infinity && this.inHand < this.allowed && this.inHand < this.share && this.spacingMs === 0
    );
  }

  /** GO, FULL, or milliseconds to wait. */
  wait(now: number): number {
    if (now < this.heldUntil) return this.heldUntil - now;
    if (this.inHand >= (this.probing ? 1 : this.allowed)) return FULL;
    if (this.inHand >= this.share && this.stuck(now)) return FULL;
    return now < this.nextAt ? this.nextAt - now : GO;
  }

  /** @param now only looked at where `paced` */
  started(now: number): void {
    this.inHand += 1;
    if (this.paced) this.nextAt = Math.max(this.nextAt, now - CATCH_UP_MS) + this.spacingMs;
  }

  get paced(): boolean {
    return this.spacingMs > 0;
  }

  /** Something came back, whatever it says. */
  came(): void {
    this.inHand -= 1;
    this.moved += 1;
  }

  private stuck(now: number): boolean {
    if (this.moved !== this.movedThen) {
      this.movedThen = this.moved;
      this.movedAt = now;
    }
    return now - this.movedAt > STUCK_MS;
  }

  /** Cools down. What was begun before and is answered only now is no second trouble. @returns whether it cools anew */
  strike(now: number, trouble: LaneTrouble, { firstMs, longestMs }: Cooling): boolean {
    this.trouble = trouble;
    if (now < this.heldUntil) return false;
    this.allowed = Math.max(1, Math.floor(Math.min(this.allowed, this.inHand + 1) / 2));
    this.hold(now, Math.min(firstMs * 2 ** this.strikes, longestMs), trouble);
    this.strikes += 1;
    return true;
  }

  hold(now: number, waitMs: number, trouble: LaneTrouble): void {
    this.trouble = trouble;
    this.heldUntil = now + waitMs;
    this.bookedUntil = this.heldUntil;
    this.probing = true;
  }

  /** A message was answered as messages are. @returns whether the lane was in trouble until now */
  worked(now: number, plenty: number): boolean {
    if (this.strikes === 0 || now < this.heldUntil) return false;
    const opens = this.trouble !== undefined;
    if (opens) this.open();
    else this.allowed += 1;
    if (this.allowed >= Math.min(this.most, plenty)) {
      this.allowed = this.most;
      this.strikes = 0;
    }
    return opens;
  }

  /** Ends the waiting. How much may be in hand recovers by success; `strikes` stay until it has. */
  open(): void {
    this.heldUntil = -Infinity;
    this.bookedUntil = -Infinity;
    this.probing = false;
    this.trouble = undefined;
  }

  /** As if nothing had ever happened. */
  forgive(): void {
    this.open();
    this.strikes = 0;
    this.allowed = this.most;
  }

  /**
   * When a message that cannot go now should be tried again, milliseconds from now: after the cooling down, and one after
   * another at the pace of the lane, so that those that wait do not all come at once.
   * @param paceMs what one message takes where no rate says it
   */
  book(now: number, paceMs: number): number {
    const at = Math.max(now, this.heldUntil, this.nextAt, this.bookedUntil);
    this.bookedUntil = at + Math.max(this.spacingMs, paceMs / Math.min(this.allowed, this.share));
    return at - now;
  }
}
