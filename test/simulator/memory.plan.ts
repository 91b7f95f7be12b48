import { newId } from '#libs/kernel';
import type { Tables } from './memory.tables.js';

/** Recipients in a shard: small, so that a history of a dozen recipients has several. */
const SHARD = 3;

/** FREEZE and the shards: every recipient of the audience gets a row, suppressed ones with their end. */
export function plan(tables: Tables, release: string, id: string): number {
  const row = tables.releases.find((one) => one.id === release);
  if (!row || tables.distributions.some((one) => one.release === release && one.epoch === row.epoch)) return 0;
  const { epoch, liftsAt, policy } = row;
  tables.distributions.push({ id, release, epoch, state: 'preparing', liftsAt, policy });
  row.audience.forEach((address, position) => {
    const delivery = newId();
    const isSuppressed = tables.suppressed.some((one) => one.address === address);
    tables.deliveries.push({
      id: delivery,
      distribution: id,
      release,
      epoch,
      shard: Math.floor(position / SHARD),
      position,
      address,
      state: isSuppressed ? 'suppressed' : 'planned',
      token: null,
      attempts: 0,
      nextAt: null,
      unknownSince: null,
    });
  });
  for (let shard = 0; shard * SHARD < row.audience.length; shard += 1)
    tables.shards.push({ distribution: id, shard, dueAt: -Infinity, token: null, worker: null, leaseUntil: 0 });
  return 1;
}
