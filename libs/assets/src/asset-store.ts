import type { Settings } from '#libs/kernel';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export interface StoredFile {
  readonly sha256: Buffer;
  readonly bytes: number;
}

/**
 * Bytes on disk under their SHA-256: `<folder>/ab/<hex>`. A name comes from the content and never from a user, equal
 * content is kept once, and what was stored under a name never changes. Shared by all processes that serve or send.
 */
export class AssetStore {
  /** @param folder `assets` below DATELINE_DATA; made when it is missing */
  constructor(readonly folder: string) {}

  static from(settings: Settings): AssetStore {
    return new AssetStore(resolve(settings.text('DATELINE_DATA'), 'assets'));
  }

  /**
   * Writes to a temporary file, flushes it to the disk, then renames it: after a power cut the name either is not there or
   * holds all of it. A transaction that rolls back leaves a file nobody refers to, which is harmless.
   */
  async put(content: Buffer | AsyncIterable<Buffer>): Promise<StoredFile> {
    const waiting = join(this.folder, 'new');
    await mkdir(waiting, { recursive: true, mode: 0o750 });
    const temporary = join(waiting, randomUUID());
    try {
      const stored = await write(temporary, Buffer.isBuffer(content) ? [content] : content);
      if (!(await this.holds(stored))) await this.adopt(temporary, stored.sha256);
      return stored;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Where the file of this name lies, or would lie. */
  path(sha256: Buffer): string {
    return join(this.folder, this.place(sha256));
  }

  /** The same relative to the folder, for servers that serve below a root. */
  place(sha256: Buffer): string {
    const hex = sha256.toString('hex');
    return join(hex.slice(0, 2), hex);
  }

  private async holds(file: StoredFile): Promise<boolean> {
    const found = await stat(this.path(file.sha256)).catch(() => undefined);
    return found?.size === file.bytes;
  }

  private async adopt(temporary: string, sha256: Buffer): Promise<void> {
    const target = this.path(sha256);
    const shelf = join(target, '..');
    await mkdir(shelf, { recursive: true, mode: 0o750 });
    await rename(temporary, target);
    await flushFolder(shelf);
    await flushFolder(this.folder);
  }
}

async function write(path: string, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<StoredFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o640);
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      await writeAll(file, chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest(), bytes };
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let from = 0; from < chunk.length;) from += (await file.write(chunk, from)).bytesWritten;
}

/** A rename is on the disk only once its folder is (fsync(2)); Windows cannot open folders and needs no such thing. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
