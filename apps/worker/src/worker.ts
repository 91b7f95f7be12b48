import { hostname } from 'node:os';
import { Accounts } from '#libs/accounts';
import { Assets } from '#libs/assets';
import { AuditLog } from '#libs/audit';
import {
  dkimKeyFrom,
  Drain,
  LedgerStore,
  Letters,
  openRelay,
  Prepare,
  Ticker,
  type Relay,
  type SendingTools,
} from '#libs/delivery';
import { ClockWatch } from '#libs/embargo';
import {
  Alarms,
  type Database,
  errorFacts,
  Links,
  listen,
  openWakeUps,
  Secrets,
  type Clock,
  type Log,
  type Settings,
  type WakeUpHandlers,
  type WakeUpListener,
  type WakeUps,
} from '#libs/kernel';
import { openPatiently } from '#libs/ops';
import { ReleaseStore, Releases } from '#libs/releases';

/** Drains run side by side: several releases at one T, and shards that wait armed. */
const CONCURRENCY = { prepare: 1, drain: 40 } as const;

/** What the worker process is made of, and in which order it starts and stops. The only holder of the relay and the DKIM key. */
export class Worker {
  private ticking: Promise<boolean> | undefined;
  private holding = false;

  private constructor(
    private readonly parts: {
      db: Database;
      wakeUps: WakeUps;
      listener: WakeUpListener;
      relay: Relay;
      watch: ClockWatch;
      ticker: Ticker;
      log: Log;
      alarms: Alarms;
    },
    readonly name: string,
  ) {}

  static async start(settings: Settings, clock: Clock, log: Log): Promise<Worker> {
    const name = `${hostname()}-${process.pid}`;
    const databaseUrl = settings.text('DATABASE_URL');
    const db = await openPatiently(
      {
        url: databaseUrl,
        role: 'dateline_app',
        applicationName: `dateline worker ${name}`,
        poolSize: 12,
      },
      { clock, log },
    );
    const queue = { databaseUrl, redisUrl: settings.text('REDIS_URL') };
    const wakeUps = await openWakeUps(queue);
    const watch = new ClockWatch(db, clock, settings.number('CLOCK_SKEW_LIMIT_MS'));
    await watch.measure();
    const connections = settings.number('SMTP_CONNECTIONS');
    const relay = openRelay({ url: settings.text('SMTP_URL'), connections, clock, log });
    const lane = { name: new URL(settings.text('SMTP_URL')).host, connections };
    const tools: SendingTools = { db, ledger: new LedgerStore(), clock, watch, relay, lane, log, worker: name };
    const { handlers, ticker, alarms } = handlersOf(tools, settings, wakeUps);
    const listener = await listen({ ...queue, clock, concurrency: CONCURRENCY }, handlers, log);
    const worker = new Worker({ db, wakeUps, listener, relay, watch, ticker, log, alarms }, name);
    await worker.holdWhileSkewed();
    return worker;
  }

  /** Once a second: measure the clock, then do what the ticker does if this worker holds it. Never two at a time. */
  async tick(): Promise<void> {
    if (this.ticking) return;
    const { watch, ticker, log } = this.parts;
    try {
      await watch.measure();
      await this.holdWhileSkewed();
      this.ticking = ticker.tick();
      await this.ticking;
    } catch (error) {
      log.error(errorFacts(error), 'could not tick');
    } finally {
      this.ticking = undefined;
    }
  }

  /** True while the database answers and the clocks agree. */
  async ready(): Promise<boolean> {
    await this.parts.db.first('select 1');
    return this.parts.watch.trusted();
  }

  /** Stops claiming, lets messages on the wire finish, gives back the rest, then closes. */
  async stop(): Promise<void> {
    const { listener, ticker, wakeUps, relay, db } = this.parts;
    ticker.leave();
    await listener.close();
    await this.ticking;
    await relay.close();
    await wakeUps.close();
    await db.close();
  }

  private async holdWhileSkewed(): Promise<void> {
    const { watch, alarms, db, listener } = this.parts;
    if (watch.trusted()) {
      if (this.holding) listener.resume();
      this.holding = false;
      return alarms.clear(db, 'clock.skew', this.name);
    }
    // hands off the queue altogether: wake-ups that this worker could only put back would keep others waiting
    if (!this.holding) await listener.hold();
    this.holding = true;
    const off = Math.round(-watch.best().offsetMs);
    await alarms.raise(
      db,
      'clock.skew',
      this.name,
      `The clock of ${this.name} is ${off} ms off the database; it holds all mail.`,
    );
  }
}

function handlersOf(
  tools: SendingTools,
  settings: Settings,
  wakeUps: WakeUps,
): { handlers: WakeUpHandlers; ticker: Ticker; alarms: Alarms } {
  const { db, clock, log } = tools;
  const audit = new AuditLog();
  const alarms = new Alarms();
  const releases = new Releases(new ReleaseStore(), audit);
  const newsroomUrl = settings.text('NEWSROOM_URL').replace(/\/$/, '');
  const letters = new Letters(new Accounts(), releases, Assets.from(settings), newsroomUrl);
  const links = new Links(Secrets.from(settings));
  const prepare = new Prepare(
    { db, clock, log, alarms, links, newsroomUrl, dkim: dkimKeyFrom(settings) },
    releases,
    letters,
  );
  const drain = new Drain(tools, releases, audit, alarms);
  const handlers: WakeUpHandlers = {
    prepare: (data, signal) => prepare.run(data, signal),
    drain: (data, signal) => drain.run(data, signal),
  };
  const ticker = new Ticker(
    { db, wakeUps, releases, audit, log, direct: handlers },
    settings.number('PREPARE_LEAD_SECONDS'),
  );
  return { handlers, ticker, alarms };
}
