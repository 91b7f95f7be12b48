import { AuditViews, type ChainFault, type ChainHead } from '#libs/audit';
import type { Database, OrganisationId, Secrets, Tx } from '#libs/kernel';
import { FrozenCheck } from './frozen.check.js';
import { RowChecks } from './row.checks.js';
import { SealCheck, type LedgerFault } from './seal.check.js';

export type { LedgerFault } from './seal.check.js';

export interface LedgerReport {
  readonly auditLines: number;
  readonly events: number;
  /** Events that lie under a root of the audit chain; those of the last second do not yet. */
  readonly sealed: number;
  readonly deliveries: number;
  /** `seq:hash` of the last audit line. */
  readonly head: string;
  /** What was seen is as of this moment, by the database's clock. */
  readonly at: Date;
  readonly faults: readonly LedgerFault[];
}

/**
 * Recomputes everything from the append-only tables: the audit chain, every sealed root, what preparation fixed, and for
 * every delivery that its row is what the ledger tells, that nothing left before its lift, and that no address got two.
 */
export class LedgerVerify {
  /** @param secrets with the master key, addresses are checked too */
  constructor(
    private readonly db: Database,
    private readonly secrets?: Secrets,
  ) {}

  /**
   * Sees the database as of one moment, so that sending may go on meanwhile.
   * @param known heads of the audit chain that were kept outside the database
   */
  run(organisation: OrganisationId, known: readonly ChainHead[] = []): Promise<LedgerReport> {
    return this.db.transaction(async (tx) => {
      await tx.rows(`set transaction isolation level repeatable read, read only`);
      await tx.rows(`set local statement_timeout = 0`);
      return this.within(tx, organisation, known);
    });
  }

  /** The same inside a transaction of the caller's, which cannot go on after a fault that PostgreSQL itself told. */
  async within(
    tx: Pick<Tx, 'rows' | 'first'>,
    organisation: OrganisationId,
    known: readonly ChainHead[] = [],
  ): Promise<LedgerReport> {
    const chain = await new AuditViews(tx).check(organisation, known);
    const seals = await new SealCheck(tx, organisation).run();
    const counts = await tx.first<{ at: Date; events: number; deliveries: number }>(COUNTS, [organisation]);
    const frozen = await new FrozenCheck(tx, organisation, this.secrets).run();
    const rows = await new RowChecks(tx, organisation).run();
    if (!counts) throw new Error('a query without a table gave no row');
    return {
      ...counts,
      auditLines: chain.lines,
      sealed: seals.sealed,
      head: `${chain.lines}:${chain.head.toString('hex')}`,
      faults: [...chain.faults.map(chainFault), ...seals.faults, ...frozen, ...rows],
    };
  }
}

const COUNTS = `
  select now() as at,
         (select count(*)::int from delivery_event where organisation_id = $1) as events,
         (select count(*)::int from delivery where organisation_id = $1) as deliveries`;

function chainFault(fault: ChainFault): LedgerFault {
  return { where: `audit line ${fault.seq}`, what: fault.what };
}
