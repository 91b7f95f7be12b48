import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';

const GB = 1024 ** 3;
const LITTLE = 5 * GB;
const TOO_LITTLE = 0.5 * GB;
/** Anybody but the owner. */
const OTHERS = 0o077;

/** The data folder: there, writable, with room, and its keys nobody else's to read. */
export function checkFolder(settings: Settings): Finding[] {
  const folder = resolve(settings.text('DATELINE_DATA'));
  const refused = whyNotWritable(folder);
  if (refused !== undefined)
    return [
      fail(
        'data.writable',
        `The data folder ${folder} cannot be written (${refused}).`,
        'Give the user that runs Dateline the folder in DATELINE_DATA, or name another there.',
      ),
    ];
  return [ok('data.writable', `The data folder is ${folder}.`), room(folder), ...keys(folder, settings)];
}

/** Writes and keeps a file for a moment, as far down as the disk. @returns the error's code */
function whyNotWritable(folder: string): string | undefined {
  const probe = join(folder, `.doctor-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = openSync(probe, 'wx', 0o600);
    try {
      writeSync(file, 'x');
      fsyncSync(file);
    } finally {
      closeSync(file);
      rmSync(probe, { force: true });
    }
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

function room(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const says = `${(free / GB).toFixed(1)} GB are free there.`;
  const remedy = 'Free some room: a full disk stops the database, and with it all mail.';
  if (free < TOO_LITTLE) return fail('data.room', says, remedy);
  return free < LITTLE ? warn('data.room', says, remedy) : ok('data.room', says);
}

function keys(folder: string, settings: Settings): Finding[] {
  const at = join(folder, 'keys');
  const kept = existsSync(at) ? [at, ...readdirSync(at).map((name) => join(at, name))] : [];
  // Windows keeps rights elsewhere and shows every file as 0666
  const open = process.platform === 'win32' ? [] : kept.filter((path) => (statSync(path).mode & OTHERS) !== 0);
  if (open.length > 0)
    return [fail('data.keys', `Others on this machine can read ${open.join(', ')}.`, `Run: chmod -R go-rwx ${at}`)];
  const where = settings.isSet('DATELINE_KEY')
    ? 'DATELINE_KEY is set'
    : existsSync(join(at, 'master.key'))
      ? `the master key is ${join(at, 'master.key')}, in no backup but that of this folder`
      : 'the master key is made at first use';
  return [ok('data.keys', `Keys are their owner’s alone; ${where}.`)];
}
