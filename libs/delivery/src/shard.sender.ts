import { crashPoint, errorFacts, Problem, type DeliveryId } from '#libs/kernel';
import type { Lane } from './lane.js';
import type { Settlement, Waiting } from './ledger.store.js';
import { stitch, unpackPieces } from './pieces.js';
import { EXPIRY_MS, retryAfter } from './retry.js';
import { placeOf } from './sealed.js';
import type { Sending, SendingTools } from './sending.js';
import type { Lease } from './shard.leases.js';
import { PATIENCE_MS, Turns, type Postponed, type Turn } from './turns.js';
import type { Verdict } from './verdict.js';

type Deferred = Extract<Verdict, { word: 'deferred' }>;
type Held = Extract<Verdict, { word: 'lane' }>;

/** What the sending of a shard came to. `pauseMs`: nobody should come to this shard again sooner. */
export type ShardEnd =
  | { readonly end: 'drained' | 'leaving' | 'shut'; readonly pauseMs: number }
  | { readonly end: 'lane'; readonly why: string; readonly kind: string; readonly pauseMs: number };

/** A relay in trouble is tried again after this; the contacts wait, untouched. */
const LANE_PAUSE_MS = 5_000;
const RELAY_RETRY_MS = 5_000;
/** After a gate that shut on the wire (stop, cancel) nobody asks again for a moment. */
const GATE_PAUSE_MS = 1_000;
/** While a slow server keeps a few messages, others of the shard whose next try has come are not kept waiting. */
const LOOK_AGAIN_MS = 5_000;

/** Sends one shard: put together, hand over, settle. Only sockets and grouped ledger writes; all else was done before T. */
export class ShardSender {
  private readonly flying = new Map<DeliveryId, Promise<void>>();
  /** What still waits, once a gate said no; until then everything does. */
  private stillWaiting: ReadonlySet<DeliveryId> | undefined;
  private looking: Promise<void> | undefined;
  private shut = false;
  private trouble: { why: string; kind: string } | undefined;
  /** Messages whose lane has no place for them now. */
  private readonly putOff: Postponed<Waiting>[] = [];
  private putOffAgain = false;

  constructor(
    private readonly tools: SendingTools,
    private readonly sending: Sending,
    private readonly lease: Lease,
    private readonly signal: AbortSignal,
  ) {}

  /** Sends what waits until nothing due is left. @param rows what was in memory before T */
  async run(rows: readonly Waiting[]): Promise<ShardEnd> {
    let due = rows;
    for (;;) {
      await this.pass(new Turns(this.tools.lanes, due));
      await this.postpone();
      if (this.flying.size === 0 || this.over) break;
      const landed = new AbortController();
      const all = Promise.all(this.flying.values()).finally(() => landed.abort());
      await Promise.race([all, this.tools.clock.sleep(LOOK_AGAIN_MS, landed.signal)]);
      await this.postpone();
      due = this.over ? [] : await this.dueNow();
    }
    await Promise.all(this.flying.values());
    await this.postpone();
    await this.sending.settler.settled();
    if (this.trouble) return { end: 'lane', ...this.trouble, pauseMs: LANE_PAUSE_MS };
    if (this.shut) return { end: 'shut', pauseMs: GATE_PAUSE_MS };
    return { end: this.signal.aborted ? 'leaving' : 'drained', pauseMs: this.putOffAgain ? LANE_PAUSE_MS : 0 };
  }

  /** True when nothing more may be begun; what is on the wire goes on. */
  private get over(): boolean {
    const { signal, lease, trouble, shut, tools } = this;
    return signal.aborted || lease.lost.aborted || trouble !== undefined || shut || !tools.watch.trusted();
  }

  private async pass(turns: Turns<Waiting>): Promise<void> {
    await this.sending.turnstile.enter();
    try {
      await this.putOnWire(turns);
    } finally {
      this.sending.turnstile.leave();
    }
  }

