import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Links, newId, Secrets } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { editionIn } from '../../../test/support/cast.js';
import { rawAnswer, startNewsroom, type RunningNewsroom } from '../../../test/support/newsroom.js';
import { scheduledRelease, seedDelivery, type SeededDelivery } from '../../../test/support/scheduled.js';

let newsroom: RunningNewsroom;
let origin: string;
beforeAll(async () => {
  newsroom = await startNewsroom();
  origin = newsroom.origin;
});
afterAll(() => newsroom?.stop());

describe('a link in a mail', () => {
  let release: Release;
  let mei: SeededDelivery;
  const links = () => new Links(Secrets.from(newsroom.settings));
  const link = (purpose: 'unsubscribe' | 'preferences', id: string = mei.delivery) =>
    `${origin}/${purpose[0]}/${links().make({ purpose, id, expires: Math.floor(Date.now() / 1000) + 600 })}`;
  const post = (url: string, body: string, type = 'application/x-www-form-urlencoded') =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': type }, redirect: 'manual' });
  const state = async () =>
    (await newsroom.owner.first<{ state: string }>('select state from delivery where id = $1', [mei.delivery]))?.state;
  const world = async () =>
    JSON.stringify(
      await newsroom.owner
        .rows(`select (select json_agg(d order by id) from delivery d) as d, (select json_agg(s) from suppression s) as s,
        (select count(*) from delivery_event) as e, (select count(*) from audit_line) as a, (select json_agg(j order by id) from journalist j) as j`),
    );

  beforeAll(async () => {
    release = await scheduledRelease(newsroom.owner, newsroom.officers, {
      editions: [editionIn('zh-Hant')],
      assets: {},
    });
  });
  beforeEach(async () => {
    const address = `mei.${newId().slice(0, 8)}@ming.example`;
    const addressKey = createHash('sha256').update(address).digest();
    mei = await seedDelivery(newsroom.owner, release, { address, language: 'zh-Hans', addressKey });
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
    const { origin: other, app, db } = await newsroom.open();
    expect(await (await fetch(link('unsubscribe').replace(origin, other))).text()).toContain('已停止发送');
    await app.close();
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
    newsroom.logged.length = 0;
    expect((await post(link('unsubscribe'), `stop=yes&x=${'y'.repeat(5000)}`)).status).toBe(404);
    expect(await state()).toBe('ready');
    expect(newsroom.logged).toEqual([]);
  });
});
