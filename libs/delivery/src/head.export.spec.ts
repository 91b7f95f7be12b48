import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditLog, KeptHeads } from '#libs/audit';
import { Alarms, Database, newId, openLog, Secrets, systemClock, type Clock, type OrganisationId } from '#libs/kernel';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { HeadExport } from './head.export.js';
import { LedgerVerify } from './ledger.verify.js';
import { Sealer } from './sealer.js';

const HOUR_MS = 3_600_000;

describe('the head of the audit chain, outside the database', () => {
  let database: FreshDatabase;
  let owner: Database;
  let db: Database;
  let folder: string;
  let kept: KeptHeads;
  let organisation: OrganisationId;
  /** Moved for the pause after a failure only; what is due is read from the files and the database. */
  let ahead = 0;
  const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead };

  beforeEach(async () => {
    database = await freshDatabase();
    owner = await Database.open({ url: database.url });
    db = await Database.open({ url: database.url, role: 'dateline_app' });
    folder = mkdtempSync(join(tmpdir(), 'dateline-heads-'));
    kept = heads();
    organisation = newId();
    await owner.rows(
      `insert into organisation (id, slug, names, desk_address, postal_address, zone)
       values ($1, 'harbour', '{}', 'desk@example.com', '{}', 'Asia/Hong_Kong')`,
      [organisation],
    );
  });
  afterEach(async () => {
    await db.close();
    await owner.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const heads = () => new KeptHeads(join(folder, 'ledger-heads'), new Secrets(Buffer.alloc(32, 1)));
  const exporter = () =>
    new HeadExport({ db, clock, alarms: new Alarms(), log: openLog('test', 'silent'), worker: 'worker-1' }, kept);
  const whys = async () => (await kept.read(organisation)).heads.map((head) => `${head.seq} ${head.why}`);

  const tell = () =>
    db.transaction((tx) =>
      new AuditLog().record(
        tx,
        { kind: 'process', organisation, name: 'test' },
        { type: 'test.told', subject: 'test:1', facts: {} },
      ),
    );

  /** A distribution with one event, finished now. */
  const finished = () =>
    owner.transaction(async (tx) => {
      const distribution = newId();
      await tx.rows(`set local session_replication_role = replica`);
      await tx.rows(
        `insert into distribution (organisation_id, id, release_id, epoch, kind, state, version_sha256, audience_sha256, lifts_at,
                                   unknown_policy, seed, planned, finished_at)
         values ($1, $2, gen_random_uuid(), 1, 'release', 'finished', '', '', now(), 'hold', 1, 0, clock_timestamp())`,
        [organisation, distribution],
      );
      await tx.rows(
        `insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
         values ($1, $2, gen_random_uuid(), now(), 'planned', '{}')`,
        [organisation, distribution],
      );
    });

  test('is kept once, and again only an hour later and when something was written', async () => {
    await exporter().export();
    expect(await whys()).toEqual([]);
    await tell();
    await exporter().export();
    await tell();
    await exporter().export();
    expect(await whys()).toEqual(['1 hourly']);

    // as if it had been kept an hour ago: the data moves, not the clock
    const [first] = (await kept.read(organisation)).heads;
    rmSync(kept.file(organisation));
    await kept.keep(organisation, { ...first!, at: new Date(first!.at.getTime() - HOUR_MS) });
    const tickedOn = exporter();
    await tickedOn.export();
    await tickedOn.export();
    expect(await whys()).toEqual(['1 hourly', '2 hourly']);
  });

  test('is kept when a distribution has finished, as soon as its last events are sealed, and not twice', async () => {
    await tell();
    await exporter().export();
    await finished();
    await exporter().export();
    expect(await whys()).toEqual(['1 hourly']);
    await new Sealer(db, new AuditLog()).seal();
    await exporter().export();
    await tell();
    await exporter().export();
    expect(await whys()).toEqual(['1 hourly', '2 finished']);
  });

  test('shows a database that was wound back or written anew', async () => {
    await tell();
    await tell();
    await exporter().export();
    const { heads: known } = await kept.read(organisation);
    expect((await new LedgerVerify(db).run(organisation, known)).faults).toEqual([]);

    await owner.rows(`alter table audit_line disable trigger all`);
    await owner.rows(`delete from audit_line where seq = 2`);
    expect((await new LedgerVerify(db).run(organisation)).faults).toEqual([]);
    expect((await new LedgerVerify(db).run(organisation, known)).faults).toEqual([
      { where: 'audit line 2', what: 'truncated' },
    ]);
    await tell();
    expect((await new LedgerVerify(db).run(organisation)).faults).toEqual([]);
    expect((await new LedgerVerify(db).run(organisation, known)).faults).toEqual([
      { where: 'audit line 2', what: 'rewritten' },
    ]);
  });

  test('that cannot be written raises an alarm, stops nothing, and is tried again a minute later', async () => {
    await tell();
    writeFileSync(join(folder, 'ledger-heads'), 'a file where the folder should be');
    const own = exporter();
    await own.export();
    const standing = async () => (await new Alarms().standing(db)).map((alarm) => `${alarm.code} ${alarm.says}`);
    expect(await standing()).toEqual([
      'ledger.head worker-1 cannot write the folder ledger-heads in DATELINE_DATA (ENOTDIR).',
    ]);
    rmSync(join(folder, 'ledger-heads'));
    await own.export();
    expect(await whys()).toEqual([]);
    ahead += 61_000;
    await own.export();
    expect(await whys()).toEqual(['1 hourly']);
    expect(await standing()).toEqual([]);
  });
});
