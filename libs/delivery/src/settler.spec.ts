import { expect, test } from '@jest/globals';
import {
  newId,
  systemClock,
  type Clock,
  type Database,
  type DeliveryId,
  type DistributionId,
  type OrganisationId,
} from '#libs/kernel';
import type { LedgerStore, Settlement } from './ledger.store.js';
import { Settler } from './settler.js';

const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: async () => undefined };

test('an answer that was heard is kept while the database is away, and written once when it is back', async () => {
  let away = 3;
  const written: DeliveryId[] = [];
  const settle = async (_db: unknown, _organisation: unknown, _distribution: unknown, group: readonly Settlement[]) => {
    if (away-- > 0) throw new Error('connection lost');
    written.push(...group.map(({ id }) => id));
  };
  const key = { organisation: newId<OrganisationId>(), distribution: newId<DistributionId>() };
  const settler = new Settler({} as Database, { settle } as unknown as LedgerStore, clock, key);
  const ids = Array.from({ length: 3 }, () => newId<DeliveryId>());
  for (const id of ids) settler.add({ id, token: 'token', state: 'accepted' });
  // what is forgotten is never settled: a second tells as much as a minute
  const over = new AbortController();
  await Promise.race([settler.settled(), systemClock.sleep(1_000, over.signal)]);
  over.abort();
  expect(written).toEqual(ids);
});

test('who waits for answers so far does not wait for those that come meanwhile', async () => {
  const key = { organisation: newId<OrganisationId>(), distribution: newId<DistributionId>() };
  let groups = 0;
  const endless: LedgerStore['settle'] = async () => {
    groups += 1;
    // the next answers are there before these are written, as long as mail is sent
    if (groups < 50) settler.add({ id: newId<DeliveryId>(), token: 'token', state: 'accepted' });
    return new Set();
  };
  const settler: Settler = new Settler({} as Database, { settle: endless } as unknown as LedgerStore, clock, key);
  settler.add({ id: newId<DeliveryId>(), token: 'token', state: 'accepted' });
  // what is forgotten is never settled: a second tells as much as a minute
  const over = new AbortController();
  await Promise.race([settler.settled(), systemClock.sleep(1_000, over.signal)]);
  over.abort();
  expect(groups).toBeLessThan(5);
});
