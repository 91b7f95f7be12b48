import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { FreshDatabase } from './database.js';

/**
 * All of a database under another name on the same server, as a restored dump is: the same rows, another database. Nobody
 * else may be connected to the original at that moment.
 */
export async function copyOfDatabase(original: FreshDatabase): Promise<FreshDatabase> {
  const url = new URL(original.url);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const cluster = new URL(original.url);
  cluster.pathname = '/postgres';
  await onCluster(cluster.href, `create database ${name} template ${url.pathname.slice(1)}`);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onCluster(cluster.href, `drop database if exists ${name} with (force)`) };
}

async function onCluster(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
