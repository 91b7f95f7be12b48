import { afterEach, describe, expect, test } from '@jest/globals';
import { BACKENDS, until, World } from '../support/world.js';

describe.each(BACKENDS)('never twice, with the queue on %s', (backend) => {
  let world: World;
  afterEach(() => world?.stop());

  const recipients = () => world.sink.messages.map((message) => message.to);

  test('two workers and a storm of wake-ups send each journalist one message', async () => {
    world = await World.start({ backend });
    const release = await world.scheduled(await world.journalists(60));
    const first = await world.work();
    await world.work();
    await world.leavesIn(release, 1_000);
    const { distribution, epoch } = await world.progress(release);
    await Promise.all(Array.from({ length: 12 }, () => first.ring('drain', { distribution, epoch, shard: 0 })));
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(new Set(recipients()).size).toBe(60);
    expect(recipients()).toHaveLength(60);
    expect(new Set(world.sink.messages.map((message) => message.messageId)).size).toBe(60);
  });

  test('a message whose answer was lost after the dot is unknown, and is not sent again', async () => {
    world = await World.start({
      backend,
      sink: { capture: 'raw', script: [{ phase: 'dot', times: 1, answer: { accept: true, then: 'rst' } }] },
    });
    const release = await world.scheduled(await world.journalists(8));
    await world.work();
    await world.leavesIn(release, 500);
    await until('seven accepted, one unknown', async () => {
      const counts = await world.counts(release);
      return counts.accepted === 7 && counts.unknown === 1;
    });
    expect(recipients()).toHaveLength(8);
    // the grace passes: by policy the row is held, and still nothing is sent
    await world.owner.rows(`update delivery_unknown set since = clock_timestamp() - interval '10 minutes'`);
    await until('a held row', async () => (await world.counts(release)).held === 1);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(recipients()).toHaveLength(8);
  });

  test('where the release says resend, the second copy has the same bytes and the ledger says so', async () => {
    world = await World.start({
      backend,
      sink: { capture: 'raw', script: [{ phase: 'dot', times: 1, answer: { accept: true, then: 'rst' } }] },
    });
    const release = await world.scheduled(await world.journalists(4), undefined, { unknown: 'resend' });
    await world.work();
    await world.leavesIn(release, 500);
    await until('one unknown', async () => (await world.counts(release)).unknown === 1);
    await world.owner.rows(`update delivery_unknown set since = clock_timestamp() - interval '10 minutes'`);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(recipients()).toHaveLength(5);
    const twice = recipients().find((to, i, all) => all.indexOf(to) !== i);
    const copies = world.sink.messages.filter((message) => message.to === twice);
    expect(copies).toHaveLength(2);
    expect(copies[0]?.raw?.equals(copies[1]?.raw ?? Buffer.alloc(0))).toBe(true);
    const flagged = await world.db.rows(`select from delivery_event where body like '%resent_after_unknown%'`);
    expect(flagged).toHaveLength(1);
  });
});
