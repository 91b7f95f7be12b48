import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GoLive, RestoredStore, Unknowns } from '#libs/delivery';
import { InstanceStore } from '#libs/embargo';
import { Alarms, type DeliveryId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { startEmbeddedPostgres } from '../../apps/standalone/src/embedded-postgres.js';
import { until } from '../support/world.js';
import type { ChaosCluster } from './chaos.cluster.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { check } from './checker.js';
import { readAcceptLog, readHistory } from './history.js';
import { added, NOTHING, type Scenario, type Tally } from './scenario.js';

const JOURNALISTS = 300;
const LEAD_MS = 6_000;
/** Several ticks of two workers, after T: whoever may send would have sent. */
const IN_QUARANTINE_MS = 4_000;

/** The files of a whole server are put back under workers that run on: same server, same database, and a past. */
export const restoredBackupScenario: Scenario = {
  name: 'restored-backup',
  says: 'a backup from before T put back after T sends nothing until somebody answers for it, and then nothing twice',
  runs: { full: 5, quick: 1 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    let tally = NOTHING;
    for (let run = 0; run < runs && !house.signal.aborted; run += 1) tally = added(tally, await new Drill(house).run());
    return tally;
  },
};

class Drill {
  private cluster!: ChaosCluster;
  private room!: ChaosRoom;

  constructor(private readonly house: ChaosHouse) {}

  async run(): Promise<Tally> {
    this.cluster = await this.house.startCluster();
    // after the room is closed, before the cluster's folder goes
    this.house.later(() => this.started?.stop());
    this.room = await this.house.openRoom({ clusterUrl: this.cluster.url });
    const release = await this.preparedAndBackedUp();
    const sentBefore = await this.oldLife(release);
    await this.whileDown(() => this.putBack());
    const sentInQuarantine = (await this.quarantined()) - sentBefore;
    await this.answerFor();
    await this.settleByHand(release);
    return this.tally(release, sentBefore, sentInQuarantine);
  }

  private async preparedAndBackedUp(): Promise<Release> {
    const list = await this.room.journalists(JOURNALISTS);
    const [preparer] = await this.room.startWorkers(1);
    const release = await this.room.schedule(list);
    await this.room.leavesIn(release, LEAD_MS);
    await preparer?.stop();
    await this.whileDown(() => copied(this.data, this.backup));
    return release;
  }

  /** After T: sends everything, or dies in the middle of it. Returns how many the sink has. */
  private async oldLife(release: Release): Promise<number> {
    const dies = this.house.random() < 0.5;
    const enough = Math.floor(JOURNALISTS * this.house.random());
    const workers = await this.room.startWorkers(2);
    await until('the old life to send', async () => (dies ? this.taken() > enough : this.room.isOver(release)), 60_000);
    await Promise.all(workers.map((worker) => worker.kill9()));
    await sleep(500);
    return this.taken();
  }

  private putBack(): void {
    rmSync(this.data, { recursive: true, force: true });
    renameSync(this.backup, this.data);
  }

  /** Workers with the same data folder as before, on the backup. Returns how many the sink has after a while. */
  private async quarantined(): Promise<number> {
    await this.room.startWorkers(2);
    await sleep(IN_QUARANTINE_MS);
    const open = await this.room.world.owner.rows('select from quarantine where released_at is null');
    if (open.length !== 1) throw new Error(`${open.length} quarantines stand after the files were put back`);
    return this.taken();
  }

  private async answerFor(): Promise<void> {
    const { world } = this.room;
    const goLive = new GoLive(
      new InstanceStore(world.audit, new Alarms()),
      new RestoredStore(world.releases, world.audit),
    );
    await world.db.transaction((tx) => goLive.say(tx, world.cast.chen, 'the drill: files were put back', 'hold'));
  }

  /** An officer goes by what the mail server has: the others go once more. */
  private async settleByHand(release: Release): Promise<void> {
    const { world } = this.room;
    await this.room.over(release);
    const unknowns = new Unknowns(world.audit);
    const taken = new Set(readAcceptLog(this.room.sink.acceptLog).map(({ messageId }) => idOf(messageId)));
    const held = await world.db.rows<{ id: DeliveryId }>(`select id from delivery where state = 'held'`);
    await world.db.transaction(async (tx) => {
      for (const { id } of held)
        await unknowns.settle(
          tx,
          world.cast.chen,
          id,
          taken.has(id) ? 'accepted' : 'resend',
          'the log of the mail server',
        );
    });
    await this.room.over(release);
  }

  /** By itself, not by the checker: the copy knows nothing of the dots that its past let go. */
  private async tally(release: Release, sentBefore: number, sentInQuarantine: number): Promise<Tally> {
    const history = await readHistory(this.room.database.url, this.room.sink.acceptLog);
    const { early } = check(history);
    const copies = new Map<string, number>();
    for (const { messageId } of history.taken) copies.set(idOf(messageId), (copies.get(idOf(messageId)) ?? 0) + 1);
    const duplicates = [...copies.values()].reduce((sum, n) => sum + n - 1, 0);
    const silentLosses = history.rows.filter(({ id, state }) => !copies.has(id) || state !== 'accepted').length;
    const ok = early + duplicates + silentLosses + sentInQuarantine === 0;
    const note = `${release.number}: ${sentBefore} of ${JOURNALISTS} sent by the old life, ${sentInQuarantine} in quarantine`;
    this.house.note(note);
    return { ...NOTHING, runs: 1, early, duplicates, unflaggedDuplicates: duplicates, silentLosses, ok, note };
  }

  /** The server is stopped in order, and comes back at the same address. */
  private async whileDown(work: () => void): Promise<void> {
    await this.server.stop();
    work();
    this.server = await startEmbeddedPostgres({ folder: this.cluster.folder });
  }

  private started: Awaited<ReturnType<typeof startEmbeddedPostgres>> | undefined;
  private get server() {
    return this.started ?? this.cluster.server;
  }
  private set server(one) {
    this.started = one;
  }

  private get data(): string {
    return join(this.cluster.folder, 'pgdata');
  }
  private get backup(): string {
    return join(this.cluster.folder, 'backup');
  }

  private taken(): number {
    return readAcceptLog(this.room.sink.acceptLog).length;
  }
}

function copied(from: string, to: string): void {
  const done = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`could not copy ${from}: ${done.stderr}`);
}

function idOf(messageId = ''): string {
  return /^<?([^@>]+)@/.exec(messageId)?.[1] ?? messageId;
}
