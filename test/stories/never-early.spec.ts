import { systemClock, type Clock } from '#libs/kernel';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BACKENDS, until, World } from '../support/world.js';

/** This machine's clock, wrong by so much. */
function clockOff(ms: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + ms };
}

describe.each(BACKENDS)('never early, with the queue on %s', (backend) => {
  let world: World;
  afterEach(() => world?.stop());

  test('holds a release until its embargo, then sends it to everybody', async () => {
    world = await World.start({ backend });
    const list = await world.journalists(30);
    const release = await world.scheduled(list);
    await world.work();
    const liftsAt = await world.leavesIn(release, 1_500);
    await until('T − 300 ms', () => Date.now() > liftsAt - 300);
    expect(world.sink.mails).toHaveLength(0);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(world.sink.messages).toHaveLength(30);
    for (const message of world.sink.messages) expect(message.at).toBeGreaterThanOrEqual(liftsAt);
    const progress = await world.progress(release);
    expect(progress.counts).toEqual({ accepted: 30 });
    expect(progress.liftedAt?.getTime()).toBeGreaterThanOrEqual(liftsAt);
  });

  test('a worker whose clock is ten minutes fast sends nothing and says so', async () => {
    world = await World.start({ backend });
    const release = await world.scheduled(await world.journalists(5), 300_000);
    const honest = await world.work();
    await until('a prepared release', async () => (await world.state(release.id)) === 'prepared');
    await honest.stop();
    await world.work(clockOff(600_000));
    await until(
      'an alarm',
      async () =>
        (await world.db.rows(`select from alarm where code = 'clock.skew' and cleared_at is null`)).length === 1,
    );
    const enough = Date.now() + 3_000;
    await until('three more seconds of a clock long past T', () => Date.now() > enough);
    expect(world.sink.mails).toHaveLength(0);
    expect(await world.counts(release)).toEqual({ ready: 5 });
  });

  test('a worker whose clock is ten minutes fast leaves the work to one whose clock is right', async () => {
    world = await World.start({ backend });
    const release = await world.scheduled(await world.journalists(12));
    await world.work(clockOff(600_000));
    await world.work();
    const liftsAt = await world.leavesIn(release, 1_500);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(world.sink.messages).toHaveLength(12);
    for (const message of world.sink.messages) expect(message.at).toBeGreaterThanOrEqual(liftsAt);
  });
});
