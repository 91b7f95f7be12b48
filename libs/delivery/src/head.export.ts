import type { KeptHead, KeptHeads } from '#libs/audit';
import { errorFacts, type Alarms, type Clock, type Database, type Log, type OrganisationId } from '#libs/kernel';

export interface HeadExportTools {
  readonly db: Database;
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly log: Log;
  /** This process, as alarms name it. */
  readonly worker: string;
}

const HOUR_MS = 3_600_000;
/** A full disk is tried again after this, and not every second. */
const RETRY_MS = 60_000;

interface Ends {
  readonly organisation: OrganisationId;
  readonly seq: string;
  readonly hash: Buffer;
  readonly now: Date;
  /** When the last distribution finished whose events are all sealed. */
  readonly finished: Date | null;
}

/**
 * Keeps the head of every organisation's audit chain outside the database: each hour in which something was written, and
 * when a distribution has finished and its last events are sealed. When it is due is read from the files themselves, so a
 * restart neither forgets nor repeats one.
 */
export class HeadExport {
  private pauseUntil = 0;
  /** An alarm may stand: ours, or one that an earlier process of this name left. */
  private alarmed = true;

  constructor(
    private readonly tools: HeadExportTools,
    private readonly heads: KeptHeads,
  ) {}

  /** For each tick, after the sealing. Raises the alarm `ledger.head` where the folder cannot be written. */
  async export(): Promise<void> {
    const { db, clock, alarms, log, worker } = this.tools;
    if (clock.monotonic() < this.pauseUntil) return;
    const ends = await db.rows<Ends>(ENDS);
    try {
      for (const end of ends) await this.keepDue(end);
    } catch (error) {
      this.pauseUntil = clock.monotonic() + RETRY_MS;
      this.alarmed = true;
      log.error(errorFacts(error), 'the head of the audit chain could not be kept outside the database');
      const { code } = error as NodeJS.ErrnoException;
      const says = `${worker} cannot write the folder ledger-heads in DATELINE_DATA (${code ?? 'unknown fault'}).`;
      return alarms.raise(db, 'ledger.head', worker, says);
    }
    if (this.alarmed) await alarms.clear(db, 'ledger.head', worker);
    this.alarmed = false;
  }

  private async keepDue(end: Ends): Promise<void> {
    const last = await this.heads.last(end.organisation);
    const why = whyDue(end, last);
    if (!why) return;
    await this.heads.keep(end.organisation, { seq: Number(end.seq), hash: end.hash, at: end.now, why });
  }
}

function whyDue(end: Ends, last: KeptHead | undefined): KeptHead['why'] | undefined {
  if (last && Number(end.seq) === last.seq && end.hash.equals(last.hash)) return undefined;
  if (end.finished && (!last || end.finished > last.at)) return 'finished';
  if (!last || end.now.getTime() - last.at.getTime() >= HOUR_MS) return 'hourly';
  return undefined;
}

/** Primary keys of audit_line, ledger_seal and delivery_event from their ends; a look at each distribution of the organisation. */
const ENDS = `
  select o.id as organisation, a.seq::text, a.hash, clock_timestamp() as now,
         (select max(n.finished_at) from distribution n
           where n.organisation_id = o.id and n.state = 'finished'
             and (s.sealed_at >= n.finished_at or not exists (select from delivery_event e where e.organisation_id = o.id and e.id > coalesce(s.last_id, 0))))
           as finished
    from organisation o
   cross join lateral (select a.seq, a.hash from audit_line a where a.organisation_id = o.id order by a.seq desc limit 1) a
    left join lateral (select s.last_id, s.sealed_at from ledger_seal s where s.organisation_id = o.id order by s.last_id desc limit 1) s on true`;
