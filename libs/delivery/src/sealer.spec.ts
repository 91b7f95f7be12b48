import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditLog, MerkleTree } from '#libs/audit';
import { Database, newId, systemClock, type OrganisationId, type Tx } from '#libs/kernel';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { ledgerLeaf, Sealer } from './sealer.js';

describe('the sealing of the ledger', () => {
  let database: FreshDatabase;
  let owner: Database;
  let organisation: OrganisationId;

  beforeEach(async () => {
    database = await freshDatabase();
    owner = await Database.open({ url: database.url });
    organisation = newId();
    await owner.rows(
      `insert into organisation (id, slug, names, desk_address, postal_address, zone)
       values ($1, 'harbour', '{}', 'desk@example.com', '{}', 'Asia/Hong_Kong')`,
      [organisation],
    );
  });
  afterEach(async () => {
    await owner.close();
    await database.drop();
  });

  /** Written as the ledger's functions write: under the shared latch, from first to commit. */
  async function happen(tx: Tx, events: number): Promise<void> {
    await tx.rows(`select pg_advisory_xact_lock_shared(hashtextextended('gate', 0))`);
    await tx.rows(
      `insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)
       select $1, gen_random_uuid(), gen_random_uuid(), clock_timestamp(), 'planned', '{}' from generate_series(1, $2)`,
      [organisation, events],
    );
  }
  /** Events that lie under no root. */
  const outside = async () =>
    (
      await owner.rows(
        `select from delivery_event e
          where (select count(*) from ledger_seal s where e.id between s.first_id and s.last_id) <> 1`,
      )
    ).length;
  const bound = async () => (await owner.first<{ n: number }>(`select sum(events)::int as n from ledger_seal`))?.n ?? 0;

  test('leaves no event out, and takes none twice', async () => {
    const sealer = new Sealer(owner, new AuditLog());
    for (const events of [1, 5, 2]) {
      await owner.transaction((tx) => happen(tx, events));
      expect(await sealer.seal()).toBe(events);
    }
    expect(await sealer.seal()).toBe(0);
    expect([await outside(), await bound()]).toEqual([0, 8]);
  });

  test('waits for a statement whose events have lower numbers and are not committed yet', async () => {
    let sealed: Promise<number> | undefined;
    await owner.transaction(async (tx) => {
      await happen(tx, 1);
      await owner.transaction((other) => happen(other, 1));
      sealed = new Sealer(owner, new AuditLog()).seal();
      await Promise.race([sealed, systemClock.sleep(300)]);
    });
    expect(await sealed).toBe(2);
    expect([await outside(), await bound()]).toEqual([0, 2]);
  });

  test('makes another root of the same texts under other numbers', () => {
    const rootOf = (...ids: string[]) => {
      const tree = new MerkleTree();
      for (const id of ids) tree.add(ledgerLeaf({ id, body: '{}' }));
      return tree.root().toString('hex');
    };
    expect(rootOf('1', '2')).not.toBe(rootOf('2', '1'));
    expect(rootOf('1', '2')).not.toBe(rootOf('1', '3'));
  });
});
