import type { Database } from '#libs/kernel';
import type { LaneTrouble } from './lane.js';

/** A lane that is or was in trouble, as ops see it. */
export interface LaneState {
  readonly relay: string;
  readonly lane: string;
  /** `held`: nothing goes; `trying`: the next message decides; `open`: it works again. */
  readonly state: 'held' | 'trying' | 'open';
  readonly heldUntil: Date | null;
  readonly kind: LaneTrouble['kind'];
  readonly why: string;
  /** The last answer that meant trouble, without addresses. */
  readonly reply: string | null;
  /** Times in a row. */
  readonly strikes: number;
  readonly changedAt: Date;
}

/** Screens over the lanes of all workers. */
export class LaneViews {
  constructor(private readonly db: Database) {}

  /** Every lane that ever was in trouble: those that are held first, then by when something last changed. */
  async list(): Promise<LaneState[]> {
    return this.db.rows<LaneState>(
      `select relay, lane, held_until as "heldUntil", kind, why, reply, strikes, changed_at as "changedAt",
              case when held_until is null then 'open' when held_until > clock_timestamp() then 'held' else 'trying' end as state
         from lane
        order by held_until is null, held_until <= clock_timestamp(), changed_at desc, lane`,
    );
  }
}
