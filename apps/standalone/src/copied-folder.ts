import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AuditLog } from '#libs/audit';
import { InstanceStore } from '#libs/embargo';
import { Alarms, type Database } from '#libs/kernel';

/** What a file system gives a file that is made, and no copy of it can take along. */
interface Birth {
  readonly inode: string;
  /** Nanoseconds since 1970. */
  readonly born: string;
}

const WHY = 'Its files are a copy: the data folder was restored from a backup, or moved from another disk.';

/**
 * The built-in database lies in the data folder beside everything that could remember it, so a folder that was put back as a
 * whole contradicts itself in nothing. But PostgreSQL writes PG_VERSION once, when it makes a database, and never again:
 * a restored one has another inode and was born later. Both must differ, because some file systems know only one of them.
 */
export async function quarantineIfCopied(db: Database, folder: string): Promise<void> {
  const place = join(folder, 'watermarks', 'pgdata.json');
  const now = birthOf(join(folder, 'pgdata', 'PG_VERSION'));
  const was = read(place);
  if (was?.inode === now.inode && was.born === now.born) return;
  if (was && was.inode !== now.inode && was.born !== now.born) {
    const store = new InstanceStore(new AuditLog(), new Alarms());
    await db.transaction((tx) => store.enter(tx, WHY, 'command line', null));
  }
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  writeFileSync(place, `${JSON.stringify(now)}\n`, { mode: 0o600 });
}

function birthOf(file: string): Birth {
  const { ino, birthtimeNs } = statSync(file, { bigint: true });
  return { inode: String(ino), born: String(birthtimeNs) };
}

function read(place: string): Birth | undefined {
  try {
    const { inode, born } = JSON.parse(readFileSync(place, 'utf8')) as Partial<Birth>;
    return typeof inode === 'string' && typeof born === 'string' ? { inode, born } : undefined;
  } catch {
    return undefined;
  }
}