  private async putOnWire(turns: Turns<Waiting>): Promise<void> {
    const { relay, lanes } = this.tools;
    let patienceMs = PATIENCE_MS;
    while (turns.left > 0) {
      if (this.over) return;
      await relay.room();
      if (this.over) return relay.giveRoomBack();
      const turn = turns.next();
      if (!turn) {
        relay.giveRoomBack();
        patienceMs -= await this.linger(turns, patienceMs);
        continue;
      }
      if (this.stillWaiting && !this.stillWaiting.has(turn.row.id)) {
        relay.giveRoomBack();
        lanes.left(turn.lane);
        continue;
      }
      const flight = this.fly(turn).finally(() => this.flying.delete(turn.row.id));
      this.flying.set(turn.row.id, flight);
    }
  }

  /** Nothing may be begun now: the relay is in trouble, or what is left is for lanes that are. @returns milliseconds spent */
  private async linger(turns: Turns<Waiting>, patienceMs: number): Promise<number> {
    const { lanes, clock } = this.tools;
    const { turnstile } = this.sending;
    const wait = turns.soonest;
    if (wait <= patienceMs) {
      // nobody else waits for the lanes that these wait for
      turnstile.leave();
      await clock.sleep(wait, this.signal);
      await turnstile.enter();
      return wait;
    }
    this.trouble ??= lanes.relayTrouble;
    if (!this.trouble) this.putOff.push(...turns.postpone());
    return 0;
  }

  /** Puts off what its lane has no place for; what has waited a day for its domain ends here. */
  private async postpone(): Promise<void> {
    const { db, laneStore, log } = this.tools;
    const { key, token } = this.lease;
    const all = this.putOff.splice(0);
    if (all.length === 0) return;
    const late = (waitMs: number) => this.sinceLift + waitMs > EXPIRY_MS;
    for (const { row, waitMs } of all) {
      if (late(waitMs)) this.sending.settler.add({ id: row.id, token, state: 'expired', reason: 'lane_held' });
    }
    const waits = all.filter(({ waitMs }) => !late(waitMs)).map(({ row, waitMs }) => ({ id: row.id, waitMs }));
    // those that were deferred before keep their time, which has come: the shard as a whole waits a moment for them
    this.putOffAgain ||= all.some(({ row }) => row.attempts > 0);
    try {
      await laneStore.postpone(db, key, token, waits);
    } catch (error) {
      this.putOffAgain = true;
      log.warn(
        { distribution: key.distribution, ...errorFacts(error) },
        'could not put off what a lane has no place for',
      );
    }
  }

  private get sinceLift(): number {
    return this.tools.watch.databaseNow() - this.sending.liftsAt;
  }

  private async dueNow(): Promise<Waiting[]> {
    this.stillWaiting = undefined;
    // an answer that does not stand in the ledger yet would make its row look as if nobody had tried it
    await this.sending.settler.settled();
    const rows = await this.tools.ledger.waiting(this.tools.db, this.lease.key);
    return rows.filter((row) => !this.flying.has(row.id));
  }

  private async fly(turn: Turn<Waiting>): Promise<void> {
    const settlement = await this.attempt(turn);
    crashPoint('reply.before_commit');
    this.sending.settler.add(settlement);
  }

