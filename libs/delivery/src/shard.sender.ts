import { errorFacts, type Clock, type Database, type DeliveryId, type Language, type Log } from '#libs/kernel';
import type { ClockWatch } from '#libs/embargo';
import { DotGate } from './dot.gate.js';
import { LEASE_SECONDS, type Claimed, type LedgerStore, type Settlement, type ShardKey } from './ledger.store.js';
import type { Skeleton } from './mime.js';
import { stitch, unpackPieces } from './pieces.js';
import { retryAfter } from './retry.js';
import { Settler } from './settler.js';
import type { Relay } from './transport.smtp.js';
import type { Verdict } from './verdict.js';

export interface SendingTools {
  readonly db: Database;
  readonly ledger: LedgerStore;
  readonly clock: Clock;
  readonly watch: ClockWatch;
  readonly relay: Relay;
  /** The relay as alarms name it, and how many messages may be on the wire to it at once. */
  readonly lane: { readonly name: string; readonly connections: number };
  readonly log: Log;
  /** This process, as leases and the ledger name it. */
  readonly worker: string;
}

export interface Shard {
  readonly key: ShardKey;
  readonly liftsAt: number;
  readonly from: string;
  readonly skeletons: ReadonlyMap<Language, Skeleton>;
}

/** Why the sending of a shard stopped: nothing due is left, or the relay cannot be used now, or the process is leaving. */
export type ShardEnd =
  { readonly end: 'drained' | 'leaving' } | { readonly end: 'lane'; readonly why: string; readonly kind: string };

const CLAIM_SIZE = 100;
/** A lane in trouble is tried again after this; the contacts wait, untouched. */
export const LANE_PAUSE_MS = 5_000;
const RELAY_RETRY_MS = 5_000;
/** After a gate that shut on the wire (stop, cancel) the row waits a moment before anybody asks again. */
const GATE_PAUSE_MS = 1_000;

/** Sends one shard: claim, check, send, settle. Only sockets and grouped ledger writes; everything else was done before T. */
export class ShardSender {
  private readonly buffer: Claimed[] = [];
  private readonly held = new Map<DeliveryId, string>();
  private readonly gate: DotGate;
  private readonly settler: Settler;
  private claiming: Promise<void> | undefined;
  private drained = false;
  private trouble: { why: string; kind: string } | undefined;

  constructor(
    private readonly tools: SendingTools,
    private readonly shard: Shard,
    private readonly signal: AbortSignal,
  ) {
    const { organisation, distribution } = shard.key;
    this.gate = new DotGate(tools.db, tools.ledger, organisation, distribution);
    this.settler = new Settler(tools.db, tools.ledger, tools.clock, shard.key);
  }

  /** Sends until nothing due is left. @param connections how many messages may be on the wire at once */
  async run(connections: number): Promise<ShardEnd> {
    const renewing = new AbortController();
    const renewal = this.keepLeases(renewing.signal);
    try {
      // twice as many loops as connections: one that waits for a slow answer to its dot has given up its place
      await Promise.all(Array.from({ length: 2 * connections }, () => this.sendMany()));
      this.giveBack();
      await this.settler.settled();
    } finally {
      renewing.abort();
      await renewal;
    }
    if (this.trouble) return { end: 'lane', ...this.trouble };
    return { end: this.signal.aborted ? 'leaving' : 'drained' };
  }

  private async sendMany(): Promise<void> {
    for (;;) {
      await this.tools.relay.vacancy();
      const next = await this.next();
      if (!next) return;
      const settlement = await this.attempt(next);
      this.held.delete(next.id);
      this.settler.add(settlement);
    }
  }

  private async next(): Promise<Claimed | undefined> {
    for (;;) {
      if (this.signal.aborted || this.trouble || !this.tools.watch.trusted()) return undefined;
      if (!this.drained && this.buffer.length < CLAIM_SIZE / 2) this.claiming ??= this.claim();
      const next = this.buffer.shift();
      if (next) return next;
      if (!this.claiming) return undefined;
      await this.claiming;
    }
  }

  private async claim(): Promise<void> {
    try {
      const { ledger, db, worker } = this.tools;
      const rows = await ledger.claim(db, this.shard.key, worker, CLAIM_SIZE);
      for (const row of rows) this.held.set(row.id, row.token);
      this.buffer.push(...rows);
      this.drained = rows.length === 0;
    } finally {
      this.claiming = undefined;
    }
  }

