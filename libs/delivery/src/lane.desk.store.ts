import { requireRole } from '#libs/accounts';
import type { AuditLog } from '#libs/audit';
import { Alarms, Problem, type Actor, type Tx } from '#libs/kernel';
import { familyOf } from './domain.family.js';

/** What ops do about lanes. */
export class LaneDesk {
  constructor(private readonly audit: AuditLog) {}

  /**
   * Opens a lane on every relay and for every worker, within about a second, and lets what was put off for it go now.
   * @throws Problem when it is not held, or no reason is given
   * @returns messages that go now, of all organisations
   */
  async open(tx: Tx, by: Actor, lane: string, reason: string): Promise<number> {
    requireRole(by, 'ops', 'Opening a lane');
    if (!reason.trim()) throw reasonMissing();
    const opened = await tx.rows<{ kind: string; strikes: number }>(
      `update lane set held_until = null, changed_at = clock_timestamp()
        where lane = $1 and held_until is not null returning kind, strikes`,
      [lane],
    );
    if (opened.length === 0) throw notHeld(lane);
    const alarms = new Alarms();
    for (const code of ['smtp.domain', 'smtp.throttled']) await alarms.clear(tx, code, lane);
    const messages = await this.hasten(tx, lane);
    await this.audit.record(tx, by, {
      type: 'lane.opened',
      subject: `lane:${lane}`,
      facts: { reason: reason.trim().slice(0, 500), kind: opened[0]?.kind, strikes: opened[0]?.strikes, messages },
    });
    return messages;
  }

  /** A lane belongs to the installation, so messages of every organisation wait in it. */
  private async hasten(tx: Tx, lane: string): Promise<number> {
    const domains = await tx.rows<{ domain: string }>(
      `select distinct split_part(d.canonical_address, '@', 2) as domain ${PUT_OFF}`,
    );
    const ofLane = domains.map((row) => row.domain).filter((domain) => familyOf(domain) === lane);
    if (ofLane.length === 0) return 0;
    const rows = await tx.rows<{ n: number }>(
      `with hastened as (
         update delivery h set next_at = null
           from (select d.organisation_id, d.distribution_id, d.id ${PUT_OFF} and split_part(d.canonical_address, '@', 2) = any($1)) w
          where h.organisation_id = w.organisation_id and h.distribution_id = w.distribution_id and h.id = w.id and h.state = 'ready'
         returning h.organisation_id, h.distribution_id, h.shard
       ), due as (
         update shard s set due_at = clock_timestamp()
           from (select distinct organisation_id, distribution_id, shard from hastened) h
          where s.organisation_id = h.organisation_id and s.distribution_id = h.distribution_id and s.shard = h.shard
            and s.due_at is not null
       )
       select count(*)::int as n from hastened`,
      [ofLane],
    );
    return rows[0]?.n ?? 0;
  }
}

/** Not those that their recipient's own server asked to wait: they are `deferred`. */
const PUT_OFF = `
  from distribution n
  join delivery d on d.organisation_id = n.organisation_id and d.distribution_id = n.id
 where n.state = 'sending' and d.state = 'ready' and d.next_at > clock_timestamp()`;

function reasonMissing(): Problem {
  return new Problem({
    code: 'lane.reason',
    field: '--reason',
    message: 'Opening a lane needs a reason.',
    remedy: 'Say in a few words what was mended; it stands in the audit.',
  });
}

function notHeld(lane: string): Problem {
  return new Problem({
    code: 'lane.not-held',
    field: 'lane',
    message: `No lane by the name ${lane} is held.`,
    remedy: 'See the names with: dateline lanes',
  });
}
