import type { Clock } from '#libs/kernel';
import { familyOf } from './domain.family.js';
import { GO, Lane, type Cooling, type LaneTrouble } from './lane.js';
import type { LaneRules } from './lane.rules.js';
import { AHEAD } from './relay.port.js';
import type { Verdict } from './verdict.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A domain is given time; what it thinks of us changes slowly. */
const OF_A_DOMAIN: Readonly<Record<LaneTrouble['kind'], Cooling>> = {
  throttled: { firstMs: 30 * SECOND, longestMs: 15 * MINUTE },
  policy: { firstMs: MINUTE, longestMs: 15 * MINUTE },
  tls: { firstMs: MINUTE, longestMs: 15 * MINUTE },
  auth: { firstMs: MINUTE, longestMs: 15 * MINUTE },
  connect: { firstMs: 30 * SECOND, longestMs: 15 * MINUTE },
};
/** Everything waits for the relay: it is asked again soon. */
const RELAY_THROTTLED: Cooling = { firstMs: SECOND, longestMs: MINUTE };
/** It cannot be used at all; one connection at a time tries again. */
const RELAY_PAUSE_MS = 5 * SECOND;

/** So many domains that refuse us one after another, with nothing taken in between, and it is the relay that refuses us. */
const REFUSALS_OF_A_RELAY = 3;
/** A lane that cools this long is told to ops. */
export const LONG_COOLING_MS = OF_A_DOMAIN.throttled.longestMs;
/** What a message takes on a lane of which nothing is known; only spreads the next tries of those that wait. */
const PACE_MS = 100;

/** What other workers and ops should hear of: a lane began to cool, or is open again. */
export interface LaneChange {
  readonly lane: string;
  /** Milliseconds from now; 0: open again. */
  readonly waitMs: number;
  readonly strikes: number;
  readonly trouble?: LaneTrouble;
}

/** What the table says of a lane. */
export interface KnownLane {
  readonly lane: string;
  /** Milliseconds from now; null: opened. */
  readonly waitMs: number | null;
  readonly strikes: number;
  readonly trouble: LaneTrouble;
}

export interface LanesOptions {
  /** Open connections to the relay in this worker. */
  readonly connections: number;
  readonly clock: Clock;
  readonly rules: LaneRules;
}

/**
 * Who may be sent to now, over one relay, in one worker: a lane per domain or family of domains, each with a pace and
 * troubles of its own, so that a domain that throttles us delays nobody else. No timers and no input or output; `LaneStore`
 * shares what happens with other workers. A message on a free lane costs no clock read and no allocation.
 */
export class Lanes {
  /** Everything that goes over the relay. */
  readonly relay: Lane;
  private readonly byDomain = new Map<string, Lane>();
  private readonly byName = new Map<string, Lane>();
  private readonly refusing = new Set<Lane>();
  private readonly changed = new Set<Lane>();
  private readonly plenty: number;

  constructor(private readonly options: LanesOptions) {
    this.plenty = AHEAD * options.connections;
    this.relay = new Lane('*', {}, Infinity);
  }

  /** The lane of an address. Looked up before T, once per message. */
  of(address: string): Lane {
    const domain = address.slice(address.lastIndexOf('@') + 1);
    let lane = this.byDomain.get(domain);
    if (!lane) {
      lane = this.named(familyOf(domain));
      this.byDomain.set(domain, lane);
    }
    return lane;
  }

  /** `GO` when a message may be begun on this lane now, `FULL` when something has to come back first, else milliseconds. */
  wait(lane: Lane): number {
    if (this.relay.free && lane.free) return GO;
    const now = this.options.clock.monotonic();
    const relay = this.relay.wait(now);
    return relay === GO ? lane.wait(now) : relay;
  }

  /** A message is begun. Each is followed by `finished` or `left`. */
  started(lane: Lane): void {
    const now = lane.paced ? this.options.clock.monotonic() : 0;
    this.relay.started(now);
    lane.started(now);
  }

  /** A message that was begun is not sent after all. */
  left(lane: Lane): void {
    this.relay.came();
    lane.came();
  }

