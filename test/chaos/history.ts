import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';

/** A distribution as planned. Times are milliseconds since 1970. */
export interface Plan {
  readonly id: string;
  readonly state: string;
  readonly planned: number;
  readonly liftsAt: number;
}

export interface LedgerRow {
  readonly id: string;
  readonly distribution: string;
  readonly address: string;
  readonly state: string;
}

export interface LedgerEvent {
  readonly delivery: string;
  /** With microseconds. */
  readonly at: number;
  readonly state: string;
}

/** A line of the sink's log: written and synced before the sink answered 250. */
export interface Taken {
  readonly at: number;
  readonly to: string;
  readonly messageId?: string;
  readonly sha256?: string;
}

/** Both sides of what happened: the ledger's and the mail server's. Events are in the ledger's order. */
export interface History {
  readonly plans: readonly Plan[];
  readonly rows: readonly LedgerRow[];
  readonly events: readonly LedgerEvent[];
  readonly taken: readonly Taken[];
}

/** Reads both sides as an outsider would: plain SQL as the database's owner, and the sink's log file. */
export async function readHistory(databaseUrl: string, acceptLog: string): Promise<History> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const rows = async <T extends object>(sql: string) => (await client.query<T>(sql)).rows;
    return {
      // T is the later of what was planned and what was set since, so that a moved embargo is never judged by its old T
      plans: await rows<Plan>(
        `select n.id, n.state, n.planned,
                extract(epoch from case when r.epoch = n.epoch then greatest(n.lifts_at, e.lifts_at) else n.lifts_at end)::float8
                  * 1000 as "liftsAt"
           from distribution n
           join release r on r.organisation_id = n.organisation_id and r.id = n.release_id
           join embargo e on e.organisation_id = n.organisation_id and e.release_id = n.release_id`,
      ),
      rows: await rows<LedgerRow>(
        `select id, distribution_id as distribution, canonical_address as address, state from delivery`,
      ),
      events: await rows<LedgerEvent>(
        `select delivery_id as delivery, extract(epoch from at)::float8 * 1000 as at, state from delivery_event order by id`,
      ),
      taken: readAcceptLog(acceptLog),
    };
  } finally {
    await client.end();
  }
}

/** A last line without its end was never synced, so the sender was never told: it does not count. */
export function readAcceptLog(file: string): Taken[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Taken);
}
