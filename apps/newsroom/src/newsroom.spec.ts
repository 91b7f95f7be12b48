import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Assets, AssetStore, Kits, type Asset, type StoredPicture } from '#libs/assets';
import { AuditLog } from '#libs/audit';
import { StopButton } from '#libs/embargo';
import { Database, Links, newId, Secrets, Settings, systemClock, type Log } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { castOfficers, editionIn, type Officers } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { moveEmbargo, scheduledRelease, seedDelivery, type SeededDelivery } from '../../../test/support/scheduled.js';
import { openNewsroom } from './newsroom.js';

let database: FreshDatabase;
let owner: Database;
let app: NestExpressApplication;
let origin: string;
let folder: string;
let settings: Settings;
let officers: Officers;
let assets: Assets;
const logged: string[] = [];
const keep = (facts: unknown, says: string) => void logged.push(`${says} ${JSON.stringify(facts)}`);
const log: Log = { debug: keep, info: keep, warn: keep, error: keep };

beforeAll(async () => {
  database = await freshDatabase();
  owner = await Database.open({ url: database.url });
  folder = await mkdtemp(join(tmpdir(), 'dateline-newsroom-'));
  settings = Settings.from({ DATELINE_DATA: folder, DATELINE_KEY: Buffer.alloc(32, 5).toString('base64') });
  app = await openNewsroom({
    settings,
    db: await Database.open({ url: database.url, role: 'dateline_newsroom' }),
    clock: systemClock,
    log,
  });
  await app.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
  settings = settings.with({ NEWSROOM_URL: origin });
  assets = Assets.from(settings);
  officers = await castOfficers(owner);
});
afterAll(async () => {
  await app?.close();
  await owner?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Shown {
  readonly release: Release;
  readonly asset: Asset;
  readonly picture: StoredPicture;
  readonly kit: string;
}

/** A scheduled release with one picture and its kit, T an hour ahead. */
async function showPicture(): Promise<Shown> {
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

/** A whole answer as bytes, without the two header lines that differ in any two answers. */
async function rawAnswer(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest(url, { method, headers: { connection: 'close', ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const lines = answer.rawHeaders.flatMap((text, at, all) => (at % 2 === 0 ? [`${text}: ${all[at + 1]}`] : []));
        const kept = lines.filter((line) => !line.startsWith('Date:'));
        resolve(
          [`${answer.statusCode} ${answer.statusMessage}`, ...kept, '', Buffer.concat(parts).toString('latin1')].join(
            '\n',
          ),
        );
      });
    });
    asking.on('error', reject).end();
  });
}
const status = async (url: string, method = 'GET') => (await fetch(url, { method })).status;

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
    await moveEmbargo(owner, shown.release.id, 1.2);
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([404, 404, 404]);
    let open = 404;
    for (let tries = 0; open !== 200 && tries < 100; tries++) {
      await systemClock.sleep(50);
      open = await status(shown.picture.downloadUrl);
    }
    const [clock] = await owner.rows<{ late: number }>(
      `select extract(epoch from clock_timestamp() - lifts_at)::float8 as late from embargo where release_id = $1`,
      [shown.release.id],
    );
    expect(clock?.late).toBeGreaterThanOrEqual(0);
    expect(clock?.late).toBeLessThan(1);
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([200, 200, 200]);
  });

  test('is shut by the stop button and opened by raising it', async () => {
    await moveEmbargo(owner, shown.release.id, -1);
    expect(await status(shown.kit)).toBe(200);
    const stop = new StopButton(new AuditLog());
    await owner.transaction((tx) => stop.press(tx, officers.chen, { release: shown.release.id }, 'a name is wrong'));
    for (const url of addresses()) expect(await rawAnswer(url)).toBe(await rawAnswer(unknown(url)));
    await owner.transaction((tx) => stop.raise(tx, officers.chen, { release: shown.release.id }, 'the name was right'));
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([200, 200, 200]);
  });

  test('stays shut after T when the approval fell, or for a version that was not approved', async () => {
    await moveEmbargo(owner, shown.release.id, -1);
    await owner.rows(`update release set epoch = epoch + 1 where id = $1`, [shown.release.id]);
    expect(await status(shown.kit)).toBe(404);
    await owner.rows(`update release set epoch = epoch - 1, version_sha256 = sha256('another'::bytea) where id = $1`, [
      shown.release.id,
    ]);
    expect(await Promise.all(addresses().map((url) => status(url)))).toEqual([404, 404, 404]);
  });

  test('is served whole, in parts, and not again when it is the same', async () => {
    await moveEmbargo(owner, shown.release.id, -1);
    const store = AssetStore.from(settings);
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
    await moveEmbargo(owner, shown.release.id, -1);
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
    await moveEmbargo(owner, shown.release.id, -1);
    const path = AssetStore.from(settings).path(shown.asset.sha256);
    await rename(path, `${path}.away`);
    logged.length = 0;
    const answer = await fetch(shown.picture.downloadUrl);
    expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual([
      503,
      'no-store',
      null,
    ]);
    expect(logged.join()).toContain('could not answer');
    expect(logged.join()).not.toContain(shown.asset.publicKey.toString('base64url'));
  });
});

