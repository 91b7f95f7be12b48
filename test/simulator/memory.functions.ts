import { LEASE_SECONDS, type DeliveryState } from '#libs/delivery';
import type { History } from './history.js';
import type { DeliveryTable, Tables } from './memory.tables.js';

interface Verdict {
  readonly id: string;
  readonly token: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly wait_ms: number | null;
}

/** Columns as the statement carries them: ids, tokens, states, replies, reasons, codes, waits, observed. */
export function verdictsOf(columns: readonly (readonly unknown[])[]): Verdict[] {
  const [ids = [], tokens = [], states = [], , reasons = [], , waits = []] = columns;
  return ids.map((id, at) => ({
    id: String(id),
    token: String(tokens[at]),
    state: states[at] as DeliveryState,
    reason: (reasons[at] as string | null) ?? null,
    wait_ms: (waits[at] as number | null) ?? null,
  }));
}

const WAITING: readonly DeliveryState[] = ['ready', 'deferred'];
const RECALLABLE: readonly DeliveryState[] = ['planned', 'ready', 'deferred'];

/** What delivery.gate.migration.ts says in SQL, said of arrays: same predicates, same moves, one call is one commit. */
export class MemoryFunctions {
  private tokens = 0;

  constructor(
    private readonly tables: () => Tables,
    private readonly history: History,
    private readonly now: () => number,
  ) {}

  take(distribution: string, number: number, worker: string): string | null {
    const shard = this.shard(distribution, number);
    const of = this.tables().distributions.find((one) => one.id === distribution);
    const free = shard && (shard.token === null || shard.leaseUntil < this.now());
    if (
      !shard ||
      !free ||
      shard.dueAt === null ||
      shard.dueAt > this.now() ||
      !of ||
      !['prepared', 'sending'].includes(of.state)
    )
      return null;
    shard.token = `token-${(this.tokens += 1)}`;
    shard.worker = worker;
    shard.leaseUntil = this.now() + LEASE_SECONDS * 1000;
    for (const row of this.rows(distribution, number)) {
      if (row.state === 'dot_pending') this.lose(row);
      else if (WAITING.includes(row.state) && this.isSuppressed(row)) this.move(row, 'suppressed');
    }
    return shard.token;
  }

  release(distribution: string, number: number, token: string, pauseMs: number): number | null {
    const shard = this.shard(distribution, number);
    if (!shard || shard.token !== token) return null;
    const of = this.tables().distributions.find((one) => one.id === distribution);
    const left = this.rows(distribution, number).filter((row) => [...WAITING, 'dot_pending'].includes(row.state));
    shard.token = null;
    shard.worker = null;
    shard.dueAt =
      left.length === 0 && of?.state !== 'prepared'
        ? null
        : Math.max(
            left.length === 0 ? -Infinity : Math.min(...left.map((row) => row.nextAt ?? -Infinity)),
            pauseMs > 0 ? this.now() + pauseMs : -Infinity,
          );
    return shard.dueAt === null ? null : Math.max(shard.dueAt, 0);
  }

  renew(tokens: readonly string[]): string[] {
    const held = this.tables().shards.filter((shard) => shard.token !== null && tokens.includes(shard.token));
    for (const shard of held) shard.leaseUntil = this.now() + LEASE_SECONDS * 1000;
    return held.flatMap((shard) => shard.token ?? []);
  }

  /** The view embargo_open. */
  isOpen(release: string, epoch: number): boolean {
    const row = this.tables().releases.find((one) => one.id === release);
    const live = ['scheduled', 'preparing', 'prepared', 'releasing', 'released', 'corrected'];
    return (
      row !== undefined &&
      row.epoch === epoch &&
      live.includes(row.state) &&
      row.approved?.epoch === row.epoch &&
      row.approved.liftsAt === row.liftsAt &&
      row.liftsAt <= this.now() &&
      !this.tables().stops.some((stop) => stop.what === 'everything' || stop.what === release)
    );
  }

  openDots(distribution: string, ids: readonly string[], tokens: readonly string[]): string[] {
    const of = this.tables().distributions.find((one) => one.id === distribution);
    if (!of || of.state === 'cancelled' || !this.isOpen(of.release, of.epoch)) return [];
    const opened: string[] = [];
    ids.forEach((id, at) => {
      const row = this.row(id);
      const shard = row && this.shard(distribution, row.shard);
      if (!row || !shard || shard.token !== tokens[at] || shard.leaseUntil <= this.now()) return;
      if (!WAITING.includes(row.state) || row.epoch !== of.epoch || this.isSuppressed(row)) return;
      row.token = tokens[at] ?? null;
      row.attempts += 1;
      this.move(row, 'dot_pending');
      this.history.permitted(id, this.now());
      opened.push(id);
    });
    return opened;
  }

