import { expect, test } from '@jest/globals';
import pg from 'pg';
import { freshDatabase } from './database.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('gives every spec a migrated database of its own', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
  try {
    await query(one.url, 'create table only_here ()');
    expect(
      await query(two.url, `select to_regclass('only_here') as found, to_regclass('bullmq.job')::text as job`),
    ).toEqual([{ found: null, job: 'bullmq.job' }]);
  } finally {
    await Promise.all([one.drop(), two.drop()]);
  }
  await expect(query(one.url, 'select 1')).rejects.toThrow('does not exist');
});
