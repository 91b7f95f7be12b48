import { afterEach, describe, expect, test } from '@jest/globals';
import { addressOf, BACKENDS, until, World } from '../support/world.js';

describe.each(BACKENDS)('nobody forgotten, with the queue on %s', (backend) => {
  let world: World;
  afterEach(() => world?.stop());

  test('a queue emptied one second before T costs latency, not mail', async () => {
    world = await World.start({ backend });
    const release = await world.scheduled(await world.journalists(40));
    const worker = await world.work();
    const liftsAt = await world.leavesIn(release, 2_500);
    await until('T − 1 s', () => Date.now() > liftsAt - 1_000);
    await worker.forgetQueue();
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(world.sink.messages).toHaveLength(40);
    for (const message of world.sink.messages) expect(message.at).toBeGreaterThanOrEqual(liftsAt);
  });

  test('a worker that dies before T leaves its work to another', async () => {
    world = await World.start({ backend });
    const release = await world.scheduled(await world.journalists(20));
    const first = await world.work();
    await world.leavesIn(release, 2_500);
    await first.stop();
    await world.work();
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(world.sink.messages).toHaveLength(20);
  });

  test('a server that asks to come back is asked again, and a refusal is an end with its reason', async () => {
    const greylisted = addressOf(3);
    const gone = addressOf(5);
    world = await World.start({
      backend,
      sink: {
        capture: 'raw',
        script: [
          { phase: 'rcpt', to: greylisted, times: 1, answer: { code: 450, text: '4.2.0 greylisted, try again later' } },
          { phase: 'rcpt', to: gone, answer: { code: 550, text: '5.1.1 no such user' } },
        ],
      },
    });
    const release = await world.scheduled(await world.journalists(10));
    await world.work();
    await world.leavesIn(release, 500);
    await until('one deferred, one refused', async () => {
      const counts = await world.counts(release);
      return counts.accepted === 8 && counts.deferred === 1 && counts.refused === 1;
    });
    expect(await world.state(release.id)).toBe('releasing');
    // move the data, not the clock: its minute is over
    await world.owner.rows(`update delivery set next_at = clock_timestamp() where state = 'deferred'`);
    await world.owner.rows(`update shard set due_at = clock_timestamp() where due_at is not null`);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(await world.counts(release)).toEqual({ accepted: 9, refused: 1 });
    const refused = await world.db.first<{ reply: string; reason: string }>(
      `select reply, reason from delivery where state = 'refused'`,
    );
    expect(refused?.reply).toContain('5.1.1');
    expect(refused?.reply).not.toContain(gone);
    expect((await world.verify()).faults).toEqual([]);
  });
});
