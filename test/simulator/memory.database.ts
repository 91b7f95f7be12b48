import type { Row, Tx } from '#libs/kernel';
import type { History } from './history.js';
import { MemoryFunctions, verdictsOf } from './memory.functions.js';
import { plan } from './memory.plan.js';
import { copyOf, emptyTables, type DistributionTable, type Tables } from './memory.tables.js';
import type { VirtualTime } from './virtual.time.js';

export interface Answered {
  readonly records: Row[];
  readonly affected: number;
}

type Statement = (parameters: readonly unknown[], session: object) => Row[] | number;

export const ORGANISATION = '00000000-0000-4000-8000-000000000001';
const END = ['planned', 'ready', 'deferred', 'dot_pending'];

/**
 * A database that understands the statements of the sending path and of the ticker, and no others: one that it does not
 * know stops the history, so that it cannot fall behind the product unseen. One statement at a time, as if each were
 * serialised; what PostgreSQL does beyond that is the affair of the histories that run on it.
 */
export class MemoryDatabase {
  tables: Tables = emptyTables();
  readonly functions: MemoryFunctions;
  private ticker: object | undefined;
  private holder: object | undefined;
  private before: Tables | undefined;
  private readonly statements: readonly (readonly [RegExp, Statement])[];

  constructor(
    private readonly time: VirtualTime,
    private readonly history: History,
    /** Bytes of a skeleton and of pieces; every message is the same here. */
    private readonly bytes: { readonly skeleton: Buffer; readonly pieces: Buffer },
  ) {
    this.functions = new MemoryFunctions(
      () => this.tables,
      history,
      () => time.databaseNow,
    );
    this.statements = this.known();
  }

  /** Waits until no other session is in a transaction. Ask `isFree` afterwards: somebody may have been quicker. */
  async free(session: object): Promise<void> {
    while (!this.isFree(session)) await this.time.sleep(1);
  }

  isFree(session: object): boolean {
    return this.holder === undefined || this.holder === session;
  }

  isHeld(): boolean {
    return this.holder !== undefined;
  }

  begin(session: object): void {
    if (this.holder === session) return;
    this.holder = session;
    this.before = copyOf(this.tables);
  }

  /** @param undo as after an error, or a client that was killed */
  end(session: object, undo: boolean): void {
    if (this.ticker === session) this.ticker = undefined;
    if (this.holder !== session) return;
    if (undo && this.before) this.tables = this.before;
    else this.tellPlanned();
    this.holder = undefined;
  }

  /** A try at the ticker's lock touches no rows, so it begins no transaction of ours: the ticker holds it for a whole tick. */
  isOnlyALock(sql: string): boolean {
    return sql.includes('pg_try_advisory_xact_lock');
  }

  run(sql: string, parameters: readonly unknown[], session: object): Answered {
    const known = this.statements.find(([pattern]) => pattern.test(sql));
    if (!known) {
      // told to the judge too: the ticker survives a step that throws
      this.history.unfit(`the simulator does not know this statement: ${sql}`);
      throw new Error('unknown statement');
    }
    const answer = known[1](parameters, session);
    return typeof answer === 'number'
      ? { records: [], affected: answer }
      : { records: answer, affected: answer.length };
  }

  /** What the wake-up `prepare` comes to: every planned row has its message. */
  prepare(id: string): void {
    const of = this.tables.distributions.find((one) => one.id === id);
    const release = this.tables.releases.find((one) => one.id === of?.release);
    if (of?.state !== 'preparing' || !release) return;
    for (const row of this.tables.deliveries)
      if (row.distribution === id && row.state === 'planned') row.state = 'ready';
    of.state = 'prepared';
    if (release.state === 'preparing' && release.epoch === of.epoch) release.state = 'prepared';
  }

  private known(): readonly (readonly [RegExp, Statement])[] {
    return [...this.functionStatements(), ...this.distributionStatements(), ...this.tickerStatements()];
  }

