import { DataSource, type EntityManager, type MigrationInterface } from 'typeorm';

export type Row = Record<string, unknown>;
export type MigrationClass = new () => MigrationInterface;

/** PostgreSQL group roles that the first migration makes; a process takes one with `role`. */
export type DatabaseRole = 'dateline_app' | 'dateline_newsroom';

/** One open transaction. Libs take it and never open one; effects outside the database wait for the commit. */
export interface Tx {
  readonly manager: EntityManager;
  /** Rows of a SELECT or of a RETURNING. */
  rows<T extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** The only row, or undefined. */
  first<T extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<T | undefined>;
  /** Number of rows an INSERT, UPDATE or DELETE touched: the answer of a compare-and-set. */
  run(sql: string, parameters?: readonly unknown[]): Promise<number>;
  /** Runs after the commit; never after a rollback. A failure here is the caller's to log: the commit stands. */
  afterCommit(effect: () => void | Promise<void>): void;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly role?: DatabaseRole;
  readonly poolSize?: number;
  readonly applicationName?: string;
  readonly entities?: readonly (new () => object)[];
  /** Milliseconds a statement may run; 0 is no limit. */
  readonly statementTimeoutMs?: number;
}

/** The door to PostgreSQL: transactions opened at the edge, and single statements for readers. */
export class Database {
  constructor(readonly source: DataSource) {}

  /** Opens a pool as the given role. Throws what the driver throws when the server cannot be reached. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const source = new DataSource({
      type: 'postgres',
      url: options.url,
      entities: [...(options.entities ?? [])],
      synchronize: false,
      installExtensions: false,
      uuidExtension: 'pgcrypto',
      applicationName: options.applicationName ?? 'dateline',
      extra: {
        max: options.poolSize ?? 8,
        statement_timeout: options.statementTimeoutMs ?? 30_000,
        lock_timeout: 5_000,
        // every session starts as the narrow role: nothing that forgets to switch runs as the owner
        ...(options.role ? { options: `-c role=${options.role}` } : {}),
      },
    });
    await source.initialize();
    return new Database(source);
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** Runs `work` in one READ COMMITTED transaction, then its `afterCommit` effects in order. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const effects: (() => void | Promise<void>)[] = [];
    const result = await this.source.transaction((manager) => work(txOf(manager, effects)));
    for (const effect of effects) await effect();
    return result;
  }

  /** Single statements outside a transaction, for views and probes. */
  rows<T extends object = Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return query<T>(this.source.manager, sql, parameters).then((r) => r.records);
  }

  async first<T extends object = Row>(sql: string, parameters: readonly unknown[] = []): Promise<T | undefined> {
    return (await this.rows<T>(sql, parameters))[0];
  }
}

async function query<T>(manager: EntityManager, sql: string, parameters: readonly unknown[]) {
  const runner = manager.queryRunner;
  if (runner) {
    const result = await runner.query(sql, [...parameters], true);
    return { records: (result.records ?? []) as T[], affected: result.affected ?? 0 };
  }
  const single = manager.connection.createQueryRunner();
  try {
    const result = await single.query(sql, [...parameters], true);
    return { records: (result.records ?? []) as T[], affected: result.affected ?? 0 };
  } finally {
    await single.release();
  }
}

function txOf(manager: EntityManager, effects: (() => void | Promise<void>)[]): Tx {
  return {
    manager,
    rows: async <T extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await query<T>(manager, sql, parameters)).records,
    first: async <T extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await query<T>(manager, sql, parameters)).records[0],
    run: async (sql: string, parameters: readonly unknown[] = []) => (await query(manager, sql, parameters)).affected,
    afterCommit: (effect) => effects.push(effect),
  };
}
