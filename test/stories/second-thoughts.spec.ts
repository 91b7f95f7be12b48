import { afterEach, describe, expect, test } from '@jest/globals';
import { instantAt } from '#libs/embargo';
import { Problem } from '#libs/kernel';
import { editionIn } from '../support/cast.js';
import { addressOf, until, World } from '../support/world.js';

describe('second thoughts', () => {
  let world: World;
  afterEach(() => world?.stop());

  test('a release moved at the last second does not leave at its old time', async () => {
    world = await World.start();
    const release = await world.scheduled(await world.journalists(10));
    await world.work();
    const old = await world.leavesIn(release, 2_500);
    await until('T − 700 ms', () => Date.now() > old - 700);
    await world.db.transaction((tx) =>
      world.desk.setEmbargo(tx, world.cast.chen, release.id, instantAt(old + 3_600_000, 'Asia/Hong_Kong')),
    );
    expect(await world.state(release.id)).toBe('draft');
    await until('two seconds past the old T', () => Date.now() > old + 2_000);
    expect(world.sink.mails).toHaveLength(0);
    expect(await world.counts(release)).toEqual({ cancelled: 10 });
  });

  test('cancelling mid-flight takes back what has not left and says exactly how many had', async () => {
    world = await World.start({
      connections: 2,
      sink: { capture: 'raw', script: [{ phase: 'dot', answer: { code: 250, text: '2.0.0 Ok', delayMs: 60 } }] },
    });
    const release = await world.scheduled(await world.journalists(80));
    await world.work();
    await world.leavesIn(release, 500);
    await until('ten accepted', () => world.sink.messages.length >= 10);
    const { chen } = world.cast;
    const said = await world.db.transaction((tx) => world.desk.cancel(tx, chen, release.id, 'a figure is wrong'));
    await until('all dots answered', async () => ((await world.counts(release)).dot_pending ?? 0) === 0);
    const counts = await world.counts(release);
    expect(counts.accepted).toBe(said.alreadyGone);
    expect(counts.cancelled).toBe(said.recalled);
    expect(said.alreadyGone + said.recalled).toBe(80);
    expect(said.alreadyGone).toBeLessThan(80);
    expect(world.sink.messages).toHaveLength(said.alreadyGone);
    expect((await world.verify()).faults).toEqual([]);
  });

  test('an unsubscribe between preparation and T wins, and no import or re-adding clears it', async () => {
    world = await World.start();
    const { ada } = world.cast;
    const list = await world.journalists(12);
    await world.db.transaction((tx) => world.desk.suppress(tx, ada, addressOf(1), { reason: 'unsubscribed' }));
    const release = await world.scheduled(list);
    await world.work();
    await world.leavesIn(release, 2_500);
    const taken = await world.db.transaction((tx) =>
      world.desk.suppress(tx, ada, addressOf(2).toUpperCase(), { reason: 'complained' }),
    );
    expect(taken).toBe(1);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(await world.counts(release)).toEqual({ accepted: 10, suppressed: 2 });
    const reached = world.sink.messages.map((message) => message.to);
    expect(reached).not.toContain(addressOf(1));
    expect(reached).not.toContain(addressOf(2));
    expect(
      await world.db.transaction((tx) => world.contacts.suppressions.isSuppressed(tx, ada.organisation, addressOf(2))),
    ).toBe(true);
  });

  test('a suppression that appears without a recall still stops the message at the gate', async () => {
    world = await World.start();
    const release = await world.scheduled(await world.journalists(6));
    await world.work();
    await world.leavesIn(release, 2_500);
    await world.db.transaction((tx) =>
      world.contacts.suppressions.suppress(tx, release.organisation, addressOf(0), {
        reason: 'by_hand',
        by: 'restored backup',
      }),
    );
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(await world.counts(release)).toEqual({ accepted: 5, suppressed: 1 });
    expect(world.sink.messages.map((message) => message.to)).not.toContain(addressOf(0));
  });

  test('the stop button holds a release over its T and through a restart of the worker, until it is raised', async () => {
    world = await World.start();
    const { chen } = world.cast;
    const release = await world.scheduled(await world.journalists(10));
    const before = await world.work();
    await world.leavesIn(release, 2_000);
    await world.db.transaction((tx) => world.stopButton.press(tx, chen, 'organisation', 'wrong picture'));
    const liftsAt = await world.liftsAt(release);
    await until('T + 1 s', () => Date.now() > liftsAt + 1_000);
    await before.stop();
    await world.work();
    await until('T + 3 s', () => Date.now() > liftsAt + 3_000);
    expect(world.sink.mails).toHaveLength(0);
    await world.db.transaction((tx) => world.stopButton.raise(tx, chen, 'organisation', 'picture replaced'));
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(world.sink.messages).toHaveLength(10);
  });

  test('an edit, another audience or another T after approval voids it', async () => {
    world = await World.start();
    const { ada } = world.cast;
    const list = await world.journalists(3);
    const acts: readonly ((id: Awaited<ReturnType<World['scheduled']>>) => Promise<unknown>)[] = [
      (one) =>
        world.db.transaction((tx) =>
          world.desk.revise(tx, ada, one.id, {
            editions: [editionIn('zh-Hant', '（二）'), editionIn('en')],
            assets: {},
          }),
        ),
      (one) =>
        world.db.transaction((tx) => world.releases.chooseAudience(tx, ada, one.id, { lists: [list], exclude: [] })),
      (one) =>
        world.db.transaction((tx) => world.desk.setEmbargo(tx, ada, one.id, instantAt(Date.now() + 7_200_000, 'UTC'))),
    ];
    for (const act of acts) {
      const release = await world.scheduled(list, 3_600_000);
      await act(release);
      const now = await world.releases.get(world.db, release.organisation, release.id);
      expect(now).toMatchObject({ state: 'draft', epoch: release.epoch + 1, audienceSha256: null });
      await expect(world.db.transaction((tx) => world.desk.schedule(tx, world.cast.chen, release.id))).rejects.toThrow(
        Problem,
      );
      await expect(world.db.transaction((tx) => world.desk.approve(tx, world.cast.bo, release.id))).rejects.toThrow(
        Problem,
      );
    }
  });

  test('whoever wrote or last edited a release may not approve it, in code and in the schema', async () => {
    world = await World.start();
    const { organisation, ada } = world.cast;
    const both = await world.db.transaction((tx) =>
      world.accounts.addOfficer(tx, organisation.id, {
        name: 'Dana',
        address: 'dana@clear-harbour.example.org',
        roles: ['author', 'approver'],
      }),
    );
    const list = await world.journalists(2);
    const release = await world.db.transaction(async (tx) => {
      const draft = await world.desk.write(tx, ada, { editions: [editionIn('zh-Hant'), editionIn('en')], assets: {} });
      await world.desk.revise(tx, both, draft.id, {
        editions: [editionIn('zh-Hant', '！'), editionIn('en')],
        assets: {},
      });
      await world.releases.chooseAudience(tx, ada, draft.id, { lists: [list] });
      await world.desk.setEmbargo(tx, ada, draft.id, instantAt(Date.now() + 600_000, 'UTC'));
      return world.desk.submit(tx, ada, draft.id);
    });
    await expect(world.db.transaction((tx) => world.desk.approve(tx, both, release.id))).rejects.toMatchObject({
      code: 'release.approve.own',
    });
    await expect(world.db.transaction((tx) => world.desk.approve(tx, ada, release.id))).rejects.toMatchObject({
      code: 'accounts.role.missing',
    });
    const officer = both.kind === 'officer' ? both.officer : '';
    await expect(
      world.owner.rows(
        `insert into approval (organisation_id, release_id, epoch, version_sha256, audience_sha256, lifts_at, approver_id)
         values ($1, $2, $3, $4, $5, now() + interval '10 minutes', $6)`,
        [release.organisation, release.id, release.epoch, release.versionSha256, release.audienceSha256, officer],
      ),
    ).rejects.toThrow(/may not approve/);
  });
});
