import { errorFacts, type Clock, type Database, type Log } from '#libs/kernel';
import type { InstanceState, InstanceStore } from './instance.store.js';
import type { Watermark, WatermarkFile } from './watermark.js';

export interface QuarantineTools {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Who looks, as the record names it: a worker, or the command line. */
  readonly name: string;
}

interface Compared extends InstanceState {
  readonly watermark: Watermark | undefined;
}

/** Files put back go unnoticed only when both their copy and the last message are of the same so long. */
const PULSE_MS = 2_000;

/**
 * Why this database may not be the live one; undefined when nothing speaks against it. A backup, a promoted standby or a
 * copy does not know what was sent after it was made, and would send it again.
 */
export function whyNotLive(state: InstanceState, watermark?: Watermark): string | undefined {
  const { now, was, knowsLife, behind, pulse } = state;
  const until = pulse ? ` It knows what was sent until ${pulse.toISOString()}.` : '';
  if (was && was.systemIdentifier !== now.systemIdentifier)
    return `It is on another PostgreSQL server than before: restored from a backup, upgraded or moved.${until}`;
  if (was && was.timeline !== now.timeline)
    return `Its server was promoted, or recovered to a point in time (timeline ${was.timeline}, now ${now.timeline}).${until}`;
  if (was && was.databaseOid !== now.databaseOid)
    return `It is a copy or a restored backup: another database on the server than before.${until}`;
  if (watermark && (behind || !knowsLife))
    return `It was put back: a worker saw more of it at ${watermark.at} than it holds now.${until}`;
  return undefined;
}

/** The sentence that a worker, the doctor and a refused command say. */
export function quarantineSentence(why: string): string {
  return `This database may not be the live one, so nothing leaves. ${why}`;
}

/**
 * Looks whether this is the database that was live before, at the start of a worker and with every tick, and keeps what a
 * later look compares with. What it finds shuts the one gate in SQL, for workers and newsrooms alike, until an ops officer
 * says "dateline live".
 */
export class Quarantine {
  private keptAt = -Infinity;
  private told = false;
  private forgetful = false;
  private database: string | undefined;

  constructor(
    private readonly tools: QuarantineTools,
    private readonly store: InstanceStore,
    private readonly file: WatermarkFile,
  ) {}

  /** Looks, and keeps what a later look compares with. @returns why nothing may leave; undefined when this is the live database */
  async look(): Promise<string | undefined> {
    const { db, log } = this.tools;
    const state = await this.compared();
    const why = state.open?.why ?? (await this.judge(state));
    if (why !== undefined && !this.told)
      log.error({ why }, quarantineSentence('An ops officer ends it with "dateline live"; docs/runbook.md says when.'));
    this.told = why !== undefined;
    if (why !== undefined) return why;
    if (state.life === null) await this.store.begin(db);
    else await this.keep(state);
    return undefined;
  }

  /** Looks once and keeps nothing, for the command line. */
  async found(): Promise<string | undefined> {
    const state = await this.compared();
    return state.open?.why ?? this.judge(state);
  }

  /** Which file to compare with is known once the database has said who it is. */
  private async compared(): Promise<Compared> {
    const watermark = this.database === undefined ? undefined : this.file.read(this.database);
    const state = await this.store.state(this.tools.db, watermark);
    if (this.database === databaseName(state)) return { ...state, watermark };
    this.database = databaseName(state);
    return this.compared();
  }

  private async judge(state: Compared): Promise<string | undefined> {
    const why = whyNotLive(state, state.watermark);
    if (why === undefined) return undefined;
    const outlived = state.knowsLife ? null : (state.watermark?.life ?? null);
    await this.tools.db.transaction((tx) => this.store.enter(tx, why, this.tools.name, outlived));
    return why;
  }

  private async keep(state: InstanceState): Promise<void> {
    const { clock, db, log } = this.tools;
    if (state.life === null || clock.monotonic() < this.keptAt + PULSE_MS) return;
    this.keptAt = clock.monotonic();
    const pulse = await this.store.pulse(db);
    try {
      this.file.write(databaseName(state), { life: state.life, pulse, lsn: state.lsn, at: state.at.toISOString() });
      this.forgetful = false;
    } catch (error) {
      if (!this.forgetful)
        log.warn(errorFacts(error), 'cannot keep the watermark: files put back under the database would go unnoticed');
      this.forgetful = true;
    }
  }
}

function databaseName({ now }: InstanceState): string {
  return `${now.systemIdentifier}-${now.databaseOid}`;
}
