import { accountsMigrations } from '#libs/accounts';
import { assetsMigrations } from '#libs/assets';
import { auditMigrations } from '#libs/audit';
import { contactsMigrations } from '#libs/contacts';
import { deliveryMigrations } from '#libs/delivery';
import { embargoMigrations } from '#libs/embargo';
import { engagementMigrations } from '#libs/engagement';
import { kernelMigrations, type MigrationClass } from '#libs/kernel';
import { releasesMigrations } from '#libs/releases';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrateQueue } from './schema.queue.js';

/** Every lib's migrations; TypeORM orders them by the time stamp in their names. */
const MIGRATIONS: readonly MigrationClass[] = [
  ...kernelMigrations,
  ...auditMigrations,
  ...accountsMigrations,
  ...contactsMigrations,
  ...releasesMigrations,
  ...assetsMigrations,
  ...embargoMigrations,
  ...deliveryMigrations,
  ...engagementMigrations,
];

/** Their names, as the table schema_migration lists those that have run. */
export function schemaNames(): string[] {
  return MIGRATIONS.map((migration) => new migration().name ?? migration.name);
}

/** One lock for the tables and the queue, so that several processes may start at once. */
const MIGRATION_LOCK = 727_001;

/**
 * Brings a database to the present schema: ours, then BullMQ's, which it never makes by itself.
 * @param url a login that owns the database and may create roles
 */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateTables(url);
    await migrateQueue(client);
  } finally {
    await client.end();
  }
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
