import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { firstTakenAfter, overInTheEnd, takenAt } from './database.watch.js';
import { OwnPostgres } from './own.postgres.js';
import { NOTHING, tallied, type Tally } from './scenario.js';

const JOURNALISTS = 1_200;
const REPLY_MS = 15;
const DISK_MB = 320;
const FULL_FOR_MS = 6_000;
/** From free space on a server that runs; leases of 8 s may have ended meanwhile, and a crash has to be recovered from. */
const RESUMES_WITHIN_MS = 15_000;
const OVER_WITHIN_MS = 120_000;

/** The disk of the database fills in mid-send and is freed again; every other time its log of writes needs a new file. */
export async function diskFull(house: ChaosHouse, times: number): Promise<Tally> {
  const disk = smallDisk(house);
  if (disk === undefined) return { ...NOTHING, note: 'disk full: left out, for nothing may be mounted here' };
  const postgres = await OwnPostgres.start(house, disk);
  const script = [{ phase: 'dot' as const, answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } }];
  const room = await house.openRoom({ clusterUrl: postgres.url, sink: { script } });
  const list = await room.journalists(JOURNALISTS);
  await room.startWorkers(1);
  let [stopped, slow] = [0, 0];
  const notes: string[] = [];
  for (let run = 0; run < times && !house.signal.aborted; run += 1) {
    const release = await room.schedule(list);
    const liftsAt = await room.leavesIn(release, 1_000);
    await firstTakenAfter(room, liftsAt, 30_000);
    const { freedAt, quietMs, crashed } = await fullForAWhile(room, postgres, { disk, logToo: run % 2 === 1 });
    if (quietMs > 1_000) stopped += 1;
    const resumed = await firstTakenAfter(room, freedAt, 60_000);
    if (resumed > RESUMES_WITHIN_MS) slow += 1;
    await overInTheEnd(house, room, release, OVER_WITHIN_MS);
    notes.push(
      `quiet for ${quietMs} ms, resumed ${resumed} ms after${crashed ? ', the server itself had gone down' : ''}`,
    );
    house.note(`disk full: ${notes.at(-1)}`);
  }
  const findings = await room.check();
  // a server that had room left in its files proves nothing
  return tallied(
    times,
    { ...findings, late: slow },
    { ok: stopped > 0 && findings.unknown === 0, note: `disk full ${times} times: ${notes.join(', ')}` },
  );
}

/** A folder of its own size in memory; undefined where this process may not mount. */
function smallDisk(house: ChaosHouse): string | undefined {
  const folder = join(house.folder(), 'disk');
  mkdirSync(folder);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0755`, 'dateline-chaos', folder]);
  if (mounted.status !== 0) return undefined;
  house.later(() => void spawnSync('umount', ['--lazy', folder]));
  return folder;
}

interface Full {
  readonly freedAt: number;
  /** From the last message taken until the disk was freed. */
  readonly quietMs: number;
  readonly crashed: boolean;
}

interface Asked {
  readonly disk: string;
  /** Without this it goes on in files that it had made before. */
  readonly logToo: boolean;
}

async function fullForAWhile(room: ChaosRoom, postgres: OwnPostgres, { disk, logToo }: Asked): Promise<Full> {
  const ballast = join(disk, 'ballast');
  fill(ballast);
  if (logToo) await useUpLog(postgres.url);
  await sleep(FULL_FOR_MS);
  const emptiedAt = Date.now();
  rmSync(ballast);
  const quietMs = emptiedAt - (takenAt(room).at(-1) ?? emptiedAt);
  // it cannot recover on a full disk either: a supervisor goes on trying
  const crashed = !postgres.alive;
  if (crashed) await postgres.restart();
  return { freedAt: crashed ? Date.now() : emptiedAt, quietMs, crashed };
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  for (const size of [1_048_576, 65_536, 4_096]) {
    const block = Buffer.alloc(size);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(file);
}

/** Begins file after file of the log of writes; the first that cannot be made takes the server down. */
async function useUpLog(url: string): Promise<void> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (let file = 0; file < 40; file += 1) {
      await client.query('select pg_logical_emit_message(true, $1, $1)', ['chaos']);
      await client.query('select pg_switch_wal()');
    }
  } catch {
    // it is down, which was the aim
  } finally {
    await client.end().catch(() => undefined);
  }
}
