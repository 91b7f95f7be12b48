import { expect, test } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { systemClock, type Clock, type Log } from '#libs/kernel';
import { freshDatabase } from '../../../test/support/database.js';
import { openPatiently } from './patient-database.js';

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** A clock whose sleeps take no time and are counted. */
function fastClock(): Clock & { readonly slept: () => number } {
  let at = 0;
  const sleep = (ms: number) => {
    at += ms;
    return Promise.resolve();
  };
  return { now: () => at, monotonic: () => at, sleep, slept: () => at };
}

async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

test('waits half a minute for a database that does not answer, then says so', async () => {
  const clock = fastClock();
  const url = `postgres://u:secret@127.0.0.1:${await deadPort()}/d`;
  const problem = await openPatiently({ url }, { clock, log: quiet }).catch((error: unknown) => error);
  expect(problem).toMatchObject({ code: 'database.unreachable', field: 'DATABASE_URL' });
  expect(clock.slept()).toBe(30_000);
  expect((problem as Error).message).not.toContain('secret');
});

test('takes a database that comes up meanwhile', async () => {
  const database = await freshDatabase();
  const url = new URL(database.url);
  const to = Number(url.port);
  url.port = String(await deadPort());
  const { connect } = await import('node:net');
  const proxy = createServer((socket) => void socket.pipe(connect(to, '127.0.0.1')).pipe(socket));
  const opening = openPatiently({ url: url.href, poolSize: 1 }, { clock: systemClock, log: quiet, forMs: 20_000 });
  await systemClock.sleep(700);
  proxy.listen(Number(url.port), '127.0.0.1');
  const db = await opening;
  expect(await db.rows('select 1 as one')).toEqual([{ one: 1 }]);
  await db.close();
  proxy.close();
  await database.drop();
});

test('does not wait where waiting mends nothing', async () => {
  const database = await freshDatabase();
  const clock = fastClock();
  const wrong = new URL(database.url);
  wrong.pathname = '/no_such_database';
  await expect(openPatiently({ url: wrong.href }, { clock, log: quiet })).rejects.toMatchObject({
    code: 'database.refused',
  });
  wrong.password = 'wrong';
  await expect(openPatiently({ url: wrong.href }, { clock, log: quiet })).rejects.toMatchObject({
    code: 'database.refused',
  });
  expect(clock.slept()).toBe(0);
  await database.drop();
});
