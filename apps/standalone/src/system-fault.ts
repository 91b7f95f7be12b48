import { Problem } from '#libs/kernel';

/** What the operating system refused, in words; of these no program is guilty. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something else is there',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  ENOENT: 'it is not there',
  EMFILE: 'too many files are open',
};

/** A refusal of the operating system that has to do with a path, as a Problem; undefined for anything else. */
export function systemFault(error: unknown): Problem | undefined {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const why = code === undefined ? undefined : REFUSALS[code];
  if (why === undefined || path === undefined) return undefined;
  return new Problem({
    code: 'system.refused',
    field: path,
    message: `${path} cannot be used (${syscall}: ${why}).`,
    remedy: 'Check the path, its owner and the room on the disk; DATELINE_DATA says where Dateline keeps its data.',
    cause: error,
  });
}