  /** What came of a message that was begun. */
  finished(lane: Lane, verdict: Verdict): void {
    this.left(lane);
    switch (verdict.word) {
      case 'accepted':
      case 'refused':
        return this.worked(lane);
      case 'deferred':
        // greylisting says nothing about the lane: neither that it is in trouble nor that it is out of it
        if (verdict.whose === 'recipient') this.relayWorked();
        if (verdict.throttled) this.trouble(lane, verdict.throttled, { kind: 'throttled', ...said(verdict) });
        return;
      case 'lane':
        if (verdict.scope === 'domain') this.relayWorked();
        return this.trouble(lane, verdict.scope, { kind: verdict.kind, ...said(verdict) });
      case 'unknown':
      case 'stopped':
    }
  }

  /** When a message that cannot go now should be tried again: milliseconds, whole seconds, so that they come in groups. */
  postpone(lane: Lane): number {
    const wait = lane.book(this.options.clock.monotonic(), PACE_MS);
    return Math.max(SECOND, Math.ceil(wait / SECOND) * SECOND);
  }

  /** What stands in the way of everything now, if anything does. */
  get relayTrouble(): LaneTrouble | undefined {
    return this.relay.heldUntil > this.options.clock.monotonic() ? this.relay.trouble : undefined;
  }

  /** What happened since the last time it was asked. */
  takeChanges(): LaneChange[] {
    const now = this.options.clock.monotonic();
    const changes = [...this.changed].map(({ name, heldUntil, strikes, trouble }) => ({
      lane: name,
      waitMs: Math.max(0, heldUntil - now),
      strikes,
      ...(trouble ? { trouble } : {}),
    }));
    this.changed.clear();
    return changes;
  }

  /** Changes that could not be told; they are told as they stand next time. */
  untold(changes: readonly LaneChange[]): void {
    for (const change of changes) this.changed.add(this.named(change.lane));
  }

  /** Takes over what other workers and ops did. What happened here meanwhile is newer and stays. */
  learn(known: readonly KnownLane[]): void {
    const now = this.options.clock.monotonic();
    for (const { lane: name, waitMs, strikes, trouble } of known) {
      const lane = this.named(name);
      if (this.changed.has(lane)) continue;
      if (waitMs === null) {
        if (lane.heldUntil > now) lane.forgive();
      } else if (waitMs > 0 && waitMs > Math.max(0, lane.heldUntil - now) + SECOND) {
        lane.hold(now, waitMs, trouble);
        lane.strikes = Math.max(lane.strikes, strikes);
      }
    }
  }

  private named(name: string): Lane {
    let lane = this.byName.get(name);
    if (!lane) {
      const { rules, connections } = this.options;
      lane = new Lane(name, rules.get(name) ?? rules.get('*') ?? {}, connections);
      this.byName.set(name, lane);
    }
    return lane;
  }

  private worked(lane: Lane): void {
    if (this.refusing.size > 0) this.refusing.clear();
    this.relayWorked();
    if (lane.strikes > 0 && lane.worked(this.options.clock.monotonic(), this.plenty)) this.changed.add(lane);
  }

  private relayWorked(): void {
    if (!this.relay.trouble) return;
    const now = this.options.clock.monotonic();
    if (this.relay.strikes > 0) this.relay.worked(now, this.plenty);
    else if (now >= this.relay.heldUntil) this.relay.open();
  }

  private relayStruck(now: number, trouble: LaneTrouble): void {
    if (trouble.kind === 'throttled') this.relay.strike(now, trouble, RELAY_THROTTLED);
    else if (now >= this.relay.heldUntil) this.relay.hold(now, RELAY_PAUSE_MS, trouble);
    // no message goes first: it might be for a silent domain, and everything would wait for it
    this.relay.probing = false;
  }

  private trouble(lane: Lane, scope: 'relay' | 'domain', trouble: LaneTrouble): void {
    const now = this.options.clock.monotonic();
    if (scope === 'relay') return this.relayStruck(now, trouble);
    if (lane.strike(now, trouble, OF_A_DOMAIN[trouble.kind])) this.changed.add(lane);
    if (trouble.kind === 'throttled') return;
    this.refusing.add(lane);
    if (this.refusing.size < REFUSALS_OF_A_RELAY) return;
    for (const blamed of this.refusing) {
      blamed.forgive();
      this.changed.add(blamed);
    }
    this.refusing.clear();
    this.relayStruck(now, trouble);
  }
}

function said(verdict: { readonly why: string; readonly reply?: string }): Omit<LaneTrouble, 'kind'> {
  return { why: verdict.why, ...(verdict.reply === undefined ? {} : { reply: verdict.reply }) };
}
