import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetStore } from './asset-store.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'dateline-assets-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest();

test('names what it keeps by its SHA-256 and nothing else', async () => {
  const store = new AssetStore(join(folder, 'not', 'there', 'yet'));
  const stored = await store.put(Buffer.from('abc'));
  expect(stored).toEqual({ sha256: sha256('abc'), bytes: 3 });
  expect(store.path(stored.sha256)).toMatch(/yet\/ba\/ba7816bf[0-9a-f]{56}$/);
  expect(await readFile(store.path(stored.sha256), 'utf8')).toBe('abc');
  expect((await stat(store.path(stored.sha256))).mode & 0o007).toBe(0);
});

test('keeps equal content once, also when many bring it at the same time', async () => {
  const store = new AssetStore(folder);
  await Promise.all(Array.from({ length: 20 }, () => store.put(Buffer.from('the same'))));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.map((file) => file.name)).toEqual([sha256('the same').toString('hex')]);
});

test('leaves nothing behind when the content breaks off', async () => {
  const store = new AssetStore(folder);
  const broken = async function* () {
    yield Buffer.from('half');
    throw new Error('the disk it came from is gone');
  };
  await expect(store.put(broken())).rejects.toThrow('gone');
  expect((await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())).toEqual(
    [],
  );
});

test('replaces a torn file of the right name', async () => {
  const store = new AssetStore(folder);
  const { sha256: name } = await store.put(Buffer.from('whole'));
  const { truncate } = await import('node:fs/promises');
  await truncate(store.path(name), 2);
  await store.put(Buffer.from('whole'));
  expect(await readFile(store.path(name), 'utf8')).toBe('whole');
});
