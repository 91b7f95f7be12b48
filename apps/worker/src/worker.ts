import { hostname } from 'node:os';
import { join } from 'node:path';
import { Accounts } from '#libs/accounts';
import { Assets } from '#libs/assets';
import { AuditLog, KeptHeads } from '#libs/audit';
import {
  dkimKeyFrom,
  Drain,
  HeadExport,
  Lanes,
  LaneStore,
  LedgerStore,
  Letters,
  openRelay,
  Oracle,
  OracleStore,
  Prepare,
  readLaneRules,
  RelayLog,
  Sealing,
  ShardLeases,
  Ticker,
  type Relay,
  type SendingTools,
} from '#libs/delivery';
import { ClockWatch, InstanceStore, Quarantine, WatermarkFile } from '#libs/embargo';
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

/** Shards in hand side by side, so of several releases at one T: 40 are 10,000 recipients armed, about 20 MB. */
const CONCURRENCY = { prepare: 1, drain: 40 } as const;
/** Two statements of the gate, one of verdicts, leases and shards coming and going. */
const SENDING_POOL = 8;

/** What the worker process is made of, and in which order it starts and stops. The only holder of the relay and the DKIM key. */
export class Worker {
  private ticking: Promise<void> | undefined;
  private holding = false;
  private quarantined = false;

  private constructor(
    private readonly parts: {
      db: Database;
      sendingDb: Database;
      wakeUps: WakeUps;
      listener: WakeUpListener;
      relay: Relay;
      tools: SendingTools;
      watch: ClockWatch;
      ticker: Ticker;
      log: Log;
      alarms: Alarms;
      quarantine: Quarantine;
      oracle: Oracle | undefined;
    },
    readonly name: string,
  ) {}

  static async start(settings: Settings, clock: Clock, log: Log): Promise<Worker> {
    const name = `${hostname()}-${process.pid}`;
    const databaseUrl = settings.text('DATABASE_URL');
    const open = (poolSize: number) =>
      openPatiently(
        { url: databaseUrl, role: 'dateline_app', applicationName: `dateline worker ${name}`, poolSize },
        { clock, log },
      );
    const db = await open(8);
    const quarantine = quarantineOf(settings, { db, clock, log, name });
    // before the queue is asked for anything: a copy of the live database must not even begin
    await quarantine.look();
    const sendingDb = await open(SENDING_POOL);
    const queue = { databaseUrl, redisUrl: settings.text('REDIS_URL') };
    const wakeUps = await openWakeUps(queue);
    const watch = new ClockWatch(db, clock, settings.number('CLOCK_SKEW_LIMIT_MS'));
    await watch.measure();
    const tools = sendingTools(settings, { db: sendingDb, clock, watch, log, worker: name });
    const { handlers, ticker, alarms } = handlersOf(tools, db, settings, wakeUps);
    const listener = await listen({ ...queue, clock, concurrency: CONCURRENCY }, handlers, log);
    const oracle = oracleOf(settings, { db, clock, log, host: hostname() });
    const worker = new Worker(
      { db, sendingDb, wakeUps, listener, relay: tools.relay, tools, watch, ticker, log, alarms, quarantine, oracle },
      name,
    );
    await worker.mayWork();
    return worker;
  }

  /** Once a second: measure the clock, then do what the ticker does if this worker holds it. Never two at a time. */
  async tick(): Promise<void> {
    if (this.ticking) return;
    const { watch, log } = this.parts;
    try {
      await watch.measure();
      if (await this.mayWork()) {
        this.ticking = this.beat();
        await this.ticking;
      }
    } catch (error) {
      log.error(errorFacts(error), 'could not tick');
    } finally {
      this.ticking = undefined;
    }
  }

  /** True while the database answers, is the live one, and the clocks agree. */
  async ready(): Promise<boolean> {
    await this.parts.db.first('select 1');
    return this.parts.watch.trusted() && !this.quarantined;
  }

  /** Stops claiming, lets messages on the wire finish, gives back the rest, then closes. */
  async stop(): Promise<void> {
    const { listener, ticker, wakeUps, relay, oracle, db, sendingDb } = this.parts;
    ticker.leave();
    await listener.close();
    await this.ticking;
    await oracle?.close();
    await relay.close();
    await wakeUps.close();
    await sendingDb.close();
    await db.close();
  }

  private async beat(): Promise<void> {
    const { ticker, oracle, log } = this.parts;
    await this.shareLanes();
    await ticker.tick();
    // each worker asks the log of the relay beside it, whoever holds the ticker
    await oracle?.settle().catch((error: unknown) => log.error(errorFacts(error), 'could not ask the relay’s log'));
  }