  settle(distribution: string, verdicts: readonly Verdict[]): string[] {
    const settled: string[] = [];
    const over = this.tables().distributions.some((one) => one.id === distribution && one.state === 'cancelled');
    for (const verdict of verdicts) {
      const row = this.row(verdict.id);
      if (!row || !this.takes(row, distribution, verdict)) continue;
      if (verdict.state === 'ready') row.attempts -= 1;
      else if (WAITING.includes(row.state)) row.attempts += 1;
      row.nextAt = verdict.wait_ms === null ? null : this.now() + verdict.wait_ms;
      if (verdict.state === 'unknown') this.lose(row);
      else this.move(row, over && WAITING.includes(verdict.state) ? 'cancelled' : verdict.state);
      settled.push(row.id);
    }
    return settled;
  }

  postpone(
    distribution: string,
    number: number,
    token: string,
    ids: readonly string[],
    waits: readonly number[],
  ): number {
    if (this.shard(distribution, number)?.token !== token) return 0;
    ids.forEach((id, at) => {
      const row = this.row(id);
      if (row?.state === 'ready') row.nextAt = this.now() + (waits[at] ?? 0);
    });
    return ids.length;
  }

  recall(distribution: string | null, address: string | null, state: DeliveryState): number {
    const taken = this.tables().deliveries.filter(
      (row) =>
        (distribution === null || row.distribution === distribution) &&
        (address === null || row.address === address) &&
        RECALLABLE.includes(row.state),
    );
    for (const row of taken) this.move(row, state);
    return taken.length;
  }

  sweep(graceSeconds: number): { freed: number; lost: number; decided: number } {
    const { shards, deliveries, distributions } = this.tables();
    const told = { freed: 0, lost: 0, decided: 0 };
    for (const shard of shards.filter((one) => one.token !== null && one.leaseUntil < this.now())) {
      shard.token = null;
      shard.worker = null;
      shard.dueAt ??= this.now();
      told.freed += 1;
      for (const row of this.rows(shard.distribution, shard.shard))
        if (row.state === 'dot_pending' && (told.lost += 1)) this.lose(row);
    }
    for (const row of deliveries) {
      const of = distributions.find((one) => one.id === row.distribution);
      const old = row.state === 'unknown' && (row.unknownSince ?? 0) < this.now() - graceSeconds * 1000;
      if (!old || !of) continue;
      told.decided += 1;
      if (of.policy === 'hold' || of.state === 'cancelled') this.move(row, 'held');
      else {
        row.token = null;
        this.move(row, 'ready');
        const shard = this.shard(row.distribution, row.shard);
        if (shard) shard.dueAt = this.now();
      }
    }
    return told;
  }

  private takes(row: DeliveryTable, distribution: string, { token, state }: Verdict): boolean {
    if (row.token === token && row.state === 'dot_pending') return true;
    if (row.token === token && (row.state === 'unknown' || row.state === 'held')) return state !== 'unknown';
    const before = WAITING.includes(row.state) && ['refused', 'deferred', 'expired'].includes(state);
    return before && this.shard(distribution, row.shard)?.token === token;
  }

  private lose(row: DeliveryTable): void {
    this.history.unknown(row.id);
    row.unknownSince = this.now();
    row.state = 'unknown';
  }

  private move(row: DeliveryTable, state: DeliveryState): void {
    row.state = state;
    if (!WAITING.includes(state)) row.nextAt = null;
    if (state !== 'held') row.unknownSince = null;
  }

  private isSuppressed(row: DeliveryTable): boolean {
    return this.tables().suppressed.some((one) => one.address === row.address);
  }

  private row(id: string): DeliveryTable | undefined {
    return this.tables().deliveries.find((row) => row.id === id);
  }

  private rows(distribution: string, shard: number): DeliveryTable[] {
    return this.tables().deliveries.filter((row) => row.distribution === distribution && row.shard === shard);
  }

  private shard(distribution: string, number: number) {
    return this.tables().shards.find((one) => one.distribution === distribution && one.shard === number);
  }
}
