import { accountsMigrations } from '#libs/accounts';
import { assetsMigrations } from '#libs/assets';
import { auditMigrations } from '#libs/audit';
import { contactsMigrations } from '#libs/contacts';
import { deliveryMigrations, laneMigrations } from '#libs/delivery';
import { embargoMigrations, quarantineMigrations } from '#libs/embargo';
import { engagementMigrations } from '#libs/engagement';
import { kernelMigrations, type MigrationClass } from '#libs/kernel';
import { releasesMigrations } from '#libs/releases';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrateQueue, QUEUE_SCHEMA } from './schema.queue.js';

/** Every lib's migrations; TypeORM orders them by the time stamp in their names. */
const MIGRATIONS: readonly MigrationClass[] = [
  ...kernelMigrations,
  ...auditMigrations,
  ...accountsMigrations,
  ...contactsMigrations,
  ...releasesMigrations,
  ...assetsMigrations,
  ...embargoMigrations,
  ...quarantineMigrations,
  ...deliveryMigrations,
  ...laneMigrations,
  ...engagementMigrations,
];

/** Their names, as the table schema_migration lists those that have run. */
export function schemaNames(): string[] {
  return MIGRATIONS.map((migration) => new migration().name ?? migration.name);
}

/** One lock for the tables and the queue, so that several processes may start at once. */
const MIGRATION_LOCK = 727_001;

/**
 * Brings a database to the present schema: ours, then BullMQ's, which it never makes by itself. One that is there already
 * costs two questions and no lock: a stop button must not wait for anybody.
 * @param url a login that owns the database and may create roles
 */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    if (await isPresent(client)) return;
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateTables(url);
    await migrateQueue(client);
  } finally {
    await client.end();
  }
}

async function isPresent(client: pg.Client): Promise<boolean> {
  const found = await client.query<{ tables: boolean; queue: string | null }>(
    `select to_regclass('public.schema_migration') is not null as tables,
            obj_description(to_regnamespace('bullmq')::oid, 'pg_namespace') as queue`,
  );
  const [there] = found.rows;
  if (!there?.tables || there.queue !== QUEUE_SCHEMA) return false;
  const { rows } = await client.query<{ name: string }>(`select name from schema_migration`);
  const run = new Set(rows.map((row) => row.name));
  return schemaNames().every((name) => run.has(name));
}

async function migrateTables(url: string): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations: [...MIGRATIONS],
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    extra: { max: 2, lock_timeout: 10_000 },
  });
  await source.initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}
