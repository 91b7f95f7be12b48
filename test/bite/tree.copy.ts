import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { occurrences, type Bug } from './bug.js';

/** What git is told to leave out, but for what is built; and git itself. */
const LEFT_OUT = /^(\.git|\.tmp|node_modules|var|coverage|secrets)$/;

/**
 * The house copied elsewhere as it stands on the disk now, built, to be broken there: the work tree itself is never
 * touched. node_modules is the same folder.
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
    const copy = new TreeCopy(folder);
    copy.callBuilt();
    return copy;
  }

  /** Changes one place. @returns what puts it back. Throws when the list of bugs does not fit the sources. */
  break({ name, file, find, replace }: Bug): () => void {
    const path = join(this.folder, file);
    const source = readFileSync(path, 'utf8');
    if (occurrences(find, source) !== 1)
      throw new Error(`The list of bugs is out of date: ${name} does not fit ${file}.`);
    const changed = source.replace(find, () => replace);
    this.write(file, changed);
    return () => this.write(file, source);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Jest reads the sources, and what is migrated comes from what is built: one file of it takes no compiler of the whole. */
  private write(file: string, source: string): void {
    writeFileSync(join(this.folder, file), source);
    const { code } = transformSync(source, {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    });
    writeFileSync(join(this.folder, 'dist', file.replace(/\.ts$/, '.js')), code);
    this.callBuilt();
  }

  /** So that nobody builds it again: scripts/build.mjs goes by this file's time. */
  private callBuilt(): void {
    writeFileSync(join(this.folder, 'dist', '.built'), '');
  }
}
