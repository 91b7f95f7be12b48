import { errorFacts, type Clock, type Database, type Log } from '#libs/kernel';
import { LEASE_SECONDS, type LedgerStore, type ShardKey } from './ledger.store.js';

/** A shard that this worker holds. */
export interface Lease {
  readonly key: ShardKey;
  /** Fencing token: the gate and the ledger ask for it. */
  readonly token: string;
  /** Aborted when the shard is not ours any more, or may not be. */
  readonly lost: AbortSignal;
}

const RENEW_MS = (LEASE_SECONDS * 1000) / 3;

/** The shards this worker holds, renewed together: one statement however many they are. */
export class ShardLeases {
  private readonly held = new Map<string, AbortController>();
  private renewedAt = 0;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly ledger: LedgerStore,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly worker: string,
  ) {}

  /** Takes a shard; undefined when nothing is due in it or somebody else has it. */
  async take(key: ShardKey): Promise<Lease | undefined> {
    const token = await this.ledger.take(this.db, key, this.worker);
    if (token === undefined) return undefined;
    const lost = new AbortController();
    if (this.held.size === 0) this.renewedAt = this.clock.monotonic();
    this.held.set(token, lost);
    this.renewing ??= this.renew();
    return { key, token, lost: lost.signal };
  }

  /** Gives a shard back. @returns when somebody should come again; undefined when nothing is left in it or it was lost */
  async release(lease: Lease, pauseMs: number): Promise<Date | undefined> {
    this.held.delete(lease.token);
    return this.ledger.release(this.db, lease.key, lease.token, pauseMs);
  }

  private async renew(): Promise<void> {
    await this.clock.sleep(RENEW_MS);
    while (this.held.size > 0) {
      const tokens = [...this.held.keys()];
      const began = this.clock.monotonic();
      try {
        const good = await this.ledger.renew(this.db, tokens);
        this.renewedAt = began;
        for (const token of tokens) if (!good.has(token)) this.lose(token);
      } catch (error) {
        // the leases end by themselves and the gate refuses the dots; nothing is sent twice
        this.log.warn({ shards: tokens.length, ...errorFacts(error) }, 'could not renew leases');
        if (this.clock.monotonic() - this.renewedAt > LEASE_SECONDS * 1000) tokens.forEach((token) => this.lose(token));
      }
      await this.clock.sleep(RENEW_MS);
    }
    this.renewing = undefined;
  }

  private lose(token: string): void {
    this.held.get(token)?.abort();
    this.held.delete(token);
  }
}
