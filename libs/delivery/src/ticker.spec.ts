import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { AuditLog } from '#libs/audit';
import { Database, newId, openLog, systemClock, type WakeUpHandlers, type WakeUps } from '#libs/kernel';
import { ReleaseStore, Releases } from '#libs/releases';
import { castOfficers, editionIn } from '../../../test/support/cast.js';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { moveEmbargo, scheduledRelease, seedDelivery } from '../../../test/support/scheduled.js';
import type { HeadExport } from './head.export.js';
import { Ticker, type TickerTools } from './ticker.js';

describe('the ticker', () => {
  let database: FreshDatabase;
  let owner: Database;
  let distribution: string;

  /** One shard of a prepared distribution is due. */
  beforeEach(async () => {
    database = await freshDatabase();
    owner = await Database.open({ url: database.url });
    const officers = await castOfficers(owner);
    const release = await scheduledRelease(owner, officers, { editions: [editionIn('en')], assets: {} });
    await moveEmbargo(owner, release.id, -1);
    await owner.rows(`update release set state = 'prepared' where id = $1`, [release.id]);
    const addressKey = createHash('sha256').update('mei').digest();
    await seedDelivery(owner, release, { address: 'mei@ming.example', language: 'en', addressKey });
    const row = await owner.first<{ id: string }>(`update distribution set state = 'prepared' returning id`);
    distribution = row?.id ?? '';
    await owner.rows(
      `insert into shard (organisation_id, distribution_id, shard, due_at) values ($1, $2, 0, '-infinity')`,
      [release.organisation, distribution],
    );
  });
  afterEach(async () => {
    await owner.close();
    await database.drop();
  });

  function tickerWith(ring: WakeUps['ring'], direct: Partial<WakeUpHandlers> = {}): Ticker {
    const audit = new AuditLog();
    const tools: TickerTools = {
      db: owner,
      wakeUps: { ring } as WakeUps,
      releases: new Releases(new ReleaseStore(), audit),
      audit,
      log: openLog('test', 'silent'),
      heads: { export: async () => undefined } as unknown as HeadExport,
      direct: direct as WakeUpHandlers,
    };
    return new Ticker(tools, 3600);
  }
  /** Notes the key of each ring. */
  function bell() {
    const keys: string[] = [];
    const ring: WakeUps['ring'] = async (kind, _data, options) => void keys.push(`${kind} ${options?.key}`);
    return { keys, ring };
  }

  test('rings again for a shard that is due and that nobody took, whatever the queue remembers of the last ring', async () => {
    const { keys, ring } = bell();
    const ticker = tickerWith(ring);
    await ticker.tick();
    await systemClock.sleep(2_100);
    await ticker.tick();
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  test('rings for no shard that a worker holds, and frees one whose worker fell silent', async () => {
    const { keys, ring } = bell();
    const ticker = tickerWith(ring);
    await owner.rows(`update shard set token = $1, lease_until = clock_timestamp() + interval '8 seconds'`, [newId()]);
    await ticker.tick();
    expect(keys).toEqual([]);
    await owner.rows(`update shard set lease_until = clock_timestamp() - interval '1 second'`);
    await ticker.tick();
    expect(keys).toHaveLength(1);
  });

  test('works without the queue when it is away', async () => {
    const begun: unknown[] = [];
    let end = (): void => undefined;
    const drain: WakeUpHandlers['drain'] = (data) => {
      begun.push(data);
      return new Promise((resolve) => (end = () => resolve({ word: 'done' })));
    };
    const ticker = tickerWith(() => Promise.reject(new Error('connection refused')), { drain });
    await ticker.tick();
    expect(begun).toEqual([{ distribution, epoch: 1, shard: 0 }]);
    end();
  });

  test('takes back what waits of a release that was changed after it was planned', async () => {
    await owner.rows(`update release set epoch = epoch + 1, state = 'draft'`);
    await tickerWith(bell().ring).tick();
    expect(await owner.rows(`select state from delivery`)).toEqual([{ state: 'cancelled' }]);
  });
});
