import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, type Organisation } from '#libs/accounts';
import { Assets, Kits } from '#libs/assets';
import { AuditLog } from '#libs/audit';
import { Contacts } from '#libs/contacts';
import { DeliveryViews, LedgerVerify, Letters, type Progress, type StateCounts } from '#libs/delivery';
import { Desk } from '#libs/desk';
import { Embargoes, instantAt, StopButton } from '#libs/embargo';
import {
  Database,
  openLog,
  openWakeUps,
  Secrets,
  Settings,
  systemClock,
  type Clock,
  type Language,
  type MediaListId,
  type WakeUpData,
  type WakeUpKind,
  type ReleaseId,
} from '#libs/kernel';
import { ReleaseStore, Releases, type Release } from '#libs/releases';
import { Redis } from 'ioredis';
import { Worker } from '../../apps/worker/src/worker.js';
import { castOfficers, editionIn, type Officers } from './cast.js';
import { freshDatabase, type FreshDatabase } from './database.js';
import { moveEmbargo } from './scheduled.js';
import { startRedis, type RedisServer } from './redis.js';
import { startSink, type Sink, type SinkOptions } from './sink.js';

export type Backend = 'postgres' | 'redis';
export const BACKENDS: readonly Backend[] = ['postgres', 'redis'];

export interface WorldOptions {
  readonly backend?: Backend;
  readonly sink?: SinkOptions;
  readonly connections?: number;
  /** A copy of the run's template when not given. */
  readonly database?: FreshDatabase;
}

const TICK_MS = 200;
const HALF_HOUR_MS = 1_800_000;

