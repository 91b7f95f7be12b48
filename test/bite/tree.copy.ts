import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { occurrences, type Bug } from './bug.js';

/** What git is told to leave out, and git itself. */
const LEFT_OUT = /^(\.git|\.tmp|node_modules|dist|var|coverage|secrets)$/;

/**
 * The house copied elsewhere as it stands on the disk now, to be broken there: the work tree itself is never touched.
 * node_modules is the same folder.
 */
export class TreeCopy {
  private constructor(readonly folder: string) {}

  static make(house: string): TreeCopy {
    const folder = mkdtempSync(join(tmpdir(), 'dateline-bite-'));
    cpSync(house, folder, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !LEFT_OUT.test(relative(house, path)),
    });
    symlinkSync(resolve(house, 'node_modules'), join(folder, 'node_modules'));
    return new TreeCopy(folder);
  }

  /** Changes one place. @returns what puts it back. Throws when the list of bugs does not fit the sources. */
  break({ name, file, find, replace }: Bug): () => void {
    const path = join(this.folder, file);
    const source = readFileSync(path, 'utf8');
    if (occurrences(find, source) !== 1)
      throw new Error(`The list of bugs is out of date: ${name} does not fit ${file}.`);
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
    return () => writeFileSync(path, source);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
