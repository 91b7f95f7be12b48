import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { FreshDatabase } from './database.js';

const TRIES = 20;

/**
 * All of a database under another name on the same server, as a restored dump is: the same rows, another database. Ends
 * the sessions on the original, because PostgreSQL copies none that is in use; pools open new ones by themselves.
 */
export async function copyOfDatabase(original: FreshDatabase): Promise<FreshDatabase> {
  const url = new URL(original.url);
  const from = url.pathname.slice(1);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const cluster = new URL(original.url);
  cluster.pathname = '/postgres';
  await onCluster(cluster.href, (client) => copied(client, from, name));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      onCluster(
        cluster.href,
        async (client) => void (await client.query(`drop database if exists ${name} with (force)`)),
      ),
  };
}

async function copied(client: pg.Client, from: string, name: string): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [from]);
    try {
      await client.query(`create database ${name} template ${from}`);
      return;
    } catch (error) {
      const inUse = (error as { code?: string }).code === '55006';
      if (!inUse || left === 0) throw error;
    }
  }
}

async function onCluster(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
