import type { ClockWatch } from '#libs/embargo';
import type { Clock, Database, Language, Log } from '#libs/kernel';
import { DotGate } from './dot.gate.js';
import type { DistributionRow, LedgerStore } from './ledger.store.js';
import type { Lanes } from './lanes.js';
import type { LaneStore } from './lane.store.js';
import { unpackSkeleton, type LetterSlot, type Skeleton } from './mime.js';
import { placeOf, type Sealing } from './sealed.js';
import { Settler } from './settler.js';
import type { ShardLeases } from './shard.leases.js';
import { Turnstile } from './turnstile.js';
import type { Relay } from './relay.port.js';

export interface SendingTools {
  /** A pool of the sender's own: no screen and no import can keep a dot waiting. */
  readonly db: Database;
  readonly ledger: LedgerStore;
  readonly leases: ShardLeases;
  readonly sealing: Sealing;
  readonly clock: Clock;
  readonly watch: ClockWatch;
  readonly relay: Relay;
  /** Whose turn it is: what goes to a domain that slows us down waits by itself. */
  readonly lanes: Lanes;
  readonly laneStore: LaneStore;
  /** The relay as alarms name it, and how many messages may be on the wire to it at once. */
  readonly lane: { readonly name: string; readonly connections: number };
  readonly log: Log;
  /** This process, as leases and the ledger name it. */
  readonly worker: string;
}

/**
 * Shards of a distribution that put messages on the wire at once. One after another, not all abreast: forty abreast would
 * end together, and the wire would stand still while the next forty are fetched.
 */
const ABREAST = 3;

/** What all shards of a distribution share in one worker: commits of the gate and of verdicts, and the bytes. */
export class Sending {
  readonly gate: DotGate;
  readonly settler: Settler;
  readonly liftsAt: number;
  readonly turnstile = new Turnstile(ABREAST);
  private lifting: Promise<boolean> | undefined;

  constructor(
    tools: SendingTools,
    readonly distribution: DistributionRow,
    readonly skeletons: ReadonlyMap<Language, Skeleton>,
  ) {
    const key = { organisation: distribution.organisation, distribution: distribution.id };
    this.gate = new DotGate(tools.db, tools.ledger, tools.clock, key, () => tools.relay.onWire);
    this.settler = new Settler(tools.db, tools.ledger, tools.clock, key);
    this.liftsAt = distribution.liftsAt.getTime();
  }

  /** Return path of every message. */
  get from(): string {
    const [first] = this.skeletons.values();
    if (!first) throw new Error(`distribution ${this.distribution.id} is prepared but has no skeleton`);
    return first.fields.from.address;
  }

  /** Forty shards wait for the same T: one of them lifts, the others hear of it. A refusal is not remembered. */
  lifted(lift: () => Promise<boolean>): Promise<boolean> {
    this.lifting ??= lift().finally(() => (this.lifting = undefined));
    return this.lifting;
  }
}

/** Opens stored skeletons. Throws a Problem when they were sealed with another key. */
export function openSkeletons<Slot extends LetterSlot>(
  sealing: Sealing,
  distribution: DistributionRow,
  stored: ReadonlyMap<Language, Buffer>,
): Map<Language, Skeleton<Slot>> {
  const open = (language: Language, bytes: Buffer) =>
    unpackSkeleton<Slot>(sealing.open(bytes, placeOf(distribution.organisation, distribution.id, language)));
  return new Map([...stored].map(([language, bytes]) => [language, open(language, bytes)]));
}
