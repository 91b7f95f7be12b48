import type { Database, Tx } from './database.js';

export interface Alarm {
  readonly code: string;
  readonly subject: string;
  readonly says: string;
  readonly raisedAt: Date;
  readonly lastSeenAt: Date;
  readonly times: number;
}

/** Things a person must look at. One row per code and subject, so a fault that repeats is one alarm with a count. */
export class Alarms {
  /** Raises, or counts again when it stands already. `says` is a sentence for ops: no content, no addresses. */
  async raise(tx: Pick<Tx, 'rows'> | Database, code: string, subject: string, says: string): Promise<void> {
    await tx.rows(
      `insert into alarm (code, subject, says) values ($1, $2, $3)
       on conflict (code, subject) do update
          set says = excluded.says, last_seen_at = clock_timestamp(),
              times = case when alarm.cleared_at is null then alarm.times + 1 else 1 end,
              raised_at = case when alarm.cleared_at is null then alarm.raised_at else clock_timestamp() end,
              cleared_at = null`,
      [code, subject, says],
    );
  }

  /** Clears one that stands; nothing happens when none does. */
  async clear(tx: Pick<Tx, 'rows'> | Database, code: string, subject: string): Promise<void> {
    await tx.rows(
      `update alarm set cleared_at = clock_timestamp() where code = $1 and subject = $2 and cleared_at is null`,
      [code, subject],
    );
  }

  /** Those that stand, oldest first. */
  async standing(db: Database): Promise<Alarm[]> {
    return db.rows<Alarm>(
      `select code, subject, says, raised_at as "raisedAt", last_seen_at as "lastSeenAt", times
         from alarm where cleared_at is null order by raised_at`,
    );
  }
}
