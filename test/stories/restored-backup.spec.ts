import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { LedgerVerify } from '#libs/delivery';
import { Alarms, Database, openLog, systemClock, type Settings } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { Worker } from '../../apps/worker/src/worker.js';
import { dateline, expectRefusal } from '../support/cli.js';
import { copyOfDatabase } from '../support/database.copy.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { moveEmbargo } from '../support/scheduled.js';
import { until, World } from '../support/world.js';

const COPIES = 12;
/** Several ticks, in which a worker that may send would have sent everything. */
const A_WHILE_MS = 2_500;

describe('a backup from before T that is restored after T', () => {
  let world: World;
  let original: FreshDatabase;
  let copy: FreshDatabase;
  let restored: Database;
  let settings: Settings;
  const endings: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    await world.stop();
    await copy.drop();
  });

  /** A release that is prepared, whose T is near, and a backup of that. The worker that prepared it is stopped. */
  async function backedUp(): Promise<Release> {
    original = await freshDatabase();
    world = await World.start({ database: original, sink: { capture: 'raw' } });
    const release = await world.scheduled(await world.journalists(COPIES));
    const first = await world.work();
    await world.leavesIn(release, 1_500);
    await first.stop();
    copy = await copyOfDatabase(original);
    return release;
  }

  /** The old life goes on after the backup, sends everything, and ends. */
  async function oldLifeSends(): Promise<void> {
    const worker = await world.work();
    await until('all sent by the old life', () => world.sink.messages.length === COPIES);
    await until('a released release', async () => {
      const row = await world.db.first<{ state: string }>('select state from release');
      return row?.state === 'released';
    });
    await worker.stop();
  }

  /** The backup on another server, with the keys, which are kept apart from the database, and a worker that ticks. */
  async function restore(): Promise<Worker> {
    settings = world.settings.with({ DATABASE_URL: copy.url });
    restored = await Database.open({ url: copy.url, role: 'dateline_app' });
    const worker = await Worker.start(settings, systemClock, openLog('worker', settings.text('LOG_LEVEL')));
    const ticking = setInterval(() => void worker.tick(), 200);
    endings.push(
      () => restored.close(),
      async () => {
        clearInterval(ticking);
        await worker.stop();
      },
    );
    return worker;
  }

  const live = (...options: string[]) =>
    dateline(
      [
        'live',
        '--reason',
        'the old machine burned down',
        '--as',
        'clear-harbour/chen@clear-harbour.example.org',
        ...options,
      ],
      settings.environment(['DATABASE_URL', 'DATELINE_DATA', 'NEWSROOM_URL']),
    );
  const states = async () =>
    Object.fromEntries(
      (
        await restored.rows<{ state: string; n: number }>(
          'select state, count(*)::int as n from delivery group by state',
        )
      ).map(({ state, n }) => [state, n]),
    );
  const stateOfRelease = async () => (await restored.first<{ state: string }>('select state from release'))?.state;
  const recipients = () => world.sink.messages.map((message) => message.to);

  test('sends nothing, opens no page and says why, until an ops officer answers for it', async () => {
    await backedUp();
    await oldLifeSends();
    const worker = await restore();
    await sleep(A_WHILE_MS);
    expect(recipients()).toHaveLength(COPIES);
    expect(await states()).toEqual({ ready: COPIES });
    expect(await worker.ready()).toBe(false);
    expect(await restored.rows('select from embargo_open')).toHaveLength(0);
    const [alarm] = await new Alarms().standing(restored);
    expect(alarm).toMatchObject({ code: 'quarantine', says: expect.stringContaining('restored backup') });
    const doctor = await dateline(['doctor'], settings.environment(['DATABASE_URL', 'DATELINE_DATA']));
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(/may not be the live one, so nothing leaves\. .*restored backup/);
  });

  test('asks, with numbers, what to do about what may have been sent; held, none of it goes twice', async () => {
    const release = await backedUp();
    await oldLifeSends();
    await restore();
    expectRefusal(
      await live(),
      '--hold',
      /The T of 1 release with 12 messages has passed.*REL-\S+ \(12 messages\)\. What ran before may have sent them since \d{4}-/,
      /--hold.*--send/,
    );
    expect(await states()).toEqual({ ready: COPIES });
    const said = await live('--hold');
    expect([said.code, said.out]).toEqual([0, expect.stringMatching(/12 messages are held/)]);
    await until('a released release', async () => (await stateOfRelease()) === 'released');
    await sleep(A_WHILE_MS);
    expect(await states()).toEqual({ held: COPIES });
    expect(new Set(recipients()).size).toBe(COPIES);
    expect(recipients()).toHaveLength(COPIES);
    expect((await new LedgerVerify(restored).run(release.organisation)).faults).toEqual([]);
    expect(await new Alarms().standing(restored)).toEqual([]);
  });

  test('sends each message once when somebody knows that the old life sent none', async () => {
    const release = await backedUp();
    await restore();
    await sleep(A_WHILE_MS);
    expect(recipients()).toHaveLength(0);
    expect(await live('--send')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/12 messages that were due leave/),
    });
    await until('a released release', async () => (await stateOfRelease()) === 'released');
    expect(new Set(recipients()).size).toBe(COPIES);
    expect(recipients()).toHaveLength(COPIES);
    expect((await new LedgerVerify(restored).run(release.organisation)).faults).toEqual([]);
  });

  test('stops a release of which it had made no message yet, until somebody has looked', async () => {
    original = await freshDatabase();
    world = await World.start({ database: original, sink: { capture: 'raw' } });
    const release = await world.scheduled(await world.journalists(COPIES), 5_400_000);
    const first = await world.work();
    await until('a recorded instance', async () => (await world.owner.rows('select from instance')).length === 1);
    await first.stop();
    await moveEmbargo(world.owner, release.id, -1);
    copy = await copyOfDatabase(original);
    await restore();
    const said = await live('--hold');
    expect(said.out).toMatch(/REL-\S+ is stopped: none of its messages was made here/);
    await sleep(A_WHILE_MS);
    expect(recipients()).toHaveLength(0);
    const { chen } = world.cast;
    await restored.transaction((tx) => world.stopButton.raise(tx, chen, { release: release.id }, 'was not sent'));
    await until('a released release', async () => (await stateOfRelease()) === 'released');
    expect(recipients()).toHaveLength(COPIES);
  });
});
