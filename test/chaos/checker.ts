import type { History, LedgerEvent, LedgerRow, Plan, Taken } from './history.js';

/** What the sink's log and the ledger's tables say together. Counts of messages. */
export interface Findings {
  readonly planned: number;
  readonly accepted: number;
  readonly early: number;
  readonly duplicates: number;
  readonly unflaggedDuplicates: number;
  readonly silentLosses: number;
  readonly unknown: number;
  readonly late: number;
  /** Two dots let go for one row with no verdict between them: two workers had it. */
  readonly doubleClaims: number;
  /** Taken when the ledger had already given the dot up: one that woke and sent what was not its to send any more. */
  readonly staleDots: number;
  /** Milliseconds from T to the first and last acceptance; undefined without one. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** The first few findings as sentences with ids. */
  readonly problems: readonly string[];
}

export interface Allowed {
  /** Accepted later than T plus this is late; not judged when not given. The time of the fault is part of it. */
  readonly lateAfterMs?: number;
  /** False when a scenario lies to the database about the time: then its times are not compared with the sink's. */
  readonly oneClock?: boolean;
}

const ENDS = new Set(['accepted', 'refused', 'held', 'suppressed', 'cancelled', 'expired']);
const OPEN_ENDS = new Set(['unknown', 'held']);
const GIVEN_UP = new Set(['unknown', 'held', 'ready']);
const SENDING = new Set(['dot_pending', 'accepted']);
const PROBLEMS = 12;
/** A busy sink may read so late what a dead worker had sent; leases are longer by far. */
const SINK_BEHIND_MS = 500;

/**
 * Compares what a mail server took with what the ledger says, knowing nothing of the product but its tables: neither may
 * know of a message that the other does not.
 */
export function check(history: History, allowed: Allowed = {}): Findings {
  return new Comparison(history, allowed).findings();
}

class Comparison {
  private readonly counts = {
    early: 0,
    duplicates: 0,
    unflaggedDuplicates: 0,
    silentLosses: 0,
    late: 0,
    doubleClaims: 0,
    staleDots: 0,
  };
  private readonly problems: string[] = [];
  private readonly plans: ReadonlyMap<string, Plan>;
  private readonly events: ReadonlyMap<string, readonly LedgerEvent[]>;
  private readonly copies: ReadonlyMap<string, readonly Taken[]>;
  private first = Infinity;
  private last = -Infinity;

  constructor(
    private readonly history: History,
    private readonly allowed: Allowed,
  ) {
    this.plans = new Map(history.plans.map((plan) => [plan.id, plan]));
    this.events = grouped(history.events, (event) => event.delivery);
    this.copies = grouped(history.taken, (taken) => deliveryOf(taken) ?? '');
  }

  findings(): Findings {
    const { rows, plans } = this.history;
    for (const row of rows) this.row(row);
    this.strangers(new Set(rows.map((row) => row.id)));
    this.sameAddressTwice();
    for (const plan of plans) this.sum(plan);
    return {
      planned: rows.length,
      accepted: rows.filter((row) => row.state === 'accepted').length,
      ...this.counts,
      unknown: rows.filter((row) => OPEN_ENDS.has(row.state)).length,
      firstMs: Number.isFinite(this.first) ? this.first : undefined,
      lastMs: Number.isFinite(this.last) ? this.last : undefined,
      problems: this.problems,
    };
  }

  private row(row: LedgerRow): void {
    const plan = this.plans.get(row.distribution);
    if (!plan) return this.found('silentLosses', `${row.id} belongs to no distribution`);
    const copies = [...(this.copies.get(row.id) ?? [])].sort((a, b) => a.at - b.at);
    const events = this.events.get(row.id) ?? [];
    this.times(row, plan, copies, events);
    this.claims(row, events);
    this.repeats(row, copies, events);
    this.dots(row, copies, events);
    this.end(row, copies, events);
  }

  private times(row: LedgerRow, plan: Plan, copies: readonly Taken[], events: readonly LedgerEvent[]): void {
    for (const { at, state } of events) {
      if (SENDING.has(state) && at < plan.liftsAt) this.found('early', `${row.id} is ${state} before T`);
    }
    for (const { at } of copies) {
      const after = at - plan.liftsAt;
      this.first = Math.min(this.first, after);
      this.last = Math.max(this.last, after);
      if (after < 0) this.found('early', `${row.id} was taken ${-after} ms before T`);
      if (after > (this.allowed.lateAfterMs ?? Infinity))
        this.found('late', `${row.id} was taken ${Math.round(after)} ms after T`);
    }
  }

