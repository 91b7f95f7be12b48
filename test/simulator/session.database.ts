import type { Database, Row } from '#libs/kernel';
import type { Answered, MemoryDatabase, SessionTx } from './memory.database.js';
import { never, type VirtualTime } from './virtual.time.js';

/** Thrown into what a killed process was doing inside a transaction, so that it is rolled back as PostgreSQL does. */
export class SimCrash extends Error {}

export interface SessionLife {
  alive(): boolean;
  /** True while the database cannot be reached. */
  away(): boolean;
  /** How long a statement takes one way, ms. */
  latency(): number;
  /** Before and after each statement: where a process may be made to die. */
  passing(when: 'before' | 'after', sql: string): void;
}

/**
 * The database as one process has it: statements take time, the connection may be gone, and nothing that a killed process
 * still awaits ever comes back. Has the shape of Database for all the product asks of it.
 */
export class SessionDatabase {
  private readonly open = new Set<object>();

  constructor(
    private readonly store: MemoryDatabase,
    private readonly time: VirtualTime,
    private readonly life: SessionLife,
  ) {}

  /** The product's type for it. */
  asDatabase(): Database {
    return this as unknown as Database;
  }

  async rows<T extends object = Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const session = {};
    try {
      return (await this.statement(sql, parameters, session)).records as T[];
    } finally {
      this.store.end(session, false);
    }
  }

  async first<T extends object = Row>(sql: string, parameters: readonly unknown[] = []): Promise<T | undefined> {
    return (await this.rows<T>(sql, parameters))[0];
  }

  /** The connections of a killed process break, and PostgreSQL undoes what they had not committed. */
  kill(): void {
    for (const session of this.open) this.store.end(session, true);
    this.open.clear();
  }

  async transaction<T>(work: (tx: SessionTx) => Promise<T>): Promise<T> {
    const session = {};
    this.open.add(session);
    const effects: (() => void | Promise<void>)[] = [];
    const inside = async (sql: string, parameters: readonly unknown[] = []) => {
      while (!this.store.isFree(session)) await this.store.free(session);
      if (!this.store.isOnlyALock(sql)) this.store.begin(session);
      const answer = await this.statement(sql, parameters, session, true);
      return answer;
    };
    const tx: SessionTx = {
      rows: async <R extends object>(sql: string, p?: readonly unknown[]) => (await inside(sql, p)).records as R[],
      first: async <R extends object>(sql: string, p?: readonly unknown[]) => (await inside(sql, p)).records[0] as R,
      run: async (sql, p) => (await inside(sql, p)).affected,
      afterCommit: (effect) => effects.push(effect),
    };
    try {
      const value = await work(tx);
      if (!this.life.alive()) return await never();
      this.close(session, false);
      for (const effect of effects) await effect();
      return value;
    } catch (error) {
      this.close(session, true);
      if (error instanceof SimCrash) return never();
      throw error;
    }
  }

  private close(session: object, undo: boolean): void {
    this.store.end(session, undo);
    this.open.delete(session);
  }

  private async statement(
    sql: string,
    parameters: readonly unknown[],
    session: object,
    inTransaction = false,
  ): Promise<Answered> {
    await this.time.sleep(this.life.latency());
    if (this.life.alive()) this.life.passing('before', sql);
    if (!this.life.alive()) return this.died(inTransaction);
    if (this.life.away()) throw Object.assign(new Error('the database is away'), { code: '57P01' });
    // a transaction that began between the waiting and the doing would undo what is done here with its own
    while (!this.store.isFree(session)) await this.store.free(session);
    const answer = this.store.run(sql, parameters, session);
    this.life.passing('after', sql);
    await this.time.sleep(this.life.latency());
    return this.life.alive() ? answer : this.died(inTransaction);
  }

  private died(inTransaction: boolean): Promise<never> {
    if (inTransaction) throw new SimCrash('killed inside a transaction');
    return never();
  }
}
