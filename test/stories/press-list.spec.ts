import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ImportReport, Journalist } from '#libs/contacts';
import iconv from 'iconv-lite';
import { dateline } from '../support/cli.js';
import { addressOf, until, World } from '../support/world.js';

const BIG5_LIST = 'apps/standalone/demo/journalists.big5.csv';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  folder = mkdtempSync(join(tmpdir(), 'dateline-press-list-'));
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a command of Ada's prints; it must succeed. */
async function said(...args: string[]): Promise<string> {
  const run = await dateline(args, {
    DATABASE_URL: world.settings.text('DATABASE_URL'),
    DATELINE_DATA: world.settings.text('DATELINE_DATA'),
    DATELINE_AS: 'ada@clear-harbour.example.org',
  });
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
  return run.out;
}

const everybody = async () => JSON.parse(await said('journalists', 'list', '--limit', '500', '--json')) as Journalist[];

test('a list shows how it is read before anything is saved: encoding, columns, cells, and every row that cannot be used', async () => {
  const out = await said('journalists', 'import', BIG5_LIST, '--dry-run');
  expect(out).toMatch(/CSV, big5 \(9\d % sure/);
  expect(out).toMatch(/#2 +電郵 +address +9\d % +liu\.jingxing@/);
  expect(out).toContain('258 rows = 240 created + 4 merged + 2 unchanged + 12 rejected');
  expect(out.match(/^✗ Line \d+(–\d+)? · [A-Z][\w -]+: \S/gm)).toHaveLength(12);
  expect(out).toContain('nothing was saved');
  expect(await everybody()).toEqual([]);
});

test('what was guessed wrongly is put right by --encoding and --map', async () => {
  const path = join(folder, 'odd.csv');
  writeFileSync(path, iconv.encode('甲,乙,丙\n黃曉嶼,hiuyu@midhill.example.com,繁體中文\n', 'big5'));
  const out = await said(
    ...['journalists', 'import', path, '--dry-run', '--encoding', 'big5', '--map', '甲=name', '#3=language'],
  );
  expect(out).toMatch(/#1 +甲 +name +as told +黃曉嶼/);
  expect(out).toContain('1 rows = 1 created');
});

test('an import is undone to the last list it made', async () => {
  const report = JSON.parse(
    await said('journalists', 'import', BIG5_LIST, '--list', 'Harbour desk', '--json'),
  ) as ImportReport;
  expect(report).toMatchObject({ rowsIn: 258, created: 240, rejected: 12 });
  expect(await said('lists')).toMatch(/Harbour desk +picked +240 +0/);
  const path = join(folder, 'out.csv');
  expect(await said('journalists', 'export', path, '--list', 'Harbour desk')).toContain('240 journalists');
  expect(readFileSync(path, 'utf8').split('\r\n')).toHaveLength(242);
  expect(await said('journalists', 'undo', report.batch ?? '')).toContain('240 removed');
  expect(await everybody()).toEqual([]);
  expect(await said('lists')).toContain('No media lists yet');
});

test('who is suppressed between preparing and T gets nothing, and the officer is told what was taken back', async () => {
  const release = await world.scheduled(await world.journalists(4), 600_000);
  const worker = await world.work();
  await until('a prepared release', async () => (await world.state(release.id)) === 'prepared');
  await worker.stop();
  const suppressed = await said('suppress', addressOf(1).toUpperCase(), '--reason', 'by_hand', '--note', 'rang us');
  expect(suppressed).toContain('1 waiting message taken back');
  expect(await world.counts(release)).toEqual({ ready: 3, suppressed: 1 });
  expect(await said('suppressions')).toContain(addressOf(1));
  expect(await said('erase', addressOf(2), '--yes')).toContain('1 waiting message taken back');
  expect(await world.counts(release)).toEqual({ ready: 2, suppressed: 2 });
  expect((await everybody()).map((one) => one.canonicalAddress)).not.toContain(addressOf(2));
  await said('unsuppress', addressOf(1), '--because', 'asked for it');
  expect(await world.counts(release)).toEqual({ ready: 2, suppressed: 2 });
});
