import type { Clock, Database, DeliveryId, DistributionId, OrganisationId } from '#libs/kernel';
import { LEASE_SECONDS, type LedgerStore } from './ledger.store.js';

interface Asked {
  readonly id: DeliveryId;
  readonly token: string;
  readonly answer: (open: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** Statements on their way at once: while one commits, the next group gathers. */
const IN_FLIGHT = 2;
/**
 * A statement and its commit cost as much as twenty rows of it, so a group waits for half of the messages on the wire, but
 * no longer than this.
 */
const GATHER_MS = 3;
/**
 * An answer that comes later than this counts as no. The process may have been frozen since (a suspended machine), and
 * somebody else holds the shard; the permission was for a moment that is over.
 */
const STALE_MS = (LEASE_SECONDS * 1000) / 2;

/**
 * G3 for many connections at once. Each connection stands before its final dot and asks; whatever asked while earlier
 * statements were on their way goes into the next one, so a commit is shared by all that wait for it.
 */
export class DotGate {
  private waiting: Asked[] = [];
  private inFlight = 0;
  private gathering: Promise<void> | undefined;

  /** @param onWire how many messages could ask by now; unknown: nobody is waited for */
  constructor(
    private readonly db: Database,
    private readonly ledger: LedgerStore,
    private readonly clock: Clock,
    private readonly key: { readonly organisation: OrganisationId; readonly distribution: DistributionId },
    private readonly onWire: () => number = () => 0,
  ) {}

  /** True: the row is `dot_pending`, committed, and the dot may leave. False: it must not. Rejects when the database is gone. */
  ask(id: DeliveryId, token: string): Promise<boolean> {
    return new Promise((answer, fail) => {
      this.waiting.push({ id, token, answer, fail });
      // a turn of the event loop lets every socket that is readable now join the group
      if (this.enough()) setImmediate(() => this.flush());
      else this.gathering ??= this.gather();
    });
  }

  private enough(): boolean {
    return this.waiting.length * 2 >= this.onWire();
  }

  private async gather(): Promise<void> {
    await this.clock.sleep(GATHER_MS);
    this.gathering = undefined;
    this.flush();
  }

  private flush(): void {
    if (this.waiting.length === 0 || this.inFlight >= IN_FLIGHT) return;
    const group = this.waiting;
    this.waiting = [];
    this.inFlight += 1;
    const stale = this.staleAfter(STALE_MS);
    this.ledger
      .openDots(this.db, this.key.organisation, this.key.distribution, group)
      .then(
        (open) => {
          const late = stale();
          for (const asked of group) asked.answer(!late && open.has(asked.id));
        },
        (error: unknown) => group.forEach((asked) => asked.fail(error)),
      )
      .finally(() => {
        this.inFlight -= 1;
        if (this.enough() || !this.gathering) this.flush();
      });
  }

  /** By both clocks: the steady one stands still while a machine is suspended, the wall clock may be stepped. */
  private staleAfter(ms: number): () => boolean {
    const { clock } = this;
    const [steady, wall] = [clock.monotonic(), clock.now()];
    return () => clock.monotonic() - steady >= ms || clock.now() - wall >= ms;
  }
}