  /** Tells other workers which domains slow this one down, and learns theirs before anything is sent there. */
  private async shareLanes(): Promise<void> {
    const { db, log, tools } = this.parts;
    await tools.laneStore
      .refresh(db, tools.lanes)
      .catch((error: unknown) => log.warn(errorFacts(error), 'could not share the lanes'));
  }

  /**
   * Whether this worker may do anything: the database is the live one and the clocks agree. Otherwise hands off the queue
   * altogether: wake-ups that this worker could only put back would keep others waiting.
   * @returns false in quarantine, where nothing of the database is touched; with a skewed clock only sending stops
   */
  private async mayWork(): Promise<boolean> {
    const { watch, listener, quarantine } = this.parts;
    this.quarantined = (await quarantine.look()) !== undefined;
    const skewed = !watch.trusted();
    const hold = this.quarantined || skewed;
    if (hold && !this.holding) await listener.hold();
    if (!hold && this.holding) listener.resume();
    this.holding = hold;
    await this.tellSkew(skewed);
    return !this.quarantined;
  }

  private async tellSkew(skewed: boolean): Promise<void> {
    const { watch, alarms, db } = this.parts;
    if (!skewed) return alarms.clear(db, 'clock.skew', this.name);
    const off = Math.round(-watch.best().offsetMs);
    await alarms.raise(
      db,
      'clock.skew',
      this.name,
      `The clock of ${this.name} is ${off} ms off the database; it holds all mail.`,
    );
  }
}

function quarantineOf(
  settings: Settings,
  tools: { readonly db: Database; readonly clock: Clock; readonly log: Log; readonly name: string },
): Quarantine {
  const store = new InstanceStore(new AuditLog(), new Alarms());
  return new Quarantine(tools, store, new WatermarkFile(settings.text('DATELINE_DATA')));
}

/** Where the relay is a Postfix whose log can be read here. */
function oracleOf(
  settings: Settings,
  tools: { readonly db: Database; readonly clock: Clock; readonly log: Log; readonly host: string },
): Oracle | undefined {
  if (!settings.isSet('RELAY_LOG')) return undefined;
  return new Oracle(tools, new OracleStore(new AuditLog()), new RelayLog(settings.text('RELAY_LOG'), tools.clock));
}

/** Everything a shard is sent with. */
function sendingTools(
  settings: Settings,
  own: Pick<SendingTools, 'db' | 'clock' | 'watch' | 'log' | 'worker'>,
): SendingTools {
  const { db, clock, log, worker } = own;
  const url = settings.text('SMTP_URL');
  const connections = settings.number('SMTP_CONNECTIONS');
  const name = new URL(url).host;
  const ledger = new LedgerStore();
  return {
    ...own,
    ledger,
    leases: new ShardLeases(db, ledger, clock, log, worker),
    sealing: Sealing.from(settings),
    relay: openRelay({ url, connections, clock, log }),
    lanes: new Lanes({ connections, clock, rules: readLaneRules(settings.text('LANE_RULES')) }),
    laneStore: new LaneStore(name),
    lane: { name, connections },
  };
}

function handlersOf(
  tools: SendingTools,
  db: Database,
  settings: Settings,
  wakeUps: WakeUps,
): { handlers: WakeUpHandlers; ticker: Ticker; alarms: Alarms } {
  const { clock, log, sealing } = tools;
  const audit = new AuditLog();
  const alarms = new Alarms();
  const releases = new Releases(new ReleaseStore(), audit);
  const newsroomUrl = settings.text('NEWSROOM_URL').replace(/\/$/, '');
  const letters = new Letters(new Accounts(), releases, Assets.from(settings), newsroomUrl);
  const secrets = Secrets.from(settings);
  const links = new Links(secrets);
  const prepare = new Prepare(
    { db, clock, log, alarms, links, newsroomUrl, sealing, dkim: dkimKeyFrom(settings) },
    releases,
    letters,
  );
  const drain = new Drain(tools, releases, audit, alarms);
  const handlers: WakeUpHandlers = {
    prepare: (data, signal) => prepare.run(data, signal),
    drain: (data, signal) => drain.run(data, signal),
  };
  const kept = new KeptHeads(join(settings.text('DATELINE_DATA'), 'ledger-heads'), secrets);
  const heads = new HeadExport({ db, clock, alarms, log, worker: tools.worker }, kept);
  const ticker = new Ticker(
    { db, wakeUps, releases, audit, log, heads, direct: handlers },
    settings.number('PREPARE_LEAD_SECONDS'),
  );
  return { handlers, ticker, alarms };
}
