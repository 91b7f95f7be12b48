import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import sharp from 'sharp';
import { Assets, AssetStore, Kits, type Asset, type StoredPicture } from '#libs/assets';
import { AuditLog } from '#libs/audit';
import { StopButton } from '#libs/embargo';
import { newId, systemClock } from '#libs/kernel';
import { Releases, ReleaseStore, type Release } from '#libs/releases';
import { editionIn } from '../../../test/support/cast.js';
import { rawAnswer, startNewsroom, type RunningNewsroom } from '../../../test/support/newsroom.js';
import { moveEmbargo, scheduledRelease } from '../../../test/support/scheduled.js';

let newsroom: RunningNewsroom;
beforeAll(async () => void (newsroom = await startNewsroom()));
afterAll(() => newsroom?.stop());

interface Shown {
  readonly release: Release;
  readonly asset: Asset;
  readonly picture: StoredPicture;
  readonly kit: string;
}

/** A scheduled release with one picture and its kit, T an hour ahead. */
async function showPicture(): Promise<Shown> {
  const { owner, officers, settings } = newsroom;
  const assets = Assets.from(settings);
  const organisation = officers.ada.organisation;
  const [red, green, blue] = createHash('sha256').update(newId()).digest();
  const jpeg = await sharp({
    create: { width: 64, height: 48, channels: 3, background: { r: red, g: green, b: blue } },
  })
    .jpeg()
    .toBuffer();
  const asset = await owner.transaction((tx) => assets.add(tx, organisation, jpeg, '維港夜景.jpg'));
  const content = { editions: [editionIn('zh-Hant')], assets: { [asset.id]: asset.sha256.toString('hex') } };
  const release = await scheduledRelease(owner, officers, content, async (tx, draft) => {
    await assets.bind(tx, organisation, { release: draft.id, versionSha256: draft.versionSha256, assets: [asset.id] });
    await Kits.from(settings).pack(tx, draft, content, [{ language: 'zh-Hant', text: '全文' }]);
  });
  const found = await owner.transaction(async (tx) => ({
    picture: (await assets.picturesOf(tx, organisation, [asset.id])).get(asset.id),
    kit: await assets.kitOf(tx, organisation, release.id, release.versionSha256),
  }));
  if (!found.picture || !found.kit) throw new Error('the picture or kit was not kept');
  return { release, asset, picture: found.picture, kit: found.kit.url };
}

const status = async (url: string) => (await fetch(url)).status;