  /** One message that cannot be put together must not stop the others: it ends refused, with our own reason. */
  private async attempt({ row, lane }: Turn<Waiting>): Promise<Settlement> {
    const { log, relay, lanes } = this.tools;
    const key = { id: row.id, token: this.lease.token };
    let segments: Buffer[];
    try {
      segments = this.segments(row);
    } catch (error) {
      relay.giveRoomBack();
      lanes.left(lane);
      log.error({ delivery: row.id, ...errorFacts(error) }, 'a prepared message cannot be put together');
      if (error instanceof Problem && error.code === 'message.other-key') {
        // this worker has the wrong key; the message is whole and another worker can send it
        this.shut = true;
        return { ...key, state: 'ready', reason: 'dot_not_sent' };
      }
      return { ...key, state: 'refused', reason: 'message_damaged' };
    }
    const message = { from: this.sending.from, to: row.address, segments };
    try {
      const verdict = await relay.send(message, () => this.sending.gate.ask(row.id, key.token));
      lanes.finished(lane, verdict);
      return this.settlement(row, lane, verdict);
    } catch (error) {
      lanes.left(lane);
      // our own bug, at a point we do not know: claiming that nothing left would be a guess
      log.error({ delivery: row.id, ...errorFacts(error) }, 'sending failed in a way that should not exist');
      return { ...key, state: 'unknown', reason: 'own_error' };
    }
  }

  private segments(row: Waiting): Buffer[] {
    const { organisation, distribution } = this.lease.key;
    const skeleton = this.sending.skeletons.get(row.language);
    if (!skeleton) throw new Error(`no skeleton in ${row.language}`);
    const pieces = this.tools.sealing.open(row.pieces, placeOf(organisation, distribution, row.id));
    return stitch(skeleton, unpackPieces(pieces));
  }

  private settlement(row: Waiting, lane: Lane, verdict: Verdict): Settlement {
    const key = { id: row.id, token: this.lease.token };
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
        this.looking ??= this.look().finally(() => (this.looking = undefined));
        return { ...key, state: 'ready', reason: 'dot_not_sent' };
      case 'lane':
        return { ...key, ...told(verdict), ...this.held(row, lane, verdict), reason: `lane_${verdict.kind}` };
      case 'deferred':
        return { ...key, ...told(verdict), ...this.nextTry(row, lane, verdict), reason: verdict.why, observedAt };
    }
  }

  /** Our own trouble: the message waits as if it had not been tried, with all others or with those of its domain. */
  private held(row: Waiting, lane: Lane, { scope, kind, why }: Held): Pick<Settlement, 'state' | 'waitMs'> {
    const { lanes } = this.tools;
    this.trouble ??= scope === 'relay' ? { kind, why } : lanes.relayTrouble;
    if (this.trouble) return { state: 'ready' };
    const waitMs = lanes.postpone(lane);
    if (this.sinceLift + waitMs > EXPIRY_MS) return { state: 'expired' };
    this.putOff.push({ row, waitMs });
    return { state: 'ready', waitMs };
  }

  private nextTry(row: Waiting, lane: Lane, verdict: Deferred): Pick<Settlement, 'state' | 'waitMs'> {
    const attempts = row.attempts + 1;
    const wait = retryAfter(attempts, this.sinceLift);
    if (wait === null) return { state: 'expired' };
    if (verdict.throttled === 'domain') return { state: 'deferred', waitMs: this.tools.lanes.postpone(lane) };
    // a relay in trouble is ours to try again soon; a recipient's server that asks to wait is not
    const soon = verdict.whose === 'relay' ? Math.min(wait, RELAY_RETRY_MS * attempts) : wait;
    return { state: 'deferred', waitMs: soon };
  }

  /** A gate said no. Either it is shut for all, or some were taken back: learn which, so that no other body is wasted. */
  private async look(): Promise<void> {
    const { db, ledger, log } = this.tools;
    const { organisation, distribution } = this.lease.key;
    try {
      this.stillWaiting = await ledger.stillWaiting(db, this.lease.key);
      if (!(await ledger.mayLeave(db, organisation, distribution))) this.shut = true;
    } catch (error) {
      log.warn({ distribution, ...errorFacts(error) }, 'the gate could not be asked');
      this.shut = true;
    }
  }
}

function told(verdict: { readonly code?: number; readonly reply?: string }): Pick<Settlement, 'code' | 'reply'> {
  return {
    ...(verdict.code === undefined ? {} : { code: verdict.code }),
    ...(verdict.reply === undefined ? {} : { reply: verdict.reply }),
  };
}
