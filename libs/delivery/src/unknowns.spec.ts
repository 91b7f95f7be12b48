import { afterEach, describe, expect, test } from '@jest/globals';
import type { Actor, DeliveryId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { until, World } from '../../../test/support/world.js';
import { Unknowns, type UnknownDecision, type UnknownDelivery } from './unknowns.store.js';

describe('a message of which nobody knows whether it was taken', () => {
  let world: World;
  afterEach(() => world?.stop());

  /** Four sent, of which one lost its answer and waits for a person. */
  async function oneHeld(): Promise<{ release: Release; held: UnknownDelivery; unknowns: Unknowns }> {
    world = await World.start({
      sink: { capture: 'raw', script: [{ phase: 'dot', times: 1, answer: { accept: true, then: 'rst' } }] },
    });
    const release = await world.scheduled(await world.journalists(4));
    await world.work();
    await world.leavesIn(release, 500);
    await until('one unknown', async () => (await world.counts(release)).unknown === 1);
    await world.owner.rows(`update delivery_unknown set since = clock_timestamp() - interval '10 minutes'`);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    const unknowns = new Unknowns(world.audit);
    const [held] = await unknowns.list(world.db, release.organisation, release.number);
    if (!held) throw new Error('nothing is held');
    return { release, held, unknowns };
  }

  const settle = (unknowns: Unknowns, by: Actor, id: DeliveryId, as: UnknownDecision, reason = 'the relay’s log') =>
    world.db.transaction((tx) => unknowns.settle(tx, by, id, as, reason));

  test('is listed with whom it went to, when its dot left and from which worker', async () => {
    const { release, held } = await oneHeld();
    const to = world.sink.messages.map((message) => message.to);
    expect(held).toMatchObject({ release: release.number, state: 'held', reason: 'held_after_unknown', attempts: 1 });
    expect(to).toContain(held.address);
    expect(held.dotAt?.getTime()).toBeGreaterThanOrEqual(await world.liftsAt(release));
    expect(held.worker).toContain(String(process.pid));
  });

  test('ends as accepted by an officer’s word, which the ledger and the audit chain keep', async () => {
    const { release, held, unknowns } = await oneHeld();
    await settle(unknowns, world.cast.chen, held.id, 'accepted');
    expect(await world.counts(release)).toEqual({ accepted: 4 });
    expect(await unknowns.list(world.db, release.organisation)).toEqual([]);
    expect(world.sink.messages).toHaveLength(4);
    const [event] = await world.db.rows<{ body: string }>(
      `select body from delivery_event where delivery_id = $1 order by id desc limit 1`,
      [held.id],
    );
    expect(JSON.parse(event?.body ?? '{}')).toMatchObject({ state: 'accepted', reason: 'accepted_by_officer' });
    const [line] = await world.db.rows<{ body: string }>(`select body from audit_line where subject = $1`, [
      `delivery:${held.id}`,
    ]);
    expect(JSON.parse(line?.body ?? '{}')).toMatchObject({
      facts: { as: 'accepted', from: 'held', reason: 'the relay’s log' },
    });
    expect((await world.verify()).faults).toEqual([]);
  });

  test('goes once more, with the same bytes, when an officer says so, although its distribution had finished', async () => {
    const { release, held, unknowns } = await oneHeld();
    await settle(unknowns, world.cast.chen, held.id, 'resend');
    await until('all accepted', async () => (await world.counts(release)).accepted === 4);
    const copies = world.sink.messages.filter((message) => message.to === held.address);
    expect(copies).toHaveLength(2);
    expect(copies[0]?.raw?.equals(copies[1]?.raw ?? Buffer.alloc(0))).toBe(true);
    await until('a finished distribution', async () => (await world.progress(release)).state === 'finished');
    expect(await world.state(release.id)).toBe('released');
    await until('a sealed ledger', async () => {
      const { events, sealed } = await world.verify();
      return events === sealed;
    });
    expect((await world.verify()).faults).toEqual([]);
  });

  test('is settled once, with a reason, by a releaser or ops, and never sent to who said no since', async () => {
    const { held, unknowns } = await oneHeld();
    const { ada, chen } = world.cast;
    await expect(settle(unknowns, ada, held.id, 'accepted')).rejects.toMatchObject({ code: 'accounts.role.missing' });
    await expect(settle(unknowns, chen, held.id, 'accepted', '  ')).rejects.toMatchObject({ field: 'reason' });
    await world.db.transaction((tx) => world.desk.suppress(tx, ada, held.address, { reason: 'unsubscribed' }));
    await expect(settle(unknowns, chen, held.id, 'resend')).rejects.toMatchObject({
      code: 'delivery.resend.suppressed',
    });
    await settle(unknowns, chen, held.id, 'accepted');
    await expect(settle(unknowns, chen, held.id, 'resend')).rejects.toMatchObject({ code: 'delivery.settle.state' });
    const stranger = '00000000-0000-4000-8000-000000000000' as DeliveryId;
    await expect(settle(unknowns, chen, stranger, 'resend')).rejects.toMatchObject({ code: 'delivery.settle.state' });
    expect(world.sink.messages).toHaveLength(4);
  });
});
