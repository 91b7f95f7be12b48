import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import yauzl from 'yauzl';
import { Database, type AssetId, type OrganisationId } from '#libs/kernel';
import { ReleaseStore, Releases, type Release, type VersionContent } from '#libs/releases';
import { AuditLog } from '#libs/audit';
import { castOfficers, editionIn, type Officers } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { AssetStore } from './asset-store.js';
import { Assets, type Asset } from './assets.js';
import { Kits } from './kits.js';
import { PublicLinks } from './public-links.js';

let database: FreshDatabase;
let db: Database;
let folder: string;
let store: AssetStore;
let assets: Assets;
let officers: Officers;
let organisation: OrganisationId;
const releases = new Releases(new ReleaseStore(), new AuditLog());

beforeAll(async () => {
  database = await freshDatabase();
  db = await Database.open({ url: database.url, role: 'dateline_app' });
  folder = await mkdtemp(join(tmpdir(), 'dateline-assets-'));
  store = new AssetStore(folder);
  assets = new Assets(store, new PublicLinks('https://news.example.org/'));
  officers = await castOfficers(db);
  organisation = officers.ada.organisation;
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const photograph = (background: string) =>
  sharp({ create: { width: 1600, height: 900, channels: 3, background } })
    .jpeg()
    .toBuffer();
const add = (source: Buffer | string, name?: string) =>
  db.transaction((tx) => assets.add(tx, organisation, source, name));

test('takes in a picture with its preview and tells a mail where both are', async () => {
  const asset = await add(await photograph('#224466'), '維港.jpg');
  expect(asset).toMatchObject({
    mediaType: 'image/jpeg',
    width: 1600,
    height: 900,
    fileName: '維港.jpg',
    publicName: 'picture.jpg',
  });
  expect((await readFile(store.path(asset.sha256))).length).toBe(asset.bytes);

  const key = asset.publicKey.toString('base64url');
  const pictures = await db.transaction((tx) => assets.picturesOf(tx, organisation, [asset.id]));
  expect(pictures.get(asset.id)).toEqual({
    previewUrl: `https://news.example.org/a/${key}/preview.jpg`,
    previewWidth: 1200,
    previewHeight: 675,
    downloadUrl: `https://news.example.org/a/${key}/picture.jpg`,
    format: 'JPEG',
    width: 1600,
    height: 900,
    bytes: asset.bytes,
  });
  expect(await db.transaction((tx) => assets.find(tx, organisation, asset.id))).toEqual(asset);
});

test('takes in documents as they are, without a preview', async () => {
  const pdf = await add(Buffer.from('%PDF-1.7 …'), 'fact sheet.pdf');
  const text = await add(Buffer.from('附件：時間表\n'), 'schedule.csv');
  expect([pdf.mediaType, text.mediaType]).toEqual(['application/pdf', 'text/plain']);
  expect((await db.transaction((tx) => assets.picturesOf(tx, organisation, [pdf.id, text.id]))).size).toBe(0);
});

test('reads a file from disk under its own name', async () => {
  const path = join(folder, 'notes.txt');
  await writeFile(path, 'notes');
  expect(await add(path)).toMatchObject({ fileName: 'notes.txt', bytes: 5 });
});

test('gives every file a name that says nothing about any other', async () => {
  const same = await photograph('#999999');
  const [one, two] = [await add(same, 'a.jpg'), await add(same, 'a.jpg')];
  expect(one.sha256).toEqual(two.sha256);
  expect(one.publicKey).not.toEqual(two.publicKey);
});

describe('what does not fit is refused in the user’s words and leaves no row', () => {
  test.each([
    ['a program', Buffer.from('MZ\x90\x00'), 'assets.file.unknown'],
    ['a drawing that can run scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'assets.file.unknown'],
    ['a page', Buffer.from('<!DOCTYPE html><p>'), 'assets.file.unknown'],
    ['text of another encoding', Buffer.from([0xb7, 0x73, 0xbb, 0x44]), 'assets.file.unknown'],
    ['nothing', Buffer.alloc(0), 'assets.file.empty'],
    ['a damaged picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]), 'assets.picture.broken'],
    ['too much', Buffer.alloc(60 * 1024 * 1024 + 1, 'a'), 'assets.file.too_large'],
  ])('%s', async (_, bytes, code) => {
    const count = async () => (await db.first<{ n: number }>('select count(*)::int as n from asset'))?.n;
    const before = await count();
    await expect(add(bytes, 'x.jpg')).rejects.toMatchObject({
      code,
      field: 'x.jpg',
      message: expect.stringContaining('x.jpg'),
    });
    expect(await count()).toBe(before);
  });

  test('a file that is too large, before it is read', async () => {
    const path = join(folder, 'huge.jpg');
    await writeFile(path, '');
    await truncate(path, 90 * 1024 * 1024);
    await expect(add(path)).rejects.toMatchObject({
      code: 'assets.file.too_large',
      message: expect.stringContaining('90 MB'),
    });
    await expect(add(join(folder, 'none.jpg'))).rejects.toMatchObject({ code: 'assets.file.unreadable' });
  });
});

describe('a version', () => {
  let shown: Asset;
  let other: Asset;
  let release: Release;
  let content: VersionContent;

  beforeAll(async () => {
    shown = await add(await photograph('#ff0000'), '開幕禮.jpg');
    other = await add(await photograph('#00ff00'), 'other.jpg');
    const figure = (caption: string) =>
      ({ type: 'figure', attrs: { asset: shown.id, alt: '', caption, credit: 'Aurora', href: null } }) as const;
    const withFigure = (language: 'zh-Hant' | 'en', caption: string) => {
      const edition = editionIn(language);
      return { ...edition, content: [...edition.content, figure(caption)] };
    };
    content = {
      editions: [withFigure('zh-Hant', '=開幕禮'), withFigure('en', 'The opening')],
      assets: { [shown.id]: shown.sha256.toString('hex') },
    };
    release = await db.transaction((tx) => releases.create(tx, officers.ada, content));
  });

  const bind = (id: AssetId) =>
    db.transaction((tx) =>
      assets.bind(tx, organisation, { release: release.id, versionSha256: release.versionSha256, assets: [id] }),
    );

  test('takes the assets its hashed text names, and no other', async () => {
    await expect(bind(other.id)).rejects.toThrow('is not in this version');
    await bind(shown.id);
    await bind(shown.id);
    expect(await db.transaction((tx) => assets.ofVersion(tx, organisation, release.id, release.versionSha256))).toEqual(
      [shown],
    );
    await expect(db.rows('delete from release_asset')).rejects.toThrow(/permission denied|append-only/);
    await expect(db.rows('update asset set sha256 = sha256')).rejects.toThrow(/permission denied|append-only/);
  });

  test('is packed as a kit that other programs can open and check', async () => {
    const kits = new Kits(store, assets);
    const texts = [{ language: 'zh-Hant' as const, text: '清港浮標網絡啟用\n\n第二段' }];
    expect(await db.transaction((tx) => kits.pack(tx, release, content, texts))).toBe(true);
    expect(await db.transaction((tx) => kits.pack(tx, release, content, texts))).toBe(true);

    const kit = await db.transaction((tx) => assets.kitOf(tx, organisation, release.id, release.versionSha256));
    expect(kit?.url).toMatch(/^https:\/\/news\.example\.org\/k\/[A-Za-z0-9_-]{22}\.zip$/);
    const row = await db.first<{ sha256: Buffer }>('select sha256 from release_kit where release_id = $1', [
      release.id,
    ]);
    const zip = store.path(row?.sha256 ?? Buffer.alloc(32));
    const packed = await unpack(zip);
    const of = (name: string) => packed.get(`${release.number}/${name}`) ?? Buffer.from(`no ${name}`);
    const sums = of('SHA256SUMS').toString('utf8').trimEnd().split('\n');
    expect(sums).toHaveLength(packed.size - 1);
    for (const line of sums) {
      expect(line.slice(0, 64)).toBe(
        createHash('sha256')
          .update(of(line.slice(66)))
          .digest('hex'),
      );
    }
    expect(of('01_開幕禮.jpg')).toEqual(await readFile(store.path(shown.sha256)));
    expect(of('captions.csv').toString('utf8')).toContain(
      `"01_開幕禮.jpg","'=開幕禮","","The opening","Aurora","1600","900"`,
    );
    expect(of(`00_${release.number}_zh-Hant.txt`).toString('utf8')).toBe('\uFEFF清港浮標網絡啟用\r\n\r\n第二段\r\n');
    expect((await readFile(zip)).length).toBe(kit?.bytes);
  });

  test('that shows nothing has no kit', async () => {
    const plain = await db.transaction((tx) =>
      releases.create(tx, officers.ada, { editions: [editionIn('en')], assets: {} }),
    );
    const kits = new Kits(store, assets);
    expect(await db.transaction((tx) => kits.pack(tx, plain, { editions: [], assets: {} }, []))).toBe(false);
    expect(await db.transaction((tx) => assets.kitOf(tx, organisation, plain.id, plain.versionSha256))).toBeUndefined();
  });

  test('is not packed when a file of it is gone', async () => {
    const lost = await add(await photograph('#0000ff'), 'lost.jpg');
    const text = { editions: [editionIn('en')], assets: { [lost.id]: lost.sha256.toString('hex') } };
    const kits = new Kits(store, assets);
    await rm(store.path(lost.sha256));
    const packing = db.transaction(async (tx) => {
      const second = await releases.create(tx, officers.ada, text);
      await assets.bind(tx, organisation, {
        release: second.id,
        versionSha256: second.versionSha256,
        assets: [lost.id],
      });
      await kits.pack(tx, second, text, []);
    });
    await expect(packing).rejects.toThrow('ENOENT');
  });
});

/** Every file of a ZIP by its name, read by another library than the one that wrote it. */
async function unpack(path: string): Promise<Map<string, Buffer>> {
  const zip = await yauzl.openPromise(path);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const parts: Buffer[] = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
    files.set(entry.fileName, Buffer.concat(parts));
  }
  return files;
}
