#!/usr/bin/env node
/**
 * Compiles apps, libs and test support into dist/, unless dist/ is already newer than every source.
 * Files are overwritten in place, so that what runs from dist/ meanwhile does not lose them under its feet.
 * One compiler pass for the whole house takes about a second; a pass per project took twelve.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist', '.built');

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.spec.ts')) continue;
    latest = Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return latest;
}

/**
 * @param force compiles even when nothing changed
 * @param tolerant goes on after type errors with what the compiler wrote; for tests, whose subject may be another file
 */
export function ensureBuilt({ force = false, tolerant = false } = {}) {
  const sources = ['apps', 'libs', 'test'].filter((folder) => existsSync(join(root, folder)));
  if (sources.length === 0) return; // an installed image carries dist/ only
  const changed = Math.max(
    ...sources.map((folder) => newest(join(root, folder))),
    statSync(join(root, 'tsconfig.json')).mtimeMs,
  );
  if (!force && existsSync(stamp) && statSync(stamp).mtimeMs > changed) return;
  const compiler = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc');
  if (!existsSync(compiler))
    throw new Error('The sources are newer than dist/ and no compiler is installed. Run "npm ci" first.');
  const run = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
    cwd: root,
  });
  removeOrphans('dist');
  if (run.status !== 0 && tolerant) return;
  if (run.status !== 0) process.exit(run.status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
}

/** What was compiled from a source that is gone would still be imported. */
function removeOrphans(folder) {
  if (!existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const source = relative(join(root, folder), file).replace(/\.js(\.map)?$/, '.ts');
    if (entry.isFile() && source.endsWith('.ts') && !existsSync(join(root, source))) rmSync(file, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureBuilt({ force: process.argv.includes('--force') });
