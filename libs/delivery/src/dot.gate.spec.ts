import { describe, expect, test } from '@jest/globals';
import {
  newId,
  type Clock,
  type Database,
  type DeliveryId,
  type DistributionId,
  type OrganisationId,
} from '#libs/kernel';
import { DotGate } from './dot.gate.js';
import { LEASE_SECONDS, type LedgerStore } from './ledger.store.js';

type Asked = readonly { readonly id: DeliveryId; readonly token: string }[];

/** A gate over a ledger that answers when told to, and a clock that is moved by hand. */
function gateOver(answer: (asked: Asked) => Promise<ReadonlySet<DeliveryId>>) {
  const time = { wall: 1_790_000_000_000, steady: 0 };
  const clock: Clock = { now: () => time.wall, monotonic: () => time.steady, sleep: async () => undefined };
  const groups: Asked[] = [];
  const openDots = (_db: unknown, _organisation: unknown, _distribution: unknown, asked: Asked) => {
    groups.push(asked);
    return answer(asked);
  };
  const key = { organisation: newId<OrganisationId>(), distribution: newId<DistributionId>() };
  const gate = new DotGate({} as Database, { openDots } as unknown as LedgerStore, clock, key);
  return { gate, time, groups };
}

const all = (asked: Asked) => Promise.resolve(new Set(asked.map(({ id }) => id)));
const ids = Array.from({ length: 5 }, () => newId<DeliveryId>());

describe('the gate of a group of dots', () => {
  test('answers each dot what the ledger said of it, and no other', async () => {
    const { gate } = gateOver((asked) => Promise.resolve(new Set(asked.map(({ id }) => id).filter((_, at) => at % 2))));
    expect(await Promise.all(ids.map((id) => gate.ask(id, 'token')))).toEqual([false, true, false, true, false]);
  });

  test('asks for all that stand before it in one statement', async () => {
    const { gate, groups } = gateOver(all);
    await Promise.all(ids.map((id) => gate.ask(id, 'token')));
    expect(groups.map((group) => group.length)).toEqual([5]);
  });

  test.each(['steady', 'wall'] as const)(
    'an answer that took half a lease by the %s clock opens nothing, whatever it says',
    async (which) => {
      const { gate, time } = gateOver((asked) => {
        time[which] += LEASE_SECONDS * 500;
        return all(asked);
      });
      expect(await gate.ask(newId(), 'token')).toBe(false);
    },
  );

  test('fails for everybody in the group when the ledger cannot be asked, and answers the next group', async () => {
    let gone = true;
    const { gate } = gateOver((asked) => (gone ? Promise.reject(new Error('connection lost')) : all(asked)));
    const answers = await Promise.allSettled(ids.map((id) => gate.ask(id, 'token')));
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 'rejected'));
    gone = false;
    expect(await gate.ask(newId(), 'token')).toBe(true);
  });
});
