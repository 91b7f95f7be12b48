import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#libs/kernel';
import { RelayLog } from './relay.log.js';

const MB = 1024 * 1024;

describe('the log of the relay', () => {
  let folder: string;
  let path: string;
  let log: RelayLog;
  const gaps = { count: 0 };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dateline-relay-log-'));
    path = join(folder, 'maillog');
    log = new RelayLog(path, systemClock);
    gaps.count = 0;
  });
  afterEach(async () => {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stamp = (second: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, second)).toISOString();
  const line = (second: number) => `${stamp(second)} relay postfix/smtpd[1]: line ${second}`;
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `${line(from + i)}\n`).join('');
  async function news(budget = MB): Promise<number[]> {
    const seen: number[] = [];
    const take = (text: string) => void seen.push(Number(/line (\d+)$/.exec(text)?.[1]));
    await log.read(budget, take, () => (gaps.count += 1));
    return seen;
  }

  test('is read once, and only in whole lines', async () => {
    expect(await news()).toEqual([]);
    writeFileSync(path, `${lines(0, 3)}${line(3).slice(0, 30)}`);
    await log.seek(0);
    expect(await news()).toEqual([0, 1, 2]);
    appendFileSync(path, `${line(3).slice(30)}\n`);
    expect(await news()).toEqual([3]);
    expect(await news()).toEqual([]);
    expect(gaps.count).toBe(0);
  });

  test('is followed over a rotation, with what came to the old file meanwhile', async () => {
    writeFileSync(path, lines(0, 3));
    await log.seek(0);
    expect(await news()).toEqual([0, 1, 2]);
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, lines(3, 5));
    expect(await news()).toEqual([3, 4]);
    appendFileSync(`${path}.1`, lines(5, 6));
    writeFileSync(path, lines(6, 8));
    expect(await news()).toEqual([5, 6, 7]);
    expect(gaps.count).toBe(0);
  });

  test.each([
    ['cut to nothing', ''],
    ['cut and longer again than before', lines(10, 30)],
  ])('tells of a gap when it was %s', async (_, after) => {
    writeFileSync(path, lines(0, 5));
    await log.seek(0);
    await news();
    truncateSync(path, 0);
    appendFileSync(path, after);
    expect(await news()).toHaveLength(after === '' ? 0 : 20);
    expect(gaps.count).toBe(1);
    appendFileSync(path, lines(40, 41));
    expect(await news()).toEqual([40]);
    expect(gaps.count).toBe(1);
  });

  test('is entered at an instant, without reading what lies before, also in the file that was rotated away', async () => {
    writeFileSync(`${path}.1`, lines(0, 9_000));
    writeFileSync(path, lines(9_000, 30_000));
    await log.seek(Date.parse(stamp(25_000)));
    const near = await news(64 * MB);
    expect(near.at(-1)).toBe(29_999);
    expect(near[0]).toBeLessThanOrEqual(25_000);
    expect(near.length).toBeLessThan(9_000);
    await log.seek(Date.parse(stamp(8_990)));
    const both = await news(64 * MB);
    expect(both[0]).toBeLessThanOrEqual(8_990);
    expect(both.at(-1)).toBe(29_999);
    expect(both).toEqual(Array.from({ length: both.length }, (_, i) => (both[0] ?? 0) + i));
  });

  test('is read in slices, and says when there is more', async () => {
    writeFileSync(path, lines(0, 20_000));
    await log.seek(0);
    const first: string[] = [];
    expect(
      await log.read(
        1,
        (text) => void first.push(text),
        () => undefined,
      ),
    ).toBe(false);
    expect(first.length).toBeLessThan(20_000);
    const rest = await news(64 * MB);
    expect(first.length + rest.length).toBe(20_000);
  });

  test('is nothing to read while it does not exist, and is found when it does', async () => {
    await log.seek(Date.parse(stamp(0)));
    expect(await news()).toEqual([]);
    writeFileSync(path, lines(0, 2));
    expect(await news()).toEqual([0, 1]);
  });
});