  private functionStatements(): readonly (readonly [RegExp, Statement])[] {
    const { functions } = this;
    return [
      [/clock_timestamp\(\)\) \* 1000 as ms/, () => [{ ms: String(this.time.databaseNow) }]],
      [
        /delivery_take\(/,
        ([, d, shard, worker]) => [{ token: functions.take(String(d), Number(shard), String(worker)) }],
      ],
      [
        /delivery_release\(/,
        ([, d, shard, token, pause]) => {
          const due = functions.release(String(d), Number(shard), String(token), Number(pause));
          return [{ due: due === null ? null : new Date(due) }];
        },
      ],
      [
        /delivery_open_dots\(/,
        ([, d, ids, tokens]) =>
          functions.openDots(String(d), ids as string[], tokens as string[]).map((id) => ({ id })),
      ],
      [
        /delivery_settle\(/,
        ([, d, ...columns]) => functions.settle(String(d), verdictsOf(columns as unknown[][])).map((id) => ({ id })),
      ],
      [/delivery_recall\(/, ([, d, state]) => [{ taken: functions.recall(String(d), null, state as 'cancelled') }]],
      [/delivery_sweep\(/, ([grace]) => [functions.sweep(Number(grace))]],
      [/^update shard set lease_until/, ([tokens]) => functions.renew(tokens as string[]).map((token) => ({ token }))],
      [
        /^update delivery d set next_at/,
        ([, d, shard, token, ids, waits]) =>
          functions.postpone(String(d), Number(shard), String(token), ids as string[], waits as number[]),
      ],
      [/^select lane, strikes|(insert into|update) (lane|alarm)/, () => []],
      [/join delivery_message/, ([, d, shard]) => this.waiting(String(d), Number(shard), true)],
      [/^select d\.id from delivery d where/, ([, d, shard]) => this.waiting(String(d), Number(shard), false)],
      [/select exists \(select from embargo_open/, ([, d]) => [{ open: this.isOpen(String(d)) }]],
    ];
  }

  private distributionStatements(): readonly (readonly [RegExp, Statement])[] {
    return [
      [/from distribution where id = \$1/, ([id]) => this.tables.distributions.filter((d) => d.id === id).map(shown)],
      [/from skeleton where/, () => [{ language: 'en', bytes: this.bytes.skeleton }]],
      [
        /insert into lift/,
        ([, release, epoch]) => {
          const row = this.tables.releases.find((one) => one.id === release);
          const there = this.tables.lifts.some((lift) => lift.release === release);
          if (!row || there || !this.functions.isOpen(String(release), Number(epoch))) return 0;
          const lift = { release: row.id, epoch: row.epoch, liftsAt: row.liftsAt, at: this.time.databaseNow };
          return this.tables.lifts.push(lift);
        },
      ],
      [
        /from lift where/,
        ([, release, epoch]) =>
          this.tables.lifts
            .filter((lift) => lift.release === release && lift.epoch === epoch)
            .map((lift) => ({ liftsAt: new Date(lift.liftsAt), liftedAt: new Date(lift.at) })),
      ],
      [
        /update distribution\s+set state = \$4/,
        ([, id, from, to]) => {
          const row = this.tables.distributions.find((one) => one.id === id);
          if (!row || !(from as string[]).includes(row.state)) return 0;
          row.state = to as DistributionTable['state'];
          return 1;
        },
      ],
      [/insert into distribution/, ([, release, id]) => plan(this.tables, String(release), String(id))],
      [/pg_advisory_xact_lock_shared|select from distribution where .* for update/, () => []],
      [/insert into delivery |insert into shard|set planned =/, () => 0],
    ];
  }

  private tickerStatements(): readonly (readonly [RegExp, Statement])[] {
    const shown1 = (rows: readonly DistributionTable[]) => rows.map(shown);
    return [
      [
        /pg_try_advisory_xact_lock/,
        (_, session) => {
          const held = this.ticker === undefined || this.ticker === session;
          if (held) this.ticker = session;
          return [{ held }];
        },
      ],
      [
        /where r\.state = 'scheduled'/,
        ([lead]) =>
          this.tables.releases
            .filter((row) => row.state === 'scheduled' && row.liftsAt <= this.time.databaseNow + Number(lead) * 1000)
            .map((row) => ({ organisation: ORGANISATION, release: row.id })),
      ],
      [/r\.epoch <> n\.epoch/, () => shown1(this.tables.distributions.filter((one) => this.isStale(one)))],
      [
        /from distribution where state = 'preparing'/,
        () => shown1(this.tables.distributions.filter((one) => one.state === 'preparing')),
      ],
      [/from shard s\s+join distribution/, ([arm, every]) => this.dueShards(Number(arm), Number(every))],
      [
        /where n\.state = 'sending'\s+and not exists/,
        () => shown1(this.tables.distributions.filter((one) => this.mayFinish(one))),
      ],
      [
        /update shard s set due_at = clock_timestamp\(\)/,
        ([, id]) => {
          const open = this.tables.shards.filter(
            (shard) =>
              shard.distribution === id &&
              this.tables.deliveries.some(
                (row) => row.distribution === id && row.shard === shard.shard && END.includes(row.state),
              ),
          );
          for (const shard of open) shard.dueAt = this.time.databaseNow;
          return open.length;
        },
      ],
      [/count\(\*\)::int as n from delivery where/, () => []],
      // the sealer: nothing is sealed here
      [/left join lateral \(select max\(last_id\)/, () => []],
    ];
  }

  /** What was planned counts once it is committed. */
  private tellPlanned(): void {
    const known = this.before?.deliveries.length ?? 0;
    for (const { id, distribution, release, epoch, address } of this.tables.deliveries.slice(known)) {
      const policy = this.tables.distributions.find((one) => one.id === distribution)?.policy ?? 'hold';
      this.history.plan({ delivery: id, release, epoch, address, policy });
    }
  }

  private waiting(distribution: string, shard: number, due: boolean): Row[] {
    return this.tables.deliveries
      .filter((row) => row.distribution === distribution && row.shard === shard)
      .filter((row) => row.state === 'ready' || row.state === 'deferred')
      .filter((row) => !due || row.nextAt === null || row.nextAt <= this.time.databaseNow)
      .sort((one, other) => one.position - other.position)
      .map(({ id, address, attempts }) => ({
        id,
        // a recipient of each message's own, so that the server knows which it takes
        address: id + address.slice(address.indexOf('@')),
        language: 'en',
        attempts,
        pieces: this.bytes.pieces,
      }));
  }

  private isOpen(distribution: string): boolean {
    const of = this.tables.distributions.find((one) => one.id === distribution);
    return of !== undefined && of.state !== 'cancelled' && this.functions.isOpen(of.release, of.epoch);
  }

  private isStale(one: DistributionTable): boolean {
    const release = this.tables.releases.find((row) => row.id === one.release);
    const gone = release?.epoch !== one.epoch || ['draft', 'in_review', 'cancelled'].includes(release.state);
    return (one.state === 'preparing' || one.state === 'prepared') && gone;
  }

  private dueShards(armSeconds: number, every: number): Row[] {
    const now = this.time.databaseNow;
    return this.tables.shards.flatMap((shard) => {
      const of = this.tables.distributions.find((one) => one.id === shard.distribution);
      const due = shard.dueAt !== null && shard.dueAt <= now && shard.token === null;
      if (!due || !of || !['prepared', 'sending'].includes(of.state) || of.liftsAt > now + armSeconds * 1000) return [];
      return [{ id: of.id, epoch: of.epoch, shard: shard.shard, round: String(Math.floor(now / 1000 / every)) }];
    });
  }

  private mayFinish(one: DistributionTable): boolean {
    return (
      one.state === 'sending' &&
      !this.tables.shards.some((shard) => shard.distribution === one.id && shard.dueAt !== null) &&
      !this.tables.deliveries.some((row) => row.distribution === one.id && row.state === 'unknown')
    );
  }
}

/** A distribution as DistributionStore reads it. */
function shown(row: DistributionTable): Row {
  return {
    organisation: ORGANISATION,
    id: row.id,
    release: row.release,
    epoch: row.epoch,
    state: row.state,
    liftsAt: new Date(row.liftsAt),
    shards: 1,
    planned: 1,
    seed: '1',
    versionSha256: Buffer.alloc(32),
  };
}

/** What a transaction of the product is given. */
export type SessionTx = Pick<Tx, 'rows' | 'first' | 'run' | 'afterCommit'>;
