import { AuditLog } from '#libs/audit';
import { Embargoes, liftIfOpen, resolveInstant, StopButton } from '#libs/embargo';
import { Database, type ReleaseId } from '#libs/kernel';
import { ReleaseStore, Releases, type Release } from '#libs/releases';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { castOfficers, editionIn, type Officers } from '../support/cast.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const REFUSED = /embargo of release .* stands|append-only|permission denied|cannot move|violates check constraint/;

describe('a lift nobody may forge', () => {
  let database: FreshDatabase;
  let db: Database;
  let owner: Database;
  let officers: Officers;
  let release: Release;
  const audit = new AuditLog();
  const releases = new Releases(new ReleaseStore(), audit);
  const embargoes = new Embargoes(releases, audit);

  beforeAll(async () => {
    database = await freshDatabase();
    db = await Database.open({ url: database.url, role: 'dateline_app' });
    owner = await Database.open({ url: database.url });
    officers = await castOfficers(db);
  });
  afterAll(async () => {
    await db?.close();
    await owner?.close();
    await database?.drop();
  });

  /** A release that is scheduled for a minute ahead. */
  beforeEach(async () => {
    const { ada, bo, chen } = officers;
    release = await db.transaction(async (tx) => {
      const draft = await releases.create(tx, ada, { editions: [editionIn('en')], assets: {} });
      const instant = resolveInstant({ wall: inSeconds(60), zone: 'UTC' });
      await embargoes.set(tx, ada, draft.id, instant);
      const submitted = await releases.submit(tx, ada, draft.id, []);
      await releases.approve(tx, bo, draft.id, {
        versionSha256: submitted.versionSha256,
        audienceSha256: submitted.audienceSha256 ?? Buffer.alloc(32),
        liftsAt: new Date(instant.utcMs),
      });
      await embargoes.schedule(tx, chen, draft.id);
      return releases.get(tx, ada.organisation, draft.id);
    });
  });

  const forge = (values: string) =>
    owner.rows(
      `insert into lift (organisation_id, release_id, epoch, lifts_at, lifted_at, version_sha256) values ($1, $2, ${values})`,
      [release.organisation, release.id],
    );

  /** Moves the data, not the clock: T and its approval become a second ago. */
  const letPass = async (id: ReleaseId = release.id) => {
    await owner.rows(`alter table approval disable trigger approval_append_only`);
    await owner.rows(`update embargo set lifts_at = clock_timestamp() - interval '1 second' where release_id = $1`, [
      id,
    ]);
    await owner.rows(
      `update approval a set lifts_at = e.lifts_at from embargo e where a.release_id = e.release_id and e.release_id = $1`,
      [id],
    );
    await owner.rows(`alter table approval enable trigger approval_append_only`);
  };

  test('is not recorded before T, whatever times it claims', async () => {
    await expect(forge(`1, '2020-01-01', '2020-01-02', '\\x00'`)).rejects.toThrow(REFUSED);
    expect(await db.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, 1))).toBeUndefined();
  });

  test('is recorded once after T, by the database’s own clock', async () => {
    await letPass();
    const first = await db.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, 1));
    const second = await db.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, 1));
    expect(first?.liftedAt.getTime()).toBeGreaterThanOrEqual(first?.liftsAt.getTime() ?? Infinity);
    expect(second).toEqual(first);
    await expect(owner.rows(`update lift set lifted_at = '2020-01-01'`)).rejects.toThrow(REFUSED);
    await expect(owner.rows(`delete from lift`)).rejects.toThrow(REFUSED);
  });

  test('is refused to an epoch that is not the present one', async () => {
    await letPass();
    await expect(forge(`2, now(), now(), '\\x00'`)).rejects.toThrow(REFUSED);
  });

  test('is refused while the stop button is pressed, and after a restart too', async () => {
    await letPass();
    const stop = new StopButton(audit);
    await db.transaction((tx) => stop.press(tx, officers.chen, 'everything', 'a figure is wrong'));
    const restarted = await Database.open({ url: database.url, role: 'dateline_app' });
    expect(await restarted.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, 1))).toBeUndefined();
    await expect(forge(`1, now(), now(), '\\x00'`)).rejects.toThrow(REFUSED);
    await restarted.transaction((tx) => stop.raise(tx, officers.chen, 'everything', 'figure confirmed'));
    expect(await restarted.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, 1))).toBeDefined();
    await restarted.close();
  });

  test('does not let an embargo move once it has lifted', async () => {
    await letPass();
    await db.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, 1));
    await expect(
      owner.rows(`update embargo set lifts_at = now() + interval '1 day' where release_id = $1`, [release.id]),
    ).rejects.toThrow(REFUSED);
  });

  test('cannot be borrowed: no delivery is in a sending state without the lift of its own release', async () => {
    await letPass();
    await db.transaction((tx) => liftIfOpen(tx, release.organisation, release.id, 1));
    const other = '00000000-0000-4000-8000-000000000001';
    await owner.rows(
      `insert into distribution (organisation_id, id, release_id, epoch, kind, version_sha256, audience_sha256, lifts_at, unknown_policy, seed)
       values ($1, $2, $3, 1, 'release', '\\x00', '\\x00', now(), 'hold', 1)`,
      [release.organisation, other, release.id],
    );
    const insert = (state: string, releaseOf: string, epoch: number) =>
      owner.rows<{ id: string }>(
        `insert into delivery (organisation_id, distribution_id, id, release_id, epoch, journalist_id, canonical_address, address_key, name,
                               language, shard, position, state)
         values ($1, $2, gen_random_uuid(), $3, $5, gen_random_uuid(), gen_random_uuid()::text, '\\x00', '', 'en', 0, 0, $4)
         returning id`,
        [release.organisation, other, releaseOf, state, epoch],
      );
    for (const state of ['dot_pending', 'accepted', 'unknown', 'held']) {
      await expect(insert(state, other, 1)).rejects.toThrow(REFUSED);
      await expect(insert(state, release.id, 2)).rejects.toThrow(REFUSED);
      const [waiting] = await insert('ready', other, 1);
      const forced = owner.rows(`update delivery set state = $2 where id = $1`, [waiting?.id, state]);
      await expect(forced).rejects.toThrow(REFUSED);
    }
    const [sent] = await insert('dot_pending', release.id, 1);
    const moved = owner.rows(`update delivery set release_id = $2 where id = $1`, [sent?.id, other]);
    await expect(moved).rejects.toThrow(REFUSED);
  });

  test('the app role cannot change or remove lift, audit, approval, version or ledger rows', async () => {
    for (const table of ['lift', 'audit_line', 'approval', 'release_version', 'delivery_event', 'ledger_seal']) {
      await expect(db.rows(`delete from ${table}`)).rejects.toThrow(REFUSED);
      await expect(db.rows(`update ${table} set organisation_id = organisation_id`)).rejects.toThrow(REFUSED);
    }
    await expect(db.rows(`delete from stop_button`)).rejects.toThrow(REFUSED);
  });
});

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19);
}