describe('a file of an embargoed release', () => {
  let shown: Shown;
  beforeEach(async () => void (shown = await showPicture()));
  const addresses = () => [shown.picture.downloadUrl, shown.picture.previewUrl, shown.kit];
  /** The same kind of address with a key nobody ever made. */
  const unknown = (url: string) =>
    url.replace(
      /(\/[ak]\/)[A-Za-z0-9_-]{22}/,
      (_, way: string) => way + Buffer.from(newId().slice(0, 16)).toString('base64url'),
    );

  test.each([
    ['GET', {}],
    ['HEAD', {}],
    ['GET', { range: 'bytes=0-9' }],
    ['GET', { 'if-none-match': '*' }],
    ['OPTIONS', {}],
    ['POST', {}],
  ])('answers %s %j before T byte for byte like an unknown name', async (method, headers) => {
    for (const url of addresses()) {
      expect(unknown(url)).not.toBe(url);
      const embargoed = await rawAnswer(url, method, headers);
      expect(embargoed).toBe(await rawAnswer(unknown(url), method, headers));
      if (method !== 'OPTIONS') expect(embargoed).toMatch(/^404 /);
    }
  });

  test('answers before T as late as an unknown name: neither leaves before the work of both is surely done', async () => {
    const times: number[] = [];
    for (let round = 0; round < 10; round++) {
      for (const url of [shown.picture.downloadUrl, unknown(shown.picture.downloadUrl)]) {
        const start = performance.now();
        await fetch(url).then((answer) => answer.arrayBuffer());
        times.push(performance.now() - start);
      }
    }
    // timers may fire up to 2 ms early
    expect(Math.min(...times)).toBeGreaterThanOrEqual(23);
  });

  test('opens at T by the database’s clock alone, with nobody to open it', async () => {
    await moveEmbargo(newsroom.owner, shown.release.id, 1.2);
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([404, 404, 404]);
    let open = 404;
    for (let tries = 0; open !== 200 && tries < 100; tries++) {
      await systemClock.sleep(50);
      open = await status(shown.picture.downloadUrl);
    }
    const [clock] = await newsroom.owner.rows<{ late: number }>(
      `select extract(epoch from clock_timestamp() - lifts_at)::float8 as late from embargo where release_id = $1`,
      [shown.release.id],
    );
    expect(clock?.late).toBeGreaterThanOrEqual(0);
    expect(clock?.late).toBeLessThan(1);
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([200, 200, 200]);
  });

  test('is shut by the stop button and opened by raising it', async () => {
    await moveEmbargo(newsroom.owner, shown.release.id, -1);
    expect(await status(shown.kit)).toBe(200);
    const stop = new StopButton(new AuditLog());
    await newsroom.owner.transaction((tx) =>
      stop.press(tx, newsroom.officers.chen, { release: shown.release.id }, 'a name is wrong'),
    );
    for (const url of addresses()) expect(await rawAnswer(url)).toBe(await rawAnswer(unknown(url)));
    await newsroom.owner.transaction((tx) =>
      stop.raise(tx, newsroom.officers.chen, { release: shown.release.id }, 'the name was right'),
    );
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([200, 200, 200]);
  });

  test('stays shut after T when the approval fell, or for a version that was not approved', async () => {
    await moveEmbargo(newsroom.owner, shown.release.id, -1);
    await newsroom.owner.rows(`update release set epoch = epoch + 1 where id = $1`, [shown.release.id]);
    expect(await status(shown.kit)).toBe(404);
    await newsroom.owner.rows(
      `update release set epoch = epoch - 1, version_sha256 = sha256('another'::bytea) where id = $1`,
      [shown.release.id],
    );
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([404, 404, 404]);
  });

  test('that was taken out of the text before it was approved is never shown', async () => {
    const { owner, officers, settings } = newsroom;
    const releases = new Releases(new ReleaseStore(), new AuditLog());
    const without = await scheduledRelease(
      owner,
      officers,
      { editions: [editionIn('en')], assets: { [shown.asset.id]: shown.asset.sha256.toString('hex') } },
      async (tx, draft) => {
        const bound = { release: draft.id, versionSha256: draft.versionSha256, assets: [shown.asset.id] };
        await Assets.from(settings).bind(tx, officers.ada.organisation, bound);
        await releases.revise(tx, officers.ada, draft.id, { editions: [editionIn('en')], assets: {} });
      },
    );
    await moveEmbargo(owner, without.id, -1);
    expect(await owner.rows(`select from embargo_open where release_id = $1`, [without.id])).toHaveLength(1);
    expect(await status(shown.picture.downloadUrl)).toBe(404);
  });

  test('is served whole, in parts, and not again when it is the same', async () => {
    await moveEmbargo(newsroom.owner, shown.release.id, -1);
    const store = AssetStore.from(newsroom.settings);
    const bytes = await readFile(store.path(shown.asset.sha256));
    const whole = await fetch(shown.picture.downloadUrl);
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename="picture.jpg"; filename*=UTF-8''${encodeURIComponent('維港夜景')}.jpg`,
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=60, immutable',
    });
    const etag = whole.headers.get('etag') ?? '';
    const ask = (headers: Record<string, string>) => fetch(shown.picture.downloadUrl, { headers });
    // fetch would add no-cache
    expect(await rawAnswer(shown.picture.downloadUrl, 'GET', { 'if-none-match': etag })).toMatch(/^304 [^]*\n\n$/);
    const part = await ask({ range: 'bytes=10-19', 'if-range': etag });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    const beyond = await ask({ range: `bytes=${bytes.length}-` });
    expect([beyond.status, beyond.headers.get('content-range'), await beyond.text()]).toEqual([
      416,
      `bytes */${bytes.length}`,
      '',
    ]);
    expect(await rawAnswer(shown.picture.downloadUrl, 'HEAD')).toMatch(/^200 [^]*\n\n$/);
    expect((await fetch(shown.picture.previewUrl)).headers.get('content-disposition')).toBe(
      'inline; filename="preview.jpg"',
    );
    expect((await fetch(shown.kit)).headers.get('content-type')).toBe('application/zip');
  });

  test('has one name, and no way out of its folder', async () => {
    await moveEmbargo(newsroom.owner, shown.release.id, -1);
    const base = shown.picture.downloadUrl.replace(/[^/]+$/, '');
    for (const name of [
      'other.jpg',
      'Picture.jpg',
      '..%2f..%2fkeys%2fmaster.key',
      'picture.jpg%00',
      '%zz',
      'picture.jpg/',
    ]) {
      const answer = await rawAnswer(base + name);
      // a slash at the end is the same address
      expect(answer.slice(0, 3)).toBe(name.endsWith('/') ? '200' : '404');
    }
    expect(await status(shown.kit.replace('.zip', '.tar'))).toBe(404);
  });

  test('that the disk has lost is our fault and says so, without its name', async () => {
    await moveEmbargo(newsroom.owner, shown.release.id, -1);
    const path = AssetStore.from(newsroom.settings).path(shown.asset.sha256);
    await rename(path, `${path}.away`);
    newsroom.logged.length = 0;
    const answer = await fetch(shown.picture.downloadUrl);
    expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual([
      503,
      'no-store',
      null,
    ]);
    expect(newsroom.logged.join()).toContain('could not answer');
    expect(newsroom.logged.join()).not.toContain(shown.asset.publicKey.toString('base64url'));
  });
});

test('answers everything else alike, and its own health', async () => {
  const neutral = await rawAnswer(`${newsroom.origin}/`);
  expect(neutral).toMatch(/^404 /);
  for (const path of [
    'robots.txt',
    'favicon.ico',
    'a',
    'a/x',
    'u/',
    '.env',
    'health',
    'wp-login.php',
    '%c0%ae',
    'k/x.zip',
  ]) {
    expect(await rawAnswer(`${newsroom.origin}/${path}`)).toBe(neutral);
  }
  for (const method of ['PUT', 'DELETE', 'PATCH', 'POST'])
    expect(await rawAnswer(`${newsroom.origin}/`, method)).toBe(neutral);
  expect(await (await fetch(`${newsroom.origin}/health/live`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${newsroom.origin}/health/ready`)).json()).toEqual({ status: 'ok' });
});
