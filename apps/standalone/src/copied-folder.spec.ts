import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '#libs/kernel';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { quarantineIfCopied } from './copied-folder.js';

describe('the data folder of the built-in database', () => {
  let database: FreshDatabase;
  let db: Database;
  let root: string;
  let folder: string;
  beforeEach(async () => {
    database = await freshDatabase();
    db = await Database.open({ url: database.url, role: 'dateline_app' });
    root = mkdtempSync(join(tmpdir(), 'dateline-copied-'));
    folder = join(root, 'var');
    mkdirSync(join(folder, 'pgdata'), { recursive: true });
    writeFileSync(join(folder, 'pgdata', 'PG_VERSION'), '18\n');
    await quarantineIfCopied(db, folder);
  });
  afterEach(async () => {
    await db.close();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });

  const live = async () => (await db.first<{ live: boolean }>('select instance_live() as live'))?.live;

  test('is nothing to wonder about at its first start, nor at later ones, nor under another name', async () => {
    await quarantineIfCopied(db, folder);
    renameSync(folder, `${folder}-elsewhere`);
    await quarantineIfCopied(db, `${folder}-elsewhere`);
    expect(await live()).toBe(true);
  });

  test.each([
    ['the whole folder', ''],
    ['the database alone', 'pgdata'],
  ])('shuts the gate once when %s was put back from a copy', async (_, part) => {
    const kept = join(root, 'backup');
    cpSync(join(folder, part), kept, { recursive: true, preserveTimestamps: true });
    rmSync(join(folder, part), { recursive: true });
    renameSync(kept, join(folder, part));
    await quarantineIfCopied(db, folder);
    expect(await live()).toBe(false);
    expect(await db.rows('select from alarm where cleared_at is null')).toHaveLength(1);
    await db.rows(`update quarantine set released_at = now(), released_by = 'x', reason = 'x', choice = 'nothing'`);
    await quarantineIfCopied(db, folder);
    expect(await live()).toBe(true);
  });
});
