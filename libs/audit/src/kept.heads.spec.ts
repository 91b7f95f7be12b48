import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, Secrets, type OrganisationId } from '#libs/kernel';
import { KeptHeads, type KeptHead } from './kept.heads.js';

const SECRETS = new Secrets(Buffer.alloc(32, 1));

describe('heads kept outside the database', () => {
  const organisation = newId<OrganisationId>();
  let folder: string;
  let kept: KeptHeads;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dateline-heads-'));
    kept = new KeptHeads(join(folder, 'ledger-heads'), SECRETS);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const head = (seq: number): KeptHead => ({
    seq,
    hash: Buffer.alloc(32, seq),
    at: new Date(Date.UTC(2026, 10, 23, 9, seq)),
    why: 'hourly',
  });

  test('come back as they were kept, oldest first', async () => {
    expect(await kept.read(organisation)).toEqual({ heads: [], spoilt: [] });
    expect(await kept.last(organisation)).toBeUndefined();
    await kept.keep(organisation, head(1));
    await kept.keep(organisation, head(2));
    expect(await kept.read(organisation)).toEqual({ heads: [head(1), head(2)], spoilt: [] });
    expect(await kept.last(organisation)).toEqual(head(2));
  });

  test('are seen when another process kept them', async () => {
    await kept.keep(organisation, head(1));
    expect(await kept.last(organisation)).toEqual(head(1));
    await new KeptHeads(join(folder, 'ledger-heads'), SECRETS).keep(organisation, head(2));
    expect(await kept.last(organisation)).toEqual(head(2));
  });

  test('cannot be made up, edited or lent by whoever has not the key', async () => {
    await kept.keep(organisation, head(1));
    const forger = new KeptHeads(join(folder, 'ledger-heads'), new Secrets(Buffer.alloc(32, 2)));
    await forger.keep(organisation, head(2));
    const other = newId<OrganisationId>();
    await kept.keep(other, head(3));
    appendFileSync(kept.file(organisation), readFileSync(kept.file(other)));
    appendFileSync(kept.file(organisation), 'no head at all\n');
    expect(await kept.read(organisation)).toEqual({ heads: [head(1)], spoilt: [2, 3, 4] });
    const text = readFileSync(kept.file(organisation), 'utf8');
    writeFileSync(kept.file(organisation), text.replace('"seq":1', '"seq":9'));
    expect(await kept.read(organisation)).toEqual({ heads: [], spoilt: [1, 2, 3, 4] });
  });

  test('lose no more to a crash than the line that was being written', async () => {
    await kept.keep(organisation, head(1));
    appendFileSync(kept.file(organisation), '{"at":"2026-11-23T09:');
    expect(await kept.read(organisation)).toEqual({ heads: [head(1)], spoilt: [] });
    await kept.keep(organisation, head(2));
    expect(await kept.read(organisation)).toEqual({ heads: [head(1), head(2)], spoilt: [] });
  });
});
