import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '#libs/kernel';

/** How a PostgreSQL program is started so that it does not run as root, which it refuses to. */
export interface RunAs {
  /** Words before the command. */
  readonly prefix: readonly string[];
  readonly spawn: { readonly uid?: number; readonly gid?: number };
}

/** "nobody" on every Linux: the user id that owns nothing. */
const NOBODY = 65_534;
const NAMESPACE = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'] as const;

/**
 * An ordinary user runs PostgreSQL directly. Root runs it in a user namespace where root's files look like nobody's, so
 * nothing changes hands; where the kernel refuses namespaces, it runs as nobody and the cluster is handed to nobody.
 * A cluster that already belongs to an ordinary user is run as that user.
 * @throws Problem when the cluster belongs to someone this process may not act as
 */
export function runAs(folder: string, data: string): RunAs {
  const me = process.getuid?.();
  if (me === undefined) return { prefix: [], spawn: {} };
  const owner = statSync(data, { throwIfNoEntry: false });
  if (me !== 0) {
    if (owner && owner.uid !== me) throw foreign(data, owner.uid);
    return { prefix: [], spawn: {} };
  }
  if (owner && owner.uid !== 0) return { prefix: [], spawn: { uid: owner.uid, gid: owner.gid } };
  if (spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'true']).status === 0) return { prefix: NAMESPACE, spawn: {} };
  chownSync(folder, NOBODY, NOBODY);
  if (owner) handOver(data);
  return { prefix: [], spawn: { uid: NOBODY, gid: NOBODY } };
}

function handOver(data: string): void {
  chownSync(data, NOBODY, NOBODY);
  for (const entry of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
    chownSync(join(data, entry), NOBODY, NOBODY);
  }
}

function foreign(data: string, owner: number): Problem {
  return new Problem({
    code: 'database.embedded.foreign',
    field: 'DATELINE_DATA',
    message: `The database in ${data} belongs to another user of this machine (user id ${owner}).`,
    remedy: 'Start Dateline as that user, or set DATELINE_DATA to a folder of your own.',
  });
}
