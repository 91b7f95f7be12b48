import { requireRole } from '#libs/accounts';
import type { AuditLog } from '#libs/audit';
import { actorLabel, Problem, type Actor, type Alarms, type Tx } from '#libs/kernel';
import type { Watermark } from './watermark.js';

/** What tells one database from another: server, history of the server, database. */
export interface Identity {
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly databaseOid: string;
}

export interface OpenQuarantine {
  readonly id: string;
  readonly why: string;
  readonly foundAt: Date;
}

/** The database as it is now, beside what it and a worker remember. */
export interface InstanceState {
  readonly now: Identity;
  /** As the present life began; null before a first worker came. */
  readonly was: Identity | null;
  readonly life: string | null;
  readonly open: OpenQuarantine | null;
  /** The last sign of life of a worker: a copy knows what was sent until then. */
  readonly pulse: Date | null;
  /** What has reached the disk, and when that was asked. */
  readonly lsn: string;
  readonly at: Date;
  /** The watermark's life is one of this database's, or one that somebody has answered for. */
  readonly knowsLife: boolean;
  /** Of the same life, and behind what the worker has seen. */
  readonly behind: boolean;
}

export type LiveChoice = 'hold' | 'send' | 'nothing';

export const QUARANTINE_ALARM = 'quarantine';
const SUBJECT = 'database';

interface Row extends Omit<InstanceState, 'now' | 'was' | 'open'> {
  readonly system: string;
  readonly timeline: number;
  readonly oid: string;
  readonly wasSystem: string | null;
  readonly wasTimeline: number;
  readonly wasOid: string;
  readonly quarantine: string | null;
  readonly why: string;
  readonly foundAt: Date;
}

/** Which database this is: its lives, the quarantine that stands, and the end of one. */
export class InstanceStore {
  constructor(
    private readonly audit: AuditLog,
    private readonly alarms: Alarms,
  ) {}

  async state(tx: Pick<Tx, 'first'>, watermark?: Watermark): Promise<InstanceState> {
    const row = await tx.first<Row>(
      `select n.system_identifier::text as system, n.timeline, n.database_oid::text as oid,
              i.id as life, i.system_identifier::text as "wasSystem", i.timeline as "wasTimeline", i.database_oid::text as "wasOid",
              q.id as quarantine, q.why, q.found_at as "foundAt", p.at as pulse,
              f.lsn::text as lsn, clock_timestamp() as at,
              $1::uuid is null or exists (select from instance k where k.id = $1)
                or exists (select from quarantine k where k.outlived = $1 and k.released_at is not null) as "knowsLife",
              coalesce(i.id = $1 and (coalesce(p.count, 0) < $2 or f.lsn < $3::pg_lsn), false) as behind
         from instance_now() n
        cross join (select pg_current_wal_flush_lsn() as lsn) f
         left join (select * from instance order by seq desc limit 1) i on true
         left join quarantine q on q.released_at is null
         left join instance_pulse p on true`,
      [watermark?.life ?? null, watermark?.pulse ?? null, watermark?.lsn ?? null],
    );
    if (!row) throw new Error('instance_now returned no row');
    const { life, pulse, lsn, at, knowsLife, behind } = row;
    return {
      now: { systemIdentifier: row.system, timeline: row.timeline, databaseOid: row.oid },
      was:
        row.wasSystem === null
          ? null
          : { systemIdentifier: row.wasSystem, timeline: row.wasTimeline, databaseOid: row.wasOid },
      open: row.quarantine === null ? null : { id: row.quarantine, why: row.why, foundAt: row.foundAt },
      ...{ life, pulse, lsn, at, knowsLife, behind },
    };
  }

  /** Records which database this is, when nobody has. Of several workers at once one does. */
  async begin(tx: Pick<Tx, 'rows'>): Promise<void> {
    await tx.rows(`insert into instance (quarantine_id) values (null) on conflict do nothing`);
  }

  /** A sign of life. Returns how many there were. */
  async pulse(tx: Pick<Tx, 'first'>): Promise<number> {
    const row = await tx.first<{ count: string }>(
      `insert into instance_pulse (count, at) values (1, clock_timestamp())
       on conflict (singleton) do update set count = instance_pulse.count + 1, at = greatest(instance_pulse.at, excluded.at)
       returning count::text`,
    );
    return Number(row?.count ?? 0);
  }

  /** Shuts the gate for everything, and rings. Takes the gate's latch exclusively: when it returns, no dot is half-way through. */
  async enter(tx: Tx, why: string, by: string, outlived: string | null): Promise<void> {
    await tx.rows(`select pg_advisory_xact_lock(hashtextextended('gate', 0))`);
    await tx.rows(`insert into quarantine (why, found_by, outlived) values ($1, $2, $3) on conflict do nothing`, [
      why,
      by,
      outlived,
    ]);
    await this.alarms.raise(tx, QUARANTINE_ALARM, SUBJECT, why);
  }

  /**
   * Somebody answers for it: this is the live database. Its next life begins, and what is due may leave from the commit on.
   * @throws Problem when the officer may not, no reason is given, or no quarantine stands
   */
  async live(tx: Tx, by: Actor, reason: string, choice: LiveChoice): Promise<OpenQuarantine> {
    requireRole(by, 'ops', 'Saying which database is live');
    if (!reason.trim()) throw reasonMissing();
    await tx.rows(`select pg_advisory_xact_lock(hashtextextended('gate', 0))`);
    const open = await tx.first<OpenQuarantine>(
      `update quarantine set released_at = clock_timestamp(), released_by = $1, reason = $2, choice = $3
        where released_at is null returning id, why, found_at as "foundAt"`,
      [actorLabel(by), reason.trim().slice(0, 500), choice],
    );
    if (!open) throw notQuarantined();
    await tx.rows(`insert into instance (quarantine_id) values ($1)`, [open.id]);
    await this.alarms.clear(tx, QUARANTINE_ALARM, SUBJECT);
    await this.audit.record(tx, by, {
      type: 'instance.live',
      subject: `quarantine:${open.id}`,
      facts: { why: open.why, foundAt: open.foundAt.toISOString(), reason: reason.trim().slice(0, 500), choice },
    });
    return open;
  }
}

function reasonMissing(): Problem {
  return new Problem({
    code: 'quarantine.reason',
    field: 'reason',
    message: 'Saying that this is the live database needs a reason.',
    remedy: 'Say how you know that nothing else sends any more, for example "old machine is off, restored from 01:30".',
  });
}

function notQuarantined(): Problem {
  return new Problem({
    code: 'quarantine.none',
    status: 409,
    field: 'live',
    message: 'This database is not in quarantine: it is the live one.',
    remedy: 'Nothing is to be done. "dateline doctor" tells what else may hold mail back.',
  });
}
