import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Database, newId, type OrganisationId } from '#libs/kernel';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { AuditLog } from './audit.js';
import { ChainCheck, chainStart, type ChainHead, type ChainLine } from './chain.js';

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const HOUSE = '00000000-0000-4000-8000-000000000001';

function lineOf(seq: number, previous: Buffer, type = 'release.created'): ChainLine {
  const told = { seq, at: '2026-12-02T01:00:00.000000Z', type, subject: 'release:1' };
  const body = JSON.stringify({ ...told, actor: 'officer:ada', facts: {} });
  return { ...told, body, previous, hash: sha256(previous, Buffer.from(body)) };
}

function chainOf(length: number): ChainLine[] {
  const lines: ChainLine[] = [];
  for (let seq = 1; seq <= length; seq++) lines.push(lineOf(seq, lines.at(-1)?.hash ?? chainStart(HOUSE)));
  return lines;
}

function faultsOf(lines: readonly ChainLine[], known: readonly ChainHead[] = []): string[] {
  const check = new ChainCheck(HOUSE, known);
  for (const line of lines) check.take(line);
  return check.faults().map(({ seq, what }) => `${seq} ${what}`);
}

describe('a chain of lines', () => {
  const chain = chainOf(6);
  const head = { seq: 6, hash: chain[5]!.hash };

  test('that nobody touched has no fault', () => {
    expect(faultsOf(chain, [head, { seq: 3, hash: chain[2]!.hash }])).toEqual([]);
  });

  test('shows a line that was exchanged for another, hashed as it should be', () => {
    const forged = lineOf(3, Buffer.alloc(32, 7), 'release.approved');
    expect(faultsOf(chain.map((line) => (line.seq === 3 ? forged : line)))).toEqual(['3 unlinked', '4 unlinked']);
  });

  test('shows a line that was edited, in its text or in its columns', () => {
    const edited = (change: Partial<ChainLine>) =>
      chain.map((line) => (line.seq === 2 ? { ...line, ...change } : line));
    expect(faultsOf(edited({ body: chain[1]!.body.replace('ada', 'bo') }))).toEqual(['2 edited']);
    expect(faultsOf(edited({ subject: 'release:2' }))).toEqual(['2 edited']);
  });

  test('shows a line that is gone, and two that changed places', () => {
    expect(faultsOf(chain.filter((line) => line.seq !== 4))).toContain('4 missing');
    expect(faultsOf([chain[0]!, chain[2]!, chain[1]!, ...chain.slice(3)])).toContain('2 missing');
  });

  test('shows that its end was cut off, and that it was written anew, to whoever kept a head elsewhere', () => {
    expect(faultsOf(chain.slice(0, 5))).toEqual([]);
    expect(faultsOf(chain.slice(0, 5), [head])).toEqual(['6 truncated']);
    const anew = [...chain.slice(0, 5), lineOf(6, chain[4]!.hash, 'release.cancelled')];
    expect(faultsOf(anew)).toEqual([]);
    expect(faultsOf(anew, [head])).toEqual(['6 rewritten']);
  });
});

describe('the chain in the database', () => {
  let database: FreshDatabase;
  let db: Database;

  beforeAll(async () => {
    database = await freshDatabase();
    db = await Database.open({ url: database.url, role: 'dateline_app' });
  });
  afterAll(async () => {
    await db?.close();
    await database?.drop();
  });

  test('binds each line to the one before, and organisations not to each other', async () => {
    const houses = [newId<OrganisationId>(), newId<OrganisationId>()];
    for (const n of [1, 2, 3]) {
      for (const organisation of houses) {
        const by = { kind: 'process', organisation, name: 'test' } as const;
        await db.transaction((tx) =>
          new AuditLog().record(tx, by, { type: 'told', subject: `thing:${n}`, facts: { n } }),
        );
      }
    }
    for (const organisation of houses) {
      const lines = await db.rows<Pick<ChainLine, 'body' | 'previous' | 'hash'>>(
        `select body, previous, hash from audit_line where organisation_id = $1 order by seq`,
        [organisation],
      );
      let previous = chainStart(organisation);
      for (const line of lines) {
        expect(line.previous).toEqual(previous);
        expect(line.hash).toEqual(sha256(previous, Buffer.from(line.body, 'utf8')));
        previous = line.hash;
      }
      expect(lines).toHaveLength(3);
    }
  });
});
