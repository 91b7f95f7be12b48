/**
 * One PostgreSQL for the whole test run, with a migrated template that `freshDatabase()` copies. Loaded by Jest outside
 * its own module system, so everything comes from dist/. When it cannot be had, only the specs that ask for it fail.
 * DATELINE_TEST_CLUSTER names one that runs already, and DATELINE_TEST_TEMPLATE the template in it (`npm run bite`).
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { ensureBuilt } from '../scripts/build.mjs';

const VAR = resolve('var');
const TEMPLATE = 'dateline_template';

export default async function () {
  mkdirSync(VAR, { recursive: true });
  removeLeftovers();
  // somebody's cluster for many runs: a template that cannot be made there ends this run
  if (process.env.DATELINE_TEST_CLUSTER) return useCluster(process.env.DATELINE_TEST_CLUSTER);
  try {
    process.env.DATELINE_TEST_CLUSTER = await startCluster();
  } catch (error) {
    process.env.DATELINE_TEST_CLUSTER_PROBLEM = String(error);
    console.error(`No test database: ${error.stack}`);
  }
}

async function startCluster() {
  ensureBuilt({ tolerant: true });
  const { startEmbeddedPostgres } = await import('../dist/apps/standalone/src/embedded-postgres.js');
  const folder = join(VAR, `test-${process.pid}`);
  const server = await startEmbeddedPostgres({ folder });
  globalThis.datelineTestCluster = { server, folder };
  await makeTemplate(server.url, TEMPLATE);
  return server.url;
}

/** Makes the template of these sources under the name that was given, unless it is there already. */
async function useCluster(url) {
  const name = process.env.DATELINE_TEST_TEMPLATE ?? TEMPLATE;
  const client = new pg.Client(url);
  await client.connect();
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  await client.end();
  if (rowCount > 0) return;
  ensureBuilt({ tolerant: true });
  await makeTemplate(url, name);
}

async function makeTemplate(url, name) {
  const { migrate } = await import('../dist/libs/ops/src/schema.js');
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const template = new URL(url);
  template.pathname = `/${name}`;
  await migrate(template.href);
}

/** Folders of runs that were killed: their server went with them, their files stayed. */
function removeLeftovers() {
  for (const name of readdirSync(VAR).filter(isDeadRun)) {
    rmSync(join(VAR, name), { recursive: true, force: true });
  }
}

function isDeadRun(name) {
  const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
