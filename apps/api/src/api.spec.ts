import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Database, Settings } from '#libs/kernel';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { openApi } from './api.js';

let database: FreshDatabase;
beforeAll(async () => void (database = await freshDatabase()));
afterAll(() => database?.drop());
let app: NestExpressApplication | undefined;
afterEach(() => app?.close());

async function open(): Promise<{ db: Database; origin: string }> {
  const db = await Database.open({ url: database.url, role: 'dateline_app' });
  app = await openApi({ settings: Settings.from({ DATABASE_URL: database.url }), db });
  await app.listen(0, '127.0.0.1');
  return { db, origin: `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}` };
}

test('tells the time of the database', async () => {
  const { db, origin } = await open();
  const before = Date.now();
  const answer = await fetch(`${origin}/api/time`);
  const { now } = (await answer.json()) as { now: string };
  expect(now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(Math.abs(Date.parse(now) - before)).toBeLessThan(5_000);
  expect([answer.headers.get('cache-control'), answer.headers.get('x-powered-by')]).toEqual(['no-store', null]);
  await app?.close();
  await expect(db.rows('select 1')).rejects.toThrow();
});

test('is ready while database and queue answer', async () => {
  const { origin } = await open();
  expect(await (await fetch(`${origin}/health/live`)).json()).toEqual({ status: 'ok' });
  const ready = await fetch(`${origin}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    expect.objectContaining({ details: { database: { status: 'up' }, queue: { status: 'up' } } }),
  ]);
});

test('lives on without its queue, and says which part is missing', async () => {
  const owner = await Database.open({ url: database.url });
  await owner.rows('drop schema bullmq cascade');
  await owner.close();
  const { origin } = await open();
  expect((await fetch(`${origin}/health/live`)).status).toBe(200);
  const ready = await fetch(`${origin}/health/ready`);
  const says = await ready.text();
  expect([ready.status, says]).toEqual([
    503,
    expect.stringContaining('"error":{"queue":{"message":"does not answer","status":"down"}}'),
  ]);
  expect((await fetch(`${origin}/api/time`)).status).toBe(200);
});
