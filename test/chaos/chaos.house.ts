import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FreshDatabase } from '../support/database.js';
import { freshDatabase } from '../support/database.js';
import type { SinkOptions } from '../support/sink.js';
import { Chance } from './chance.js';
import { ChaosCluster } from './chaos.cluster.js';
import { ChaosRoom, type RoomOptions } from './chaos.room.js';
import { SinkProcess, WorkerProcess, type OwnProcess } from './processes.js';

export interface HouseOptions {
  /** What is drawn depends on it and on `name` alone. */
  readonly seed: number;
  readonly name: string;
  readonly quick: boolean;
  /** A cluster with a database `dateline_template`. */
  readonly clusterUrl: string;
  /** For people who watch; never on standard output. */
  readonly note?: (sentence: string) => void;
}

/**
 * What a scenario works with: chance that a seed replays, databases, real processes by pid, and rooms that put them
 * together. Whatever it starts ends with `close`, also after an exception.
 */
export class ChaosHouse {
  readonly chance: Chance;
  private readonly stopping = new AbortController();
  private readonly processes = new Set<OwnProcess>();
  private readonly endings: (() => Promise<unknown> | void)[] = [];
  private closed = false;

  constructor(private readonly options: HouseOptions) {
    this.chance = new Chance(options.seed, options.name);
  }

  get seed(): number {
    return this.options.seed;
  }

  get quick(): boolean {
    return this.options.quick;
  }

  /** Aborted when the scenario's time is over or somebody pressed Ctrl-C. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** The run's PostgreSQL, as its owner; shared with other scenarios, so not to be killed: see `startCluster`. */
  get clusterUrl(): string {
    return this.options.clusterUrl;
  }

  /** From 0 to below 1, by the seed. */
  random(): number {
    return this.chance.random();
  }

  note(sentence: string): void {
    this.options.note?.(`${this.options.name}: ${sentence}`);
  }

  /** A migrated, empty database; dropped with the house. */
  async freshDatabase(cluster = this.clusterUrl): Promise<FreshDatabase> {
    const database = await freshDatabase(cluster);
    this.later(() => database.drop());
    return database;
  }

  /** A PostgreSQL that belongs to this scenario alone, to be restarted, starved or lied to. About 3 s. */
  async startCluster(): Promise<ChaosCluster> {
    const cluster = await ChaosCluster.start();
    this.later(() => cluster.stop());
    return cluster;
  }

  /** An empty folder, removed with the house. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), `dateline-chaos-${this.options.name}-`));
    this.later(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  /** A mail server in a process of its own. Its log has what it accepted, synced before it said so. */
  async startSinkProcess(options: SinkOptions = {}): Promise<SinkProcess> {
    return SinkProcess.start(options, join(this.folder(), 'accepted.jsonl'), (one) => this.own(one));
  }

  /** A real worker. Resolves at once; `ready` when it says so, and rejects with its last words when it ends before. */
  startWorker(environment: Readonly<Record<string, string>>): { worker: WorkerProcess; ready: Promise<void> } {
    return WorkerProcess.start(environment, (one) => this.own(one));
  }

  /** One organisation with a database, officers, journalists, a mail server and workers of its own. */
  async openRoom(options: RoomOptions = {}): Promise<ChaosRoom> {
    const room = await ChaosRoom.open(this, options);
    this.later(() => room.close());
    return room;
  }

  /** Something that must be ended with the house; the last begun ends first, and what comes too late ends at once. */
  later(ending: () => Promise<unknown> | void): void {
    if (this.closed) void this.end(ending);
    else this.endings.push(ending);
  }

  /** Takes a process into care: it dies with the house. @throws Error when the house is being closed already */
  own(one: OwnProcess): void {
    this.processes.add(one);
    void one.ended.then(() => this.processes.delete(one));
    if (!this.signal.aborted) return;
    one.kill('SIGKILL');
    throw new Error('the scenario is over');
  }

  /** Ends everything at once, without waiting: for exits that wait for nobody. */
  abandon(): void {
    this.stopping.abort();
    for (const one of this.processes) one.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.abandon();
    await Promise.all([...this.processes].map((one) => one.ended));
    this.closed = true;
    for (const ending of this.endings.splice(0).reverse()) await this.end(ending);
  }

  private async end(ending: () => Promise<unknown> | void): Promise<void> {
    try {
      await ending();
    } catch (error) {
      this.note(`could not clean up: ${String(error)}`);
    }
  }
}
