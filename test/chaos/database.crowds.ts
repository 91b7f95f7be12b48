import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { overInTheEnd, takenAt } from './database.watch.js';
import { OwnPostgres } from './own.postgres.js';
import { tallied, type Tally } from './scenario.js';

const JOURNALISTS = 300;
/** Beyond the lock_timeout of 5 s, so that those who wait are sent away. */
const LOCKED_BEFORE_MS = 1_000;
const LOCKED_AFTER_MS = 7_000;
const OVER_WITHIN_MS = 60_000;
/** From the end of the lock to the last message: a pause of the sender, a tick, and the work. */
const AFTER_THE_LOCK_MS = 10_000;
/** Beside the same release on the same machine without the crowd. */
const CROWDED_MS = 5_000;
/** More than the 120 that the server takes. */
const CROWD = 300;

/** Somebody holds the ledger's table across T. */
export async function lockedAcrossT(house: ChaosHouse): Promise<Tally> {
  const room = await house.openRoom();
  const list = await room.journalists(JOURNALISTS);
  const [worker] = await room.startWorkers(1);
  const release = await room.schedule(list);
  const liftsAt = await room.leavesIn(release, 3_000);
  await sleep(liftsAt - LOCKED_BEFORE_MS - Date.now());
  const client = new pg.Client(room.database.url);
  await client.connect();
  await client.query('begin');
  await client.query('lock table delivery in access exclusive mode');
  await sleep(liftsAt + LOCKED_AFTER_MS - Date.now());
  const before = takenAt(room).length;
  await client.query('commit');
  const freedAt = Date.now();
  await client.end();
  await overInTheEnd(house, room, release, OVER_WITHIN_MS);
  const afterMs = (takenAt(room).at(-1) ?? Infinity) - freedAt;
  const told = worker?.words.some((line) => /lock timeout|could not|"level":(40|50)/.test(line)) ?? false;
  const findings = await room.check();
  const late = afterMs > AFTER_THE_LOCK_MS ? JOURNALISTS : 0;
  const note = `table locked across T: all ${findings.accepted} taken by ${afterMs} ms after the lock ended${told ? ', told in the log' : ', and nobody was told'}`;
  return tallied(1, { ...findings, late }, { ok: told && before === 0 && findings.accepted === JOURNALISTS, note });
}

/** The console asks and asks: first as many as its own pools hold, then everybody who can get a connection at all. */
export async function crowded(house: ChaosHouse): Promise<Tally> {
  const postgres = await OwnPostgres.start(house, house.folder());
  const room = await house.openRoom({ clusterUrl: postgres.url });
  const list = await room.journalists(JOURNALISTS);
  await room.startWorkers(1);
  const once = async (crowd: number, sleepMs: number) => {
    const release = await room.schedule(list);
    const liftsAt = await room.leavesIn(release, 6_000);
    const console = await Crowd.gather(room, crowd);
    await overInTheEnd(house, room, release, OVER_WITHIN_MS);
    await console.leave();
    await sleep(sleepMs);
    return { lastMs: (takenAt(room).at(-1) ?? Infinity) - liftsAt, connected: console.connected };
  };
  const alone = await once(0, 0);
  const busy = await once(80, 500);
  const full = await once(CROWD, 0);
  const findings = await room.check();
  const late = [busy, full].filter(({ lastMs }) => lastMs > alone.lastMs + CROWDED_MS).length * JOURNALISTS;
  const note =
    `last taken ${alone.lastMs} ms after T alone, ${busy.lastMs} ms beside ${busy.connected} connections of the console, ` +
    `${full.lastMs} ms beside ${full.connected} of ${CROWD} that asked`;
  return tallied(2, { ...findings, late }, { ok: findings.accepted === findings.planned, note });
}

/** Sessions that never stop asking, as screens do that refresh; each query is cheap, for it is the connections that matter. */
class Crowd {
  private going = true;

  private constructor(
    private readonly clients: readonly pg.Client[],
    private readonly asking: Promise<unknown>[] = [],
  ) {}

  static async gather({ database }: ChaosRoom, size: number): Promise<Crowd> {
    const joined = await Promise.all(Array.from({ length: size }, () => join(database.url)));
    const crowd = new Crowd(joined.filter((client) => client !== undefined));
    for (const client of crowd.clients) crowd.asking.push(crowd.ask(client));
    return crowd;
  }

  get connected(): number {
    return this.clients.length;
  }

  async leave(): Promise<void> {
    this.going = false;
    await Promise.all(this.asking);
    await Promise.all(this.clients.map((client) => client.end()));
  }

  private async ask(client: pg.Client): Promise<void> {
    while (this.going) await client.query('select count(*), pg_sleep(0.5) from journalist').catch(() => undefined);
  }
}

/** Undefined when the server has no place left. */
async function join(url: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: url, options: '-c role=dateline_app' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    return undefined;
  }
}