  /** One message that cannot be put together must not stop the others: it ends refused, with our own reason. */
  private async attempt(claimed: Claimed): Promise<Settlement> {
    const { log, relay } = this.tools;
    const key = { id: claimed.id, token: claimed.token };
    let segments: Buffer[];
    try {
      segments = this.segments(claimed);
    } catch (error) {
      log.error({ delivery: claimed.id, ...errorFacts(error) }, 'a prepared message cannot be put together');
      return { ...key, state: 'refused', reason: 'message_damaged' };
    }
    const message = { from: this.shard.from, to: claimed.address, segments };
    try {
      return this.settlement(claimed, await relay.send(message, () => this.gate.ask(claimed.id, claimed.token)));
    } catch (error) {
      // our own bug, at a point we do not know: claiming that nothing left would be a guess
      log.error({ delivery: claimed.id, ...errorFacts(error) }, 'sending failed in a way that should not exist');
      return { ...key, state: 'unknown', reason: 'internal_error' };
    }
  }

  private segments(claimed: Claimed): Buffer[] {
    const skeleton = this.shard.skeletons.get(claimed.language);
    if (!skeleton)
      throw new Error(`distribution ${this.shard.key.distribution} has no skeleton in ${claimed.language}`);
    return stitch(skeleton, unpackPieces(claimed.pieces));
  }

  private settlement(claimed: Claimed, verdict: Verdict): Settlement {
    const key = { id: claimed.id, token: claimed.token };
    const observedAt = new Date(this.tools.watch.databaseNow()).toISOString();
    switch (verdict.word) {
      case 'accepted':
        return { ...key, state: 'accepted', code: verdict.code, reply: verdict.reply, observedAt };
      case 'refused':
        return {
          ...key,
          ...told(verdict),
          state: 'refused',
          reason: `${verdict.about}_at_${verdict.phase}`,
          observedAt,
        };
      case 'unknown':
        return { ...key, state: 'unknown', reason: verdict.why, observedAt };
      case 'stopped':
        return { ...key, state: 'ready', reason: 'dot_not_sent', waitMs: GATE_PAUSE_MS };
      case 'lane':
        this.trouble ??= { why: verdict.why, kind: verdict.kind };
        return { ...key, ...told(verdict), state: 'ready', reason: 'dot_not_sent', waitMs: LANE_PAUSE_MS };
      case 'deferred':
        return { ...key, ...told(verdict), ...this.nextTry(claimed, verdict.whose), reason: verdict.why, observedAt };
    }
  }

  private nextTry(claimed: Claimed, whose: 'recipient' | 'relay'): Pick<Settlement, 'state' | 'waitMs'> {
    const wait = retryAfter(claimed.attempts, this.tools.watch.databaseNow() - this.shard.liftsAt);
    if (wait === null) return { state: 'expired' };
    // a relay in trouble is ours to try again soon; a recipient's server that asks to wait is not
    return { state: 'deferred', waitMs: whose === 'relay' ? Math.min(wait, RELAY_RETRY_MS * claimed.attempts) : wait };
  }

  /** Claimed rows that were not tried go back at once instead of waiting for their lease to end. */
  private giveBack(): void {
    for (const row of this.buffer.splice(0)) {
      this.held.delete(row.id);
      this.settler.add({ id: row.id, token: row.token, state: 'ready', waitMs: this.trouble ? LANE_PAUSE_MS : 0 });
    }
  }

  private async keepLeases(signal: AbortSignal): Promise<void> {
    const { clock, ledger, db, log } = this.tools;
    for (;;) {
      await clock.sleep((LEASE_SECONDS * 1000) / 3, signal);
      if (signal.aborted) return;
      const held = [...this.held].map(([id, token]) => ({ id, token }));
      if (held.length === 0) continue;
      try {
        await ledger.renew(db, this.shard.key, held);
      } catch {
        // the lease ends by itself and the gate refuses the dot; nothing is sent twice
        log.warn({ distribution: this.shard.key.distribution, held: held.length }, 'could not renew leases');
      }
    }
  }
}

function told(verdict: { readonly code?: number; readonly reply?: string }): Pick<Settlement, 'code' | 'reply'> {
  return {
    ...(verdict.code === undefined ? {} : { code: verdict.code }),
    ...(verdict.reply === undefined ? {} : { reply: verdict.reply }),
  };
}
