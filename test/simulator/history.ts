import type { DeliveryState } from '#libs/delivery';

export interface Planned {
  readonly delivery: string;
  readonly release: string;
  readonly epoch: number;
  readonly address: string;
  readonly policy: 'hold' | 'resend';
}

interface Plan {
  /** The epoch that was scheduled, while it stands. */
  epoch: number | undefined;
  liftsAt: number;
  cancelled: boolean;
}

/**
 * What people decided and what left, kept apart from the product: the judge of every history. Knows nothing of rows,
 * leases or queues; knows what was promised.
 */
export class History {
  private readonly plans = new Map<string, Plan>();
  private readonly stopped = new Set<string>();
  private readonly suppressed = new Set<string>();
  private readonly planned = new Map<string, Planned>();
  private readonly open = new Map<string, number>();
  private readonly copies = new Map<string, number>();
  private readonly flagged = new Set<string>();
  /** Sentences about broken promises; empty in a good history. */
  readonly broken: string[] = [];
  accepted = 0;

  scheduled(release: string, epoch: number, liftsAt: number): void {
    this.plans.set(release, { epoch, liftsAt, cancelled: false });
  }

  /** An edit, a moved T, another audience: what was approved does not stand any more. */
  voided(release: string): void {
    const plan = this.plans.get(release);
    if (plan) plan.epoch = undefined;
  }

  cancelled(release: string): void {
    this.voided(release);
  }

  stop(what: string): void {
    this.stopped.add(what);
  }

  raise(): void {
    this.stopped.clear();
  }

  suppress(address: string): void {
    this.suppressed.add(address);
  }

  plan(planned: Planned): void {
    this.planned.set(planned.delivery, planned);
  }

  /** The gate committed a permission for one dot. @param databaseNow by which clock it decided */
  permitted(delivery: string, databaseNow: number): void {
    const row = this.planned.get(delivery);
    const plan = row && this.plans.get(row.release);
    if (!row || !plan) return this.breach(`${delivery}: permitted, and nobody planned it`);
    if (plan.epoch !== row.epoch)
      this.breach(`${delivery}: permitted after its approval fell or its release was cancelled`);
    if (databaseNow < plan.liftsAt) this.breach(`${delivery}: permitted ${plan.liftsAt - databaseNow} ms before T`);
    if (this.stopped.has('everything') || this.stopped.has(row.release))
      this.breach(`${delivery}: permitted while stopped`);
    if (this.suppressed.has(row.address)) this.breach(`${delivery}: permitted to somebody who is suppressed`);
    this.open.set(delivery, (this.open.get(delivery) ?? 0) + 1);
  }

  /** A row was told to be unknown: whoever resends it now may make a copy. */
  unknown(delivery: string): void {
    this.flagged.add(delivery);
  }

  /**
   * The dot left and the server took the message. By the database's clock it was judged when the permission was committed:
   * a clock that is set back a moment later takes nothing away from that.
   * @param workerEver the latest instant that this worker's clock ever showed
   */
  took(delivery: string, workerEver: number): void {
    const row = this.planned.get(delivery);
    const plan = row && this.plans.get(row.release);
    if (!row || !plan) return this.breach(`${delivery}: taken, and nobody planned it`);
    if (workerEver < plan.liftsAt) this.breach(`${delivery}: early by the worker's clock`);
    const permissions = this.open.get(delivery) ?? 0;
    if (permissions === 0) this.breach(`${delivery}: its dot left without a permission`);
    this.open.set(delivery, permissions - 1);
    const copies = (this.copies.get(delivery) ?? 0) + 1;
    this.copies.set(delivery, copies);
    this.accepted += 1;
    if (copies > 1 && !(row.policy === 'resend' && this.flagged.has(delivery)))
      this.breach(`${delivery}: taken ${copies} times, and nobody had been told`);
  }

  /** The end: every row has an end that fits what the server took. */
  ended(
    rows: readonly { readonly delivery: string; readonly state: DeliveryState }[],
    ends: readonly DeliveryState[],
  ): void {
    const seen = new Set<string>();
    for (const { delivery, state } of rows) {
      seen.add(delivery);
      const taken = this.copies.has(delivery);
      if (!ends.includes(state)) this.breach(`${delivery}: forgotten as ${state}`);
      if (state === 'accepted' && !taken) this.breach(`${delivery}: accepted, and no server took it`);
      if (taken && state !== 'accepted' && state !== 'held' && !this.flagged.has(delivery))
        this.breach(`${delivery}: taken, and the ledger says ${state}`);
    }
    for (const delivery of this.planned.keys()) if (!seen.has(delivery)) this.breach(`${delivery}: its row is gone`);
  }

  /** Every row has its end, and the release never hears of it. */
  stuck(release: string, state: string): void {
    this.breach(`${release}: forgotten as ${state}`);
  }

  /** The simulator itself is not fit to say anything. */
  unfit(sentence: string): void {
    this.broken.push(sentence);
  }

  private breach(sentence: string): void {
    this.broken.push(sentence);
  }
}