/** A running worker of ours in this process, ticking as the worker app does. */
export interface RunningWorker {
  readonly worker: Worker;
  /** Rings as anybody could, without a key. */
  ring<Kind extends WakeUpKind>(kind: Kind, data: WakeUpData[Kind]): Promise<void>;
  /** The queue forgets everything. */
  forgetQueue(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * One organisation with its officers and journalists, a real database, a real queue and a mail server over sockets. Stories
 * act through the desk as officers do, and look at what the mail server got.
 */
export class World {
  readonly audit = new AuditLog();
  readonly accounts = new Accounts();
  readonly releases = new Releases(new ReleaseStore(), this.audit);
  readonly embargoes = new Embargoes(this.releases, this.audit);
  readonly stopButton = new StopButton(this.audit);
  readonly contacts: Contacts;
  readonly desk: Desk;
  readonly views: DeliveryViews;
  private readonly running: RunningWorker[] = [];

  private constructor(
    readonly settings: Settings,
    readonly db: Database,
    /** The schema's owner, for what no app may do. */
    readonly owner: Database,
    readonly cast: Officers & { readonly organisation: Organisation },
    private readonly own: { sink: Sink; database: FreshDatabase; redis: RedisServer | undefined; folder: string },
  ) {
    const assets = Assets.from(settings);
    this.contacts = new Contacts(Secrets.from(settings));
    const letters = new Letters(this.accounts, this.releases, assets, settings.text('NEWSROOM_URL'));
    this.desk = new Desk({
      releases: this.releases,
      embargoes: this.embargoes,
      contacts: this.contacts,
      letters,
      assets,
      kits: Kits.from(settings),
      audit: this.audit,
    });
    this.views = new DeliveryViews(db);
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const database = options.database ?? (await freshDatabase());
    const redis = options.backend === 'redis' ? await startRedis() : undefined;
    const sink = await startSink(options.sink ?? { capture: 'raw' });
    const folder = mkdtempSync(join(tmpdir(), 'dateline-world-'));
    const settings = Settings.from({
      DATABASE_URL: database.url,
      REDIS_URL: redis?.url,
      SMTP_URL: sink.url,
      SMTP_CONNECTIONS: String(options.connections ?? 4),
      DATELINE_DATA: folder,
      NEWSROOM_URL: 'https://news.clear-harbour.example.org',
      PREPARE_LEAD_SECONDS: '3600',
      LOG_LEVEL: process.env['DATELINE_TEST_LOG'] ?? 'silent',
    });
    const db = await Database.open({ url: database.url, role: 'dateline_app' });
    const owner = await Database.open({ url: database.url });
    return new World(settings, db, owner, await castOfficers(db), { sink, database, redis, folder });
  }

  get sink(): Sink {
    return this.own.sink;
  }

  get redis(): RedisServer | undefined {
    return this.own.redis;
  }

  /** Starts a worker with its own clock and pools; several are several workers. */
  async work(clock: Clock = systemClock): Promise<RunningWorker> {
    const worker = await Worker.start(this.settings, clock, openLog('worker', this.settings.text('LOG_LEVEL')));
    const ticking = setInterval(() => void worker.tick(), TICK_MS);
    const queue = { databaseUrl: this.settings.text('DATABASE_URL'), redisUrl: this.settings.text('REDIS_URL') };
    const wakeUps = await openWakeUps(queue);
    const running: RunningWorker = {
      worker,
      ring: (kind, data) => wakeUps.ring(kind, data),
      forgetQueue: () => this.forgetQueue(),
      stop: async () => {
        clearInterval(ticking);
        this.running.splice(this.running.indexOf(running), 1);
        await wakeUps.close();
        await worker.stop();
      },
    };
    this.running.push(running);
    return running;
  }

  /** So many journalists, evenly over the languages, on one media list. Addresses are name.N@outlet-M.example.com. */
  async journalists(count: number, languages: readonly Language[] = ['zh-Hant', 'en']): Promise<MediaListId> {
    const { ada } = this.cast;
    return this.db.transaction(async (tx) => {
      const list = await this.contacts.lists.createPicked(tx, ada, 'everybody');
      const made = [];
      for (let n = 0; n < count; n++) {
        const language = languages[n % languages.length] ?? 'en';
        const journalist = await this.contacts.journalists.add(tx, ada, {
          address: addressOf(n),
          name: `Journalist ${n}`,
          language,
          zone: 'Asia/Hong_Kong',
          consentSource: 'met at a briefing',
          consentDate: '2026-01-05',
        });
        made.push(journalist);
      }
      await this.contacts.lists.pick(tx, ada, list, made);
      return list;
    });
  }

  /** A release with its audience and T, submitted, approved by Bo and scheduled by Chen. A T within the hour is prepared at once. */
  async scheduled(
    list: MediaListId,
    inMs = HALF_HOUR_MS,
    options: { languages?: readonly Language[]; unknown?: 'hold' | 'resend' } = {},
  ): Promise<Release> {
    const { ada, bo, chen, organisation } = this.cast;
    return this.db.transaction(async (tx) => {
      const editions = (options.languages ?? ['zh-Hant', 'en']).map((language) => editionIn(language));
      const draft = await this.desk.write(tx, ada, { editions, assets: {} }, options.unknown);
      await this.releases.chooseAudience(tx, ada, draft.id, { lists: [list] });
      await this.desk.setEmbargo(tx, ada, draft.id, instantAt(Date.now() + inMs, 'Asia/Hong_Kong'));
      await this.desk.submit(tx, ada, draft.id);
      await this.desk.approve(tx, bo, draft.id);
      await this.desk.schedule(tx, chen, draft.id);
      return this.releases.get(tx, organisation.id, draft.id);
    });
  }

  private async forgetQueue(): Promise<void> {
    if (!this.own.redis) return void (await this.owner.rows(`delete from bullmq.job`));
    const client = new Redis(this.own.redis.url);
    await client.flushall();
    client.disconnect();
  }

  async progress(release: Release): Promise<Progress> {
    const progress = await this.views.progress(release.organisation, release.id);
    if (!progress) throw new Error('not planned yet');
    return progress;
  }

  /**
   * Waits until a release is prepared and then lets its T be so far ahead: the data moves, not the clock, so that no story
   * depends on how fast this machine prepares.
   */
  async leavesIn(release: Release, ms: number): Promise<number> {
    await until('a prepared release', async () => (await this.state(release.id)) === 'prepared');
    await moveEmbargo(this.owner, release.id, ms / 1000);
    await this.owner.rows(
      `update distribution n set lifts_at = e.lifts_at from embargo e where n.release_id = e.release_id and e.release_id = $1`,
      [release.id],
    );
    return this.liftsAt(release);
  }

  /** Recipients by state; none before the release was planned. */
  async counts(release: Release): Promise<StateCounts> {
    return (await this.views.progress(release.organisation, release.id))?.counts ?? {};
  }

  async state(id: ReleaseId): Promise<string> {
    return (await this.releases.get(this.db, this.cast.organisation.id, id)).state;
  }

  /** T of a release, milliseconds. */
  async liftsAt(release: Release): Promise<number> {
    const embargo = await this.embargoes.of(this.db, release.organisation, release.id);
    if (!embargo) throw new Error('no embargo');
    return embargo.liftsAt.getTime();
  }

  async verify() {
    return new LedgerVerify(this.db).run(this.cast.organisation.id);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running].map((one) => one.stop()));
    await this.sink.stop();
    await this.db.close();
    await this.owner.close();
    await this.own.database.drop();
    await this.own.redis?.stop();
    rmSync(this.own.folder, { recursive: true, force: true });
  }
}

export function addressOf(n: number): string {
  return `journalist.${n}@outlet-${n % 7}.example.com`;
}

/** Resolves when `seen` says true; throws with what it waited for after 30 s. */
export async function until(what: string, seen: () => Promise<boolean> | boolean, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    if (await seen()) return;
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
