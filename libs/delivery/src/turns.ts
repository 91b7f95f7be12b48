import { FULL, GO, type Lane } from './lane.js';
import type { Lanes } from './lanes.js';

/** While nothing else can go, a sender stays with messages that may soon; then it frees its hands for other shards. */
export const PATIENCE_MS = 2_000;

export interface Turn<Row> {
  readonly row: Row;
  readonly lane: Lane;
}

/** A message that has to wait for its lane, and how long. */
export interface Postponed<Row> {
  readonly row: Row;
  /** Milliseconds from now. */
  readonly waitMs: number;
}

/**
 * The order in which the messages of a shard are begun: as they stand, but one whose lane may not start now is passed over
 * until it may. A lane that is free costs one look; a lane that is not is looked at once per turn, however many wait in it.
 */
export class Turns<Row extends { readonly address: string }> {
  private readonly turns: readonly Turn<Row>[];
  private at = 0;
  private readonly aside = new Map<Lane, Turn<Row>[]>();
  private waitingAside = 0;

  constructor(
    private readonly lanes: Lanes,
    rows: readonly Row[],
  ) {
    this.turns = rows.map((row) => ({ row, lane: lanes.of(row.address) }));
  }

  /** Messages that have not had their turn. */
  get left(): number {
    return this.turns.length - this.at + this.waitingAside;
  }

  /** The next message that may be begun, counted as begun; undefined when none may now. */
  next(): Turn<Row> | undefined {
    if (this.waitingAside > 0) {
      for (const [lane, waiting] of this.aside) {
        if (this.lanes.wait(lane) !== GO) continue;
        const turn = waiting.shift();
        if (waiting.length === 0) this.aside.delete(lane);
        if (!turn) continue;
        this.waitingAside -= 1;
        this.lanes.started(lane);
        return turn;
      }
    }
    while (this.at < this.turns.length) {
      const turn = this.turns[this.at++];
      if (!turn) break;
      const waiting = this.aside.get(turn.lane);
      if (!waiting && this.lanes.wait(turn.lane) === GO) {
        this.lanes.started(turn.lane);
        return turn;
      }
      if (waiting) waiting.push(turn);
      else this.aside.set(turn.lane, [turn]);
      this.waitingAside += 1;
    }
    return undefined;
  }

  /** After how many milliseconds it is worth asking for the next again; Infinity when nothing may soon. */
  get soonest(): number {
    let soonest = Infinity;
    for (const lane of this.aside.keys()) {
      const wait = this.lanes.wait(lane);
      soonest = Math.min(soonest, wait === FULL ? LOOK_MS : wait);
    }
    return soonest > PATIENCE_MS ? Infinity : Math.max(soonest, LOOK_MS);
  }

  /** Gives up the rest. Each with the time after which its lane has a place for it. */
  postpone(): Postponed<Row>[] {
    const rest = [...[...this.aside.values()].flat(), ...this.turns.slice(this.at)];
    this.at = this.turns.length;
    this.aside.clear();
    this.waitingAside = 0;
    return rest.map(({ row, lane }) => ({ row, waitMs: this.lanes.postpone(lane) }));
  }
}

/** How often a lane that is full is looked at. */
const LOOK_MS = 20;