describe('a link in a mail', () => {
  let release: Release;
  let mei: SeededDelivery;
  const links = () => new Links(Secrets.from(settings));
  const link = (purpose: 'unsubscribe' | 'preferences', id: string = mei.delivery) =>
    `${origin}/${purpose[0]}/${links().make({ purpose, id, expires: Math.floor(Date.now() / 1000) + 600 })}`;
  const post = (url: string, body: string, type = 'application/x-www-form-urlencoded') =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': type }, redirect: 'manual' });
  const state = async () =>
    (await owner.first<{ state: string }>('select state from delivery where id = $1', [mei.delivery]))?.state;
  const world = async () =>
    JSON.stringify(
      await owner.rows(`select (select json_agg(d order by id) from delivery d) as d, (select json_agg(s) from suppression s) as s,
        (select count(*) from delivery_event) as e, (select count(*) from audit_line) as a, (select json_agg(j order by id) from journalist j) as j`),
    );

  beforeAll(async () => {
    release = await scheduledRelease(owner, officers, { editions: [editionIn('zh-Hant')], assets: {} });
  });
  beforeEach(async () => {
    const address = `mei.${newId().slice(0, 8)}@ming.example`;
    const addressKey = createHash('sha256').update(address).digest();
    mei = await seedDelivery(owner, release, { address, language: 'zh-Hans', addressKey });
  });

  test.each([
    ['as a form', 'List-Unsubscribe=One-Click', 'application/x-www-form-urlencoded'],
    [
      'as form data',
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
      'multipart/form-data; boundary=b',
    ],
  ])(
    'unsubscribes with one click %s: no cookie, no redirect, and the waiting mail is called back',
    async (_, body, type) => {
      const answer = await post(link('unsubscribe'), body, type);
      expect([answer.status, answer.headers.get('set-cookie'), answer.headers.get('location')]).toEqual([
        200,
        null,
        null,
      ]);
      expect(await state()).toBe('suppressed');
      expect(await (await fetch(link('unsubscribe'))).text()).toContain('已停止发送');
    },
  );

  test('shows one button in the reader’s language, which works without a script', async () => {
    const shown = await fetch(link('unsubscribe'));
    const page = await shown.text();
    expect(page.match(/<button/g)).toHaveLength(1);
    expect(page).toContain('停止发送');
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'cache-control': 'private, no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/^default-src 'none';style-src 'sha256-/),
      'content-type': 'text/html; charset=utf-8',
    });
    expect([shown.headers.get('x-powered-by'), shown.headers.get('set-cookie')]).toEqual([null, null]);
    const action = /action="([^"]+)"/.exec(page)?.[1] ?? '';
    expect((await post(origin + action, 'stop=yes')).status).toBe(200);
    expect(await state()).toBe('suppressed');
  });

  test('survives a restart of the newsroom', async () => {
    await post(link('unsubscribe'), 'stop=yes');
    const db = await Database.open({ url: database.url, role: 'dateline_newsroom' });
    const again = await openNewsroom({ settings, db, clock: systemClock, log });
    await again.listen(0, '127.0.0.1');
    const other = `http://127.0.0.1:${(again.getHttpServer().address() as { port: number }).port}`;
    expect(await (await fetch(link('unsubscribe').replace(origin, other))).text()).toContain('已停止发送');
    await again.close();
    await expect(db.rows('select 1')).rejects.toThrow();
  });

  test('changes nothing when scanners open it a thousand times', async () => {
    const before = await world();
    const urls = [link('unsubscribe'), link('preferences')];
    for (let round = 0; round < 50; round++) {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          fetch(urls[i % 2] ?? '', { method: i % 3 === 0 ? 'HEAD' : 'GET' }).then((answer) => answer.arrayBuffer()),
        ),
      );
    }
    await post(link('unsubscribe'), '');
    await post(link('preferences'), 'language=fr');
    expect(await world()).toBe(before);
  });

  test('that is forged, expired, for something else or of nobody is answered like any unknown page and changes nothing', async () => {
    const before = await world();
    const good = links().make({
      purpose: 'unsubscribe',
      id: mei.delivery,
      expires: Math.floor(Date.now() / 1000) + 600,
    });
    const bad = [
      `u/${links().make({ purpose: 'unsubscribe', id: mei.delivery, expires: Math.floor(Date.now() / 1000) - 5 })}`,
      `u/${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      `u/${good}=`,
      `p/${good}`,
      new URL(link('unsubscribe', newId())).pathname.slice(1),
      `u/${mei.delivery}`,
    ];
    const neutral = await rawAnswer(`${origin}/no/such/page`);
    expect(neutral).toMatch(/^404 /);
    for (const path of bad) {
      expect(await rawAnswer(`${origin}/${path}`)).toBe(neutral);
      expect((await post(`${origin}/${path}`, 'stop=yes&language=en')).status).toBe(404);
    }
    expect(await world()).toBe(before);
  });

  test('to the settings changes the language, and stops all mail', async () => {
    expect(await (await fetch(link('preferences'))).text()).toContain('收件设置');
    const saved = await post(link('preferences'), 'language=en');
    expect([saved.status, await saved.text()]).toEqual([200, expect.stringContaining('Saved.')]);
    expect(await (await fetch(link('preferences'))).text()).toMatch(/value="en"\s+checked/);
    expect(await state()).toBe('ready');
    expect(await (await post(link('preferences'), 'stop=yes')).text()).toContain('Stopped');
    expect(await state()).toBe('suppressed');
  });

  test('with too long a body is refused and leaves the log alone', async () => {
    logged.length = 0;
    expect((await post(link('unsubscribe'), `stop=yes&x=${'y'.repeat(5000)}`)).status).toBe(404);
    expect(await state()).toBe('ready');
    expect(logged).toEqual([]);
  });
});

test('answers everything else alike, and its own health', async () => {
  const neutral = await rawAnswer(`${origin}/`);
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
    expect(await rawAnswer(`${origin}/${path}`)).toBe(neutral);
  }
  for (const method of ['PUT', 'DELETE', 'PATCH', 'POST']) expect(await rawAnswer(`${origin}/`, method)).toBe(neutral);
  expect(await (await fetch(`${origin}/health/live`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${origin}/health/ready`)).json()).toEqual({ status: 'ok' });
});
