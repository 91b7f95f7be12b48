import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Database, type Tx } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { castOfficers, editionIn, type Officers } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { moveEmbargo, scheduledRelease } from '../../../test/support/scheduled.js';
import { gateView } from './embargo.migration.js';

describe('the one gate', () => {
  let database: FreshDatabase;
  let owner: Database;
  let officers: Officers;
  let release: Release;

  beforeAll(async () => {
    database = await freshDatabase();
    owner = await Database.open({ url: database.url });
    officers = await castOfficers(owner);
  });
  afterAll(async () => {
    await owner?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    release = await scheduledRelease(owner, officers, { editions: [editionIn('en')], assets: {} });
  });

  const open = async (tx: Pick<Tx, 'rows'>, view = 'embargo_open') =>
    (await tx.rows(`select from ${view} where release_id = $1`, [release.id])).length === 1;

  /** Whether the gate is open after a change that is then undone. */
  async function openAfter(...changes: readonly string[]): Promise<boolean> {
    let seen = false;
    const undo = new Error('undo');
    const work = owner.transaction(async (tx) => {
      expect(await open(tx)).toBe(true);
      for (const change of changes) await tx.rows(change.replaceAll('$release', `'${release.id}'`));
      seen = await open(tx);
      throw undo;
    });
    await expect(work).rejects.toBe(undo);
    return seen;
  }

  test('opens in the very microsecond of T, and not one earlier', async () => {
    // the view itself, with a clock that stands still beside T
    const stopped = (name: string, clock: string) =>
      gateView().replace('view embargo_open', `temporary view ${name}`).replaceAll('clock_timestamp()', clock);
    await owner.transaction(async (tx) => {
      await tx.rows(stopped('just_before', `(e.lifts_at - interval '1 microsecond')`));
      await tx.rows(stopped('at_t', 'e.lifts_at'));
      expect([await open(tx, 'just_before'), await open(tx, 'at_t')]).toEqual([false, true]);
    });
  });

  test('asks the clock of the moment, also in a transaction that began before T', async () => {
    await moveEmbargo(owner, release.id, 0.4);
    await owner.transaction(async (tx) => {
      expect(await open(tx)).toBe(false);
      await tx.rows(`select pg_sleep(0.5)`);
      expect(await open(tx)).toBe(true);
    });
  });

  test.each([
    ['the text', `update release set version_sha256 = sha256('another') where id = $release`],
    ['the audience', `update release set audience_sha256 = sha256('others') where id = $release`],
    ['T', `update embargo set lifts_at = lifts_at - interval '1 millisecond' where release_id = $release`],
    ['the epoch', `update release set epoch = epoch + 1 where id = $release`],
  ])('stays shut after T for what nobody approved: another %s', async (_what, change) => {
    await moveEmbargo(owner, release.id, -1);
    expect(await openAfter(change)).toBe(false);
  });

  test.each(['draft', 'in_review', 'approved', 'withdrawn', 'cancelled'])(
    'stays shut for a release that is %s',
    async (state) => {
      await moveEmbargo(owner, release.id, -1);
      expect(await openAfter(`update release set state = '${state}' where id = $release`)).toBe(false);
    },
  );

  test.each([
    ['this release', `(select organisation_id from release where id = $release), $release`],
    ['its organisation', `(select organisation_id from release where id = $release), null`],
    ['everything', `null, null`],
  ])('is shut by a stop button for %s, and opened by raising it', async (_scope, scope) => {
    await moveEmbargo(owner, release.id, -1);
    const press = `insert into stop_button (organisation_id, release_id, reason, pressed_by) values (${scope}, 'a name is wrong', 'Chen')`;
    expect(await openAfter(press)).toBe(false);
    expect(await openAfter(press, `update stop_button set raised_at = now(), raised_by = 'Chen'`)).toBe(true);
  });

  test('is not shut by a stop button for another release or organisation', async () => {
    await moveEmbargo(owner, release.id, -1);
    const other = await scheduledRelease(owner, officers, { editions: [editionIn('en')], assets: {} });
    const press = (scope: string) =>
      `insert into stop_button (organisation_id, release_id, reason, pressed_by) values (${scope}, 'a name is wrong', 'Chen')`;
    expect(await openAfter(press(`'${other.organisation}', '${other.id}'`))).toBe(true);
    expect(await openAfter(press(`gen_random_uuid(), null`))).toBe(true);
  });

  test('a lift is no earlier than T, not even when its trigger is gone', async () => {
    const forge = (late: string) =>
      owner.transaction(async (tx) => {
        await tx.rows(`alter table lift disable trigger lift_asks_the_gate`);
        await tx.rows(
          `insert into lift (organisation_id, release_id, epoch, lifts_at, lifted_at, version_sha256)
           select organisation_id, release_id, 1, lifts_at, lifts_at + interval '${late}', '\\x00' from embargo where release_id = $1`,
          [release.id],
        );
        throw new Error('taken');
      });
    await expect(forge('-1 microsecond')).rejects.toThrow(/lift_check|check constraint/);
    await expect(forge('0')).rejects.toThrow('taken');
  });
});
