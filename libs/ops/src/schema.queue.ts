import type { Client } from 'pg';

/** Stands in the database once all of this has run; raise the number behind it when something below changes. */
export const QUEUE_SCHEMA = 'BullMQ 6.7.0, 1';

/** BullMQ's own tables on PostgreSQL, which it never makes by itself, opened to the app role. */
export async function migrateQueue(client: Client): Promise<void> {
  const { runMigrations } = await import('bullmq');
  await runMigrations(client);
  // planner statistics go stale after a bulk ring and slow the queue five-fold (measured): analyse early
  await client.query(
    'alter table bullmq.job set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02)',
  );
  await client.query('grant usage on schema bullmq to dateline_app');
  await client.query('grant select, insert, update, delete on all tables in schema bullmq to dateline_app');
  await client.query('grant usage, select, update on all sequences in schema bullmq to dateline_app');
  await client.query('grant execute on all functions in schema bullmq to dateline_app');
  await client.query(`comment on schema bullmq is '${QUEUE_SCHEMA}'`);
}
