import type { Clock, Database } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';
import { schemaNames } from './schema.js';

/** What one more worker takes: 12 for its work, 3 to ring and 8 to listen. */
const WORKER_CONNECTIONS = 23;
const FEW_CONNECTIONS = 10;
const OLDEST_VERSION = 15;
/** G3 asks the database before every group of dots: a slow way there is paid for each of them. */
const SLOW_MS = 20;
const ROUND_TRIPS = 7;

/** Off, each of them loses commits that a dot has relied on when the power goes. */
const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'] as const;

/** Tables that only grow: what the app's role must be refused, whatever its code does. */
const APPEND_ONLY = ['audit_line', 'lift', 'delivery_event', 'ledger_seal', 'approval'] as const;

/** @param db open as the login itself, not as a role: other sessions hide from the roles */
export async function checkDatabase(db: Database, clock: Clock, embedded: boolean): Promise<Finding[]> {
  const schema = await migrations(db, embedded);
  return [
    ...(await server(db)),
    await roundTrip(db, clock),
    await connections(db),
    schema,
    // without tables there is nothing to be granted
    ...(schema.verdict === 'ok' ? [await roles(db)] : []),
  ];
}

async function server(db: Database): Promise<Finding[]> {
  const row = await db.first<{ num: number; version: string; encoding: string; standby: boolean; readOnly: string }>(
    `select current_setting('server_version_num')::int as num, current_setting('server_version') as version,
            current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
            current_setting('default_transaction_read_only') as "readOnly"`,
  );
  const { num = 0, version = '', encoding = '', standby = false, readOnly = 'off' } = row ?? {};
  const findings = [
    num >= OLDEST_VERSION * 10_000
      ? ok('database.version', `PostgreSQL ${version}.`)
      : fail(
          'database.version',
          `PostgreSQL ${version} is too old.`,
          `Use PostgreSQL ${OLDEST_VERSION} or newer in DATABASE_URL.`,
        ),
  ];
  if (encoding !== 'UTF8')
    findings.push(
      fail('database.encoding', `The database holds texts as ${encoding}.`, 'Make the database with encoding UTF8.'),
    );
  if (standby || readOnly === 'on')
    findings.push(
      fail(
        'database.writable',
        standby ? 'This is a standby: it takes no writes.' : 'This database takes no writes by default.',
        'Point DATABASE_URL to the primary.',
      ),
    );
  return [...findings, await durability(db)];
}

async function durability(db: Database): Promise<Finding> {
  const rows = await db.rows<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name = any($1) order by name`,
    [[...DURABLE]],
  );
  const off = rows.filter((row) => row.setting === 'off');
  if (off.length === 0)
    return ok(
      'database.durability',
      `Commits survive a power cut: ${rows.map((row) => `${row.name} ${row.setting}`).join(', ')}.`,
    );
  return fail(
    'database.durability',
    `${off.map((row) => row.name).join(' and ')} ${off.length === 1 ? 'is' : 'are'} off: after a power cut a message could be sent twice.`,
    'Switch on in postgresql.conf (for this login and database too) and reload.',
  );
}

async function roundTrip(db: Database, clock: Clock): Promise<Finding> {
  const taken: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const before = clock.monotonic();
    await db.first('select 1');
    taken.push(clock.monotonic() - before);
  }
  const median = taken.sort((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] ?? 0;
  const says = `A question and its answer take ${median.toFixed(1)} ms.`;
  if (median < SLOW_MS) return ok('database.round_trip', says);
  return warn('database.round_trip', says, 'Run the worker near its database; every group of final dots waits for it.');
}

async function connections(db: Database): Promise<Finding> {
  const row = await db.first<{ most: number; used: number }>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
            (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used`,
  );
  const { most = 0, used = 0 } = row ?? {};
  const left = most - used;
  const says = `${left} of ${most} connections are free.`;
  if (left >= WORKER_CONNECTIONS) return ok('database.connections', says);
  const remedy = `A worker needs ${WORKER_CONNECTIONS}: raise max_connections, or stop what else holds them.`;
  return left < FEW_CONNECTIONS
    ? fail('database.connections', says, remedy)
    : warn('database.connections', says, remedy);
}

async function migrations(db: Database, embedded: boolean): Promise<Finding> {
  const known = schemaNames();
  const table = await db.first<{ there: boolean }>(
    `select to_regclass('public.schema_migration') is not null as there`,
  );
  const rows = table?.there ? await db.rows<{ name: string }>(`select name from schema_migration`) : [];
  const run = new Set(rows.map((row) => row.name));
  const missing = known.filter((name) => !run.has(name));
  const strange = [...run].filter((name) => !known.includes(name));
  if (strange.length > 0)
    return fail(
      'database.migrations',
      `The database was migrated by a newer Dateline (${strange.at(-1)}).`,
      'Run that Dateline here; this one does not know its tables.',
    );
  if (missing.length === 0) return ok('database.migrations', `The schema is up to date (${known.length} migrations).`);
  const says = `${missing.length} of ${known.length} migrations have not run.`;
  // the embedded database is brought up to date by whatever starts it next
  if (embedded) return warn('database.migrations', says, 'Run "dateline migrate"; "npm start" does it too.');
  return fail('database.migrations', says, 'Run "dateline migrate" before anything else.');
}

async function roles(db: Database): Promise<Finding> {
  const rows = await db.rows<{ role: string; there: boolean; ours: boolean }>(
    `select w.role, r.oid is not null as there, coalesce(pg_has_role(r.oid, 'member'), false) as ours
       from unnest(array['dateline_app', 'dateline_newsroom']) as w (role) left join pg_roles r on r.rolname = w.role`,
  );
  const unusable = rows.filter((row) => !row.ours).map((row) => row.role);
  if (unusable.length > 0)
    return fail(
      'database.roles',
      `This login may not act as ${unusable.join(' and ')}.`,
      'Run "dateline migrate" as the owner, then: grant dateline_app, dateline_newsroom to <login>.',
    );
  const open = await db.rows<{ name: string }>(
    `select t.name from unnest($1::text[]) as t (name)
      where has_table_privilege('dateline_app', t.name, 'update') or has_table_privilege('dateline_app', t.name, 'delete')
         or has_table_privilege('dateline_app', t.name, 'truncate')`,
    [[...APPEND_ONLY]],
  );
  if (open.length === 0) return ok('database.roles', 'The app may add to the ledger and change nothing in it.');
  return fail(
    'database.roles',
    `The app may change what must only grow: ${open.map((row) => row.name).join(', ')}.`,
    'Revoke update, delete and truncate on these tables from dateline_app, and ask who granted them.',
  );
}
