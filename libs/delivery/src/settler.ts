import type { Clock, Database, DistributionId, OrganisationId } from '#libs/kernel';
import type { LedgerStore, Settlement } from './ledger.store.js';

/** How long answers gather before one statement writes them; the ledger is complete this much after the last answer. */
const GATHER_MS = 20;
const RETRY_MS = 250;

/**
 * Writes verdicts in groups. An answer that was heard is never given up: while the database is away it is kept and tried
 * again, because forgetting an acceptance is how mails get sent twice.
 */
export class Settler {
  private waiting: Settlement[] = [];
  private running: Promise<void> | undefined;
  private added = 0;
  private written = 0;
  private readonly listeners: { readonly upTo: number; readonly resolve: () => void }[] = [];

  constructor(
    private readonly db: Database,
    private readonly ledger: LedgerStore,
    private readonly clock: Clock,
    private readonly key: { organisation: OrganisationId; distribution: DistributionId },
  ) {}

  add(settlement: Settlement): void {
    this.waiting.push(settlement);
    this.added += 1;
    this.running ??= this.write();
  }

  /** Resolves when everything added so far stands in the ledger, whatever is added meanwhile. */
  settled(): Promise<void> {
    if (this.written === this.added) return Promise.resolve();
    return new Promise((resolve) => this.listeners.push({ upTo: this.added, resolve }));
  }

  private async write(): Promise<void> {
    await this.clock.sleep(GATHER_MS);
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.ledger.settle(this.db, this.key.organisation, this.key.distribution, group);
        this.tell(group.length);
      } catch {
        this.waiting = [...group, ...this.waiting];
        await this.clock.sleep(RETRY_MS);
      }
    }
    this.running = undefined;
  }

  /** Groups are written in the order in which their members were added. */
  private tell(written: number): void {
    this.written += written;
    while (this.listeners[0] && this.listeners[0].upTo <= this.written) this.listeners.shift()?.resolve();
  }
}