  private claims(row: LedgerRow, events: readonly LedgerEvent[]): void {
    for (const [place, { state }] of events.entries()) {
      if (state === 'dot_pending' && events[place - 1]?.state === 'dot_pending')
        this.found('doubleClaims', `${row.id} went past its dot twice without a verdict between`);
    }
  }

  /** Every copy needs a dot of its own that the ledger let go before, and had not given up since. */
  private dots(row: LedgerRow, copies: readonly Taken[], events: readonly LedgerEvent[]): void {
    for (const [place, copy] of copies.entries()) {
      const before = this.before(copy, events);
      if (before.filter((event) => event.state === 'dot_pending').length <= place)
        this.found('silentLosses', `${row.id} was taken more often than the ledger had let its dot go`);
      const last = before.at(-1);
      if (this.comparable && last && GIVEN_UP.has(last.state) && copy.at - last.at > SINK_BEHIND_MS)
        this.found('staleDots', `${row.id} was taken ${Math.round(copy.at - last.at)} ms after it was ${last.state}`);
    }
  }

  /** Events before a copy was taken. The sink's clock counts whole milliseconds, the ledger's microseconds. */
  private before(copy: Taken, events: readonly LedgerEvent[]): readonly LedgerEvent[] {
    return this.comparable ? events.filter((event) => event.at < copy.at + 1) : events;
  }

  private get comparable(): boolean {
    return this.allowed.oneClock ?? true;
  }

  /** A second copy may exist only after the row has said that nobody knows of the first, and must be the same bytes. */
  private repeats(row: LedgerRow, copies: readonly Taken[], events: readonly LedgerEvent[]): void {
    for (const [place, copy] of copies.entries()) {
      if (place === 0) continue;
      this.counts.duplicates += 1;
      const flags = this.before(copy, events).filter((event) => event.state === 'unknown').length;
      if (flags < place)
        this.found('unflaggedDuplicates', `${row.id} was taken ${place + 1} times after ${flags} × unknown`);
      else if (copy.sha256 === undefined || copy.sha256 !== copies[0]?.sha256)
        this.found('unflaggedDuplicates', `${row.id}: copy ${place + 1} is not the same bytes`);
    }
  }

  private end(row: LedgerRow, copies: readonly Taken[], events: readonly LedgerEvent[]): void {
    const { id, state } = row;
    const last = events.at(-1)?.state;
    if (copies.some((copy) => copy.to.toLowerCase() !== row.address.toLowerCase()))
      this.found('silentLosses', `${id} went to another address`);
    if (!ENDS.has(state) && state !== 'unknown') this.found('silentLosses', `${id} is still ${state}`);
    else if (state !== last)
      this.found('silentLosses', `${id} is ${state} and its last event says ${last ?? 'nothing'}`);
    else if (state === 'accepted' && copies.length === 0)
      this.found('silentLosses', `${id} is accepted and was never taken`);
    else if (copies.length > 0 && state !== 'accepted' && !OPEN_ENDS.has(state))
      this.found('silentLosses', `${id} was taken and is ${state}`);
  }

  private strangers(known: ReadonlySet<string>): void {
    for (const [id, copies] of this.copies) {
      if (!known.has(id)) this.found('silentLosses', `the sink took ${copies.length} × “${id}”, which no row knows`);
    }
  }

  /** Two rows for one address in one distribution would be one journalist served twice. */
  private sameAddressTwice(): void {
    const served = this.history.rows.filter((row) => this.copies.has(row.id));
    for (const rows of grouped(served, (row) => `${row.distribution} ${row.address.toLowerCase()}`).values()) {
      for (const { id } of rows.slice(1)) {
        this.counts.duplicates += 1;
        this.found('unflaggedDuplicates', `${id} is a second message to the same address`);
      }
    }
  }

  private sum(plan: Plan): void {
    const rows = this.history.rows.filter((row) => row.distribution === plan.id).length;
    if (rows !== plan.planned)
      this.found('silentLosses', `distribution ${plan.id} planned ${plan.planned} and has ${rows} rows`);
  }

  private found(what: keyof Comparison['counts'], sentence: string): void {
    this.counts[what] += 1;
    if (this.problems.length < PROBLEMS) this.problems.push(`${what}: ${sentence}`);
  }
}

/** A message carries its delivery's id before the @ of its Message-ID. */
function deliveryOf({ messageId }: Taken): string | undefined {
  return /^<?([^@>]+)@/.exec(messageId ?? '')?.[1];
}

function grouped<T>(list: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}
