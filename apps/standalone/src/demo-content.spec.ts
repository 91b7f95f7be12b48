import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Contacts, readTable, settleMapping, type ImportReport } from '#libs/contacts';
import { Database, Secrets, type Actor, type OfficerId, newId } from '#libs/kernel';
import { Accounts } from '#libs/accounts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';

const demo = join(import.meta.dirname, '..', 'demo');
const bytes = (name: string) => readFileSync(join(demo, name));
const json = <T>(name: string) => JSON.parse(bytes(name).toString('utf8')) as T;

interface Expected {
  readonly rows: number;
  readonly created: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly languages: Readonly<Record<string, number>>;
  readonly rejections: readonly { readonly line: number; readonly field: string; readonly reason: string }[];
}
interface Cast {
  readonly organisation: Parameters<Accounts['createOrganisation']>[1];
  readonly officers: readonly Parameters<Accounts['addOfficer']>[2][];
  readonly list: string;
}

describe('the media list of the demo', () => {
  const expected = json<Expected>('journalists.expected.json');
  const cast = json<Cast>('cast.json');
  let fresh: FreshDatabase;
  let db: Database;
  let by: Actor;
  let report: ImportReport;
  const contacts = new Contacts(new Secrets(Buffer.alloc(32, 7)));

  async function imported(): Promise<ImportReport> {
    const file = bytes('journalists.big5.csv');
    const table = await readTable(file, { fileName: 'journalists.big5.csv' });
    expect(table.layout).toMatchObject({ format: 'csv', delimiter: ',', encoding: { encoding: 'big5' } });
    expect(table.layout.format === 'csv' && table.layout.encoding.confidence).toBeGreaterThan(0.9);
    const mapping = settleMapping(table.columns);
    const defaults = { zone: 'Asia/Hong_Kong', consentSource: 'press list' };
    return db.transaction((tx) => contacts.imports.run(tx, by, { bytes: file, table, mapping, defaults }));
  }

  beforeAll(async () => {
    fresh = await freshDatabase();
    db = await Database.open({ url: fresh.url, role: 'dateline_app' });
    by = await db.transaction(async (tx) => {
      const { id } = await new Accounts().createOrganisation(tx, cast.organisation);
      for (const officer of cast.officers) await new Accounts().addOfficer(tx, id, officer);
      return { kind: 'officer', organisation: id, officer: newId<OfficerId>(), name: 'demo', roles: ['author'] };
    });
    const gone = bytes('suppressed.txt').toString('utf8').trim().split('\n');
    await db.transaction(async (tx) => {
      for (const address of gone)
        await contacts.suppressions.suppress(tx, by.organisation, address, { reason: 'unsubscribed', by: 'demo' });
    });
    report = await imported();
  });
  afterAll(async () => {
    await db?.close();
    await fresh?.drop();
  });

  test('comes out as its own account of it says, bad rows by line, field and reason', () => {
    const { rowsIn, created, merged, unchanged, rejected, suppressed, rejections } = report;
    expect({ rows: rowsIn, created, merged, unchanged, rejected, suppressed }).toEqual({
      rows: expected.rows,
      created: expected.created,
      merged: expected.merged,
      unchanged: expected.unchanged,
      rejected: expected.rejected,
      suppressed: expected.suppressed,
    });
    expect(rejections.map(({ line, field, reason }) => ({ line, field, reason }))).toEqual(expected.rejections);
  });

  test('puts every journalist on the list that the demo sends to, in the languages promised', async () => {
    const list = await contacts.lists.findByName(db, by.organisation, cast.list);
    const audience = await contacts.resolveAudience(db, by.organisation, { lists: [list!.id] });
    expect(audience).toHaveLength(expected.created);
    expect(audience.filter(({ suppressed }) => suppressed !== null)).toHaveLength(expected.suppressed);
    for (const [language, count] of Object.entries(expected.languages))
      expect(audience.filter((member) => member.language === language)).toHaveLength(count);
  });

  test('imported again, finds everybody unchanged', async () => {
    const { created, merged, unchanged } = await imported();
    expect({ created, merged, unchanged }).toEqual({
      created: 0,
      merged: 0,
      unchanged: expected.rows - expected.rejected,
    });
  });

  test('is what its script writes, byte for byte', async () => {
    const script = '../../../scripts/make-demo-journalists.mjs';
    const { makeDemoJournalists } = (await import(script)) as {
      makeDemoJournalists: () => { csv: Buffer; suppressed: string[]; expected: Expected };
    };
    const made = makeDemoJournalists();
    expect(made.csv.equals(bytes('journalists.big5.csv'))).toBe(true);
    expect(made.expected).toEqual(expected);
  });
});
