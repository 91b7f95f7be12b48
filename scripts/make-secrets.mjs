#!/usr/bin/env node
/**
 * `npm run secrets`: makes what docker-compose.yml reads from ./secrets. Files that are there stay as they are, so it may
 * run again after one was added. The folder is closed to others; the files in it are not, because a container's user has
 * another number than yours.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const password = () => randomBytes(24).toString('base64url');
const databaseUrl = (login, file) => (read) => `postgres://${login}:${read(file)}@postgres:5432/dateline`;

/** In this order: the addresses hold the passwords made before them. */
const SECRETS = {
  owner_password: password,
  app_password: password,
  newsroom_password: password,
  owner_database_url: databaseUrl('dateline', 'owner_password'),
  app_database_url: databaseUrl('app', 'app_password'),
  newsroom_database_url: databaseUrl('newsroom', 'newsroom_password'),
  dateline_key: () => randomBytes(32).toString('base64'),
  dkim_key: () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).trim(),
  message_key: () => randomBytes(32).toString('base64'),
  // the mailbox of docker-compose.yml, on a network of its own; a real relay is smtp://user:password@host:587
  smtp_url: () => 'smtp://mailbox:1025?tls=off',
};

/** @returns the names of those that were made now */
export function makeSecrets(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const read = (name) => readFileSync(join(folder, name), 'utf8').trim();
  const missing = Object.entries(SECRETS).filter(([name]) => !existsSync(join(folder, name)));
  for (const [name, make] of missing) writeFileSync(join(folder, name), `${make(read)}\n`, { mode: 0o644 });
  return missing.map(([name]) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve('secrets');
  const made = makeSecrets(folder);
  console.log(made.length > 0 ? `Made in ${folder}: ${made.join(', ')}.` : `${folder} has everything already.`);
  console.log('Keep a copy apart from the database: without dateline_key suppressions can no longer be matched.');
}
