/**
 * One PostgreSQL for the whole test run, with a migrated template that `freshDatabase()` copies. Loaded by Jest outside
 * its own module system, so everything comes from dist/. When it cannot be had, only the specs that ask for it fail.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { ensureBuilt } from '../scripts/build.mjs';

const VAR = resolve('var');

export default async function () {
  mkdirSync(VAR, { recursive: true });
  removeLeftovers();
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
  const { migrate } = await import('../dist/libs/ops/src/schema.js');
  const folder = join(VAR, `test-${process.pid}`);
  const server = await startEmbeddedPostgres({ folder });
  globalThis.datelineTestCluster = { server, folder };
  await makeTemplate(server.url, migrate);
  return server.url;
}

async function makeTemplate(url, migrate) {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('create database dateline_template');
  await client.end();
  const template = new URL(url);
  template.pathname = '/dateline_template';
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
