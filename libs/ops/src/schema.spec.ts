import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { freshDatabase } from '../../../test/support/database.js';
import { QUEUE_SCHEMA } from './schema.queue.js';
import { migrate } from './schema.js';

test('a database that is up to date waits for nobody who migrates', async () => {
  const database = await freshDatabase();
  const holder = new pg.Client(database.url);
  await holder.connect();
  await holder.query('select pg_advisory_lock(727001)');
  await migrate(database.url);
  await holder.end();
  await database.drop();
});

test('one that lacks a migration, or was last migrated by another version of the queue, is brought up to date', async () => {
  const database = await freshDatabase();
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(`comment on schema bullmq is 'an older one'`);
  await client.query(`revoke select on all tables in schema bullmq from dateline_app`);
  await migrate(database.url);
  const { rows } = await client.query<{ granted: boolean }>(
    `select has_table_privilege('dateline_app', 'bullmq.job', 'select') as granted`,
  );
  expect(rows).toEqual([{ granted: true }]);
  await client.end();
  await database.drop();
});

test('the queue’s schema is named after the version that is installed', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  expect(QUEUE_SCHEMA).toContain(`BullMQ ${dependencies['bullmq']},`);
});
