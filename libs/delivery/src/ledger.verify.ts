import { AuditViews, MerkleTree, type ChainFault } from '#libs/audit';
import type { Database, OrganisationId } from '#libs/kernel';
import { ledgerLeaf } from './sealer.js';

export interface LedgerFault {
  readonly where: string;
  readonly what: string;
}

export interface LedgerReport {
  readonly auditLines: number;
  readonly events: number;
  readonly sealed: number;
  readonly deliveries: number;
  readonly head: string;
  readonly faults: readonly LedgerFault[];
}

interface Seal {
  readonly first: string;
  readonly last: string;
  readonly events: number;
  readonly root: Buffer;
  readonly line: string | null;
}

const SLICE = 10_000;

/**
 * Recomputes everything from the append-only tables: the audit chain, every sealed root, and for every delivery that its
 * present state is the last one the ledger tells, that nothing left before its lift, and that no address got two.
 */
export class LedgerVerify {
  constructor(private readonly db: Database) {}

  /** @param known a chain head kept outside the database, as `dateline ledger head` prints it */
  async run(organisation: OrganisationId, known?: { seq: number; hash: Buffer }): Promise<LedgerReport> {
    const chain = await new AuditViews(this.db).check(organisation, known);
    const seals = await this.checkSeals(organisation);
    const faults = [...chain.faults.map(chainFault), ...seals.faults, ...(await this.checkRows(organisation))];
    const counts = await this.db.first<{ events: number; deliveries: number }>(
      `select (select count(*)::int from delivery_event where organisation_id = $1) as events,
              (select count(*)::int from delivery where organisation_id = $1) as deliveries`,
      [organisation],
    );
    return {
      auditLines: chain.lines,
      events: counts?.events ?? 0,
      sealed: seals.sealed,
      deliveries: counts?.deliveries ?? 0,
      head: `${chain.lines}:${chain.head.toString('hex')}`,
      faults,
    };
  }

  private async checkSeals(organisation: OrganisationId): Promise<{ sealed: number; faults: LedgerFault[] }> {
    const faults: LedgerFault[] = [];
    // the audit line is what the chain protects; the ledger_seal row only says where to look
    const seals = await this.db.rows<Seal>(
      `select s.first_id::text as first, s.last_id::text as last, s.events, s.root, a.body as line
         from ledger_seal s
         left join audit_line a on a.organisation_id = s.organisation_id and a.seq = s.audit_seq and a.type = 'ledger.sealed'
        where s.organisation_id = $1 order by s.last_id`,
      [organisation],
    );
    const lines = await this.db.first<{ n: number }>(
      `select count(*)::int as n from audit_line where organisation_id = $1 and type = 'ledger.sealed'`,
      [organisation],
    );
    if (lines && lines.n !== seals.length)
      faults.push({ where: 'ledger_seal', what: `${lines.n} seals are in the chain, ${seals.length} in the table` });
    let sealed = 0;
    let after = '0';
    for (const seal of seals) {
      const found = await this.rootOf(organisation, after, seal.last);
      const told =
        seal.line === null ? undefined : (JSON.parse(seal.line) as { facts: { root: string; events: number } }).facts;
      if (told?.root !== found.root || told.events !== found.events) {
        faults.push({ where: `events ${seal.first}-${seal.last}`, what: 'do not match the root that the chain holds' });
      }
      sealed += found.events;
      after = seal.last;
    }
    return { sealed, faults };
  }

  private async rootOf(
    organisation: OrganisationId,
    after: string,
    last: string,
  ): Promise<{ root: string; events: number }> {
    const tree = new MerkleTree();
    let at = after;
    for (;;) {
      const rows = await this.db.rows<{ id: string; body: string }>(
        `select e.id::text, e.body from delivery_event e where e.organisation_id = $1 and e.id > $2 and e.id <= $3 order by e.id limit ${SLICE}`,
        [organisation, at, last],
      );
      for (const row of rows) tree.add(ledgerLeaf(row));
      if (rows.length < SLICE) return { root: tree.root().toString('hex'), events: tree.count() };
      at = rows.at(-1)?.id ?? at;
    }
  }

  private async checkRows(organisation: OrganisationId): Promise<LedgerFault[]> {
    const faults: LedgerFault[] = [];
    for (const check of ROW_CHECKS) {
      const rows = await this.db.rows<{ where: string }>(`${check.sql} limit 100`, [organisation]);
      faults.push(...rows.map((row) => ({ where: row.where, what: check.what })));
    }
    return faults;
  }
}

function chainFault(fault: ChainFault): LedgerFault {
  return { where: `audit line ${fault.seq}`, what: fault.what };
}

const ROW_CHECKS: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: 'its state is not the last one the ledger tells',
    sql: `select 'delivery ' || d.id as where
            from delivery d
            left join lateral (select e.state from delivery_event e
                                where e.organisation_id = d.organisation_id and e.distribution_id = d.distribution_id and e.delivery_id = d.id
                                order by e.id desc limit 1) l on true
           where d.organisation_id = $1
             and not (l.state is not distinct from d.state
                      or (l.state = 'planned' and d.state in ('ready', 'claimed'))
                      or (l.state in ('deferred', 'ready') and d.state in ('ready', 'claimed')))`,
  },
  {
    what: 'is told by the ledger, and its row is gone',
    sql: `select distinct 'delivery ' || e.delivery_id as where
            from delivery_event e
           where e.organisation_id = $1
             and not exists (select from delivery d where d.organisation_id = e.organisation_id and d.distribution_id = e.distribution_id
                                and d.id = e.delivery_id)`,
  },
  {
    what: 'left, or was accepted, before T or without a lift',
    sql: `select 'delivery ' || e.delivery_id as where
            from delivery_event e
            join distribution n on n.organisation_id = e.organisation_id and n.id = e.distribution_id
            left join lift l on l.organisation_id = n.organisation_id and l.release_id = n.release_id and l.epoch = n.epoch
            left join delivery d on d.organisation_id = e.organisation_id and d.distribution_id = e.distribution_id and d.id = e.delivery_id
           where e.organisation_id = $1 and e.state in ('dot_pending', 'accepted')
             and (l.lifted_at is null or e.at < l.lifted_at or e.at < n.lifts_at or d.accepted_at < n.lifts_at)`,
  },
  {
    what: 'was accepted more than once',
    sql: `select 'delivery ' || e.delivery_id as where
            from delivery_event e where e.organisation_id = $1 and e.state = 'accepted'
           group by e.distribution_id, e.delivery_id having count(*) > 1`,
  },
  {
    what: 'went twice to one recipient of one distribution',
    sql: `select 'recipient ' || left(encode(d.address_key, 'hex'), 12) as where
            from delivery d where d.organisation_id = $1 and d.state = 'accepted'
           group by d.distribution_id, d.address_key having count(*) > 1`,
  },
  {
    what: 'has not as many rows as were planned',
    sql: `select 'distribution ' || n.id as where
            from distribution n where n.organisation_id = $1
             and n.planned <> (select count(*) from delivery d where d.organisation_id = n.organisation_id and d.distribution_id = n.id)`,
  },
];
