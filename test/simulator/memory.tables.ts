import type { DeliveryState } from '#libs/delivery';
import type { ReleaseState } from '#libs/releases';

export interface ReleaseTable {
  id: string;
  state: ReleaseState;
  epoch: number;
  liftsAt: number;
  /** What the approval that stands is bound to. */
  approved: { epoch: number; liftsAt: number } | undefined;
  audience: string[];
  policy: 'hold' | 'resend';
}

export interface DistributionTable {
  id: string;
  release: string;
  epoch: number;
  state: 'preparing' | 'prepared' | 'sending' | 'finished' | 'cancelled';
  liftsAt: number;
  policy: 'hold' | 'resend';
}

export interface ShardTable {
  distribution: string;
  shard: number;
  dueAt: number | null;
  token: string | null;
  worker: string | null;
  leaseUntil: number;
}

export interface DeliveryTable {
  id: string;
  distribution: string;
  release: string;
  epoch: number;
  shard: number;
  position: number;
  address: string;
  state: DeliveryState;
  token: string | null;
  attempts: number;
  nextAt: number | null;
  unknownSince: number | null;
}

/** Everything the in-memory database holds; small plain objects, so that a transaction is undone by a copy. */
export interface Tables {
  releases: ReleaseTable[];
  distributions: DistributionTable[];
  shards: ShardTable[];
  deliveries: DeliveryTable[];
  lifts: { release: string; epoch: number; liftsAt: number; at: number }[];
  stops: { what: string }[];
  suppressed: { address: string }[];
}

export function emptyTables(): Tables {
  return { releases: [], distributions: [], shards: [], deliveries: [], lifts: [], stops: [], suppressed: [] };
}

export function copyOf(tables: Tables): Tables {
  const rows = <T extends object>(list: readonly T[]) => list.map((row) => ({ ...row }));
  return {
    releases: rows(tables.releases),
    distributions: rows(tables.distributions),
    shards: rows(tables.shards),
    deliveries: rows(tables.deliveries),
    lifts: rows(tables.lifts),
    stops: rows(tables.stops),
    suppressed: rows(tables.suppressed),
  };
}
