import { AuditLog, MerkleTree } from '#libs/audit';
import type { Actor, Database, OrganisationId } from '#libs/kernel';

const SLICE = 10_000;

/** A Merkle leaf of the ledger: the row's number and its text, so neither order nor wording can change unseen. */
export function ledgerLeaf(event: { id: string; body: string }): string {
  return `${event.id} ${event.body}`;
}

/**
 * Binds ledger events into the audit chain: one line with a Merkle root for all that were written since the last. Done a
 * moment after the sending, because chaining each row while sending would put every worker in one line.
 */
export class Sealer {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
  ) {}

  /** Seals what is unsealed in every organisation. Returns the number of events sealed. */
  async seal(): Promise<number> {
    const organisations = await this.db.rows<{ id: OrganisationId; last: string }>(
      `select o.id, coalesce(s.last, 0)::text as last
         from organisation o
         left join lateral (select max(last_id) as last from ledger_seal where organisation_id = o.id) s on true
        where exists (select from delivery_event e where e.organisation_id = o.id and e.id > coalesce(s.last, 0))`,
    );
    let sealed = 0;
    for (const organisation of organisations) sealed += await this.sealOne(organisation.id);
    return sealed;
  }

  private async sealOne(organisation: OrganisationId): Promise<number> {
    const upTo = await this.horizon(organisation);
    const by: Actor = { kind: 'process', organisation, name: 'sealer' };
    return this.db.transaction(async (tx) => {
      await tx.rows(`select pg_advisory_xact_lock(hashtextextended('seal:' || $1, 0))`, [organisation]);
      const last = await tx.first<{ last: string }>(
        `select coalesce(max(last_id), 0)::text as last from ledger_seal where organisation_id = $1`,
        [organisation],
      );
      const tree = new MerkleTree();
      let first: string | undefined;
      let at = last?.last ?? '0';
      for (;;) {
        const rows = await tx.rows<{ id: string; body: string }>(
          `select e.id::text, e.body from delivery_event e where e.organisation_id = $1 and e.id > $2 and e.id <= $3 order by e.id limit ${SLICE}`,
          [organisation, at, upTo],
        );
        for (const row of rows) tree.add(ledgerLeaf(row));
        first ??= rows[0]?.id;
        at = rows.at(-1)?.id ?? at;
        if (rows.length < SLICE) break;
      }
      if (first === undefined) return 0;
      const root = tree.root();
      const line = await this.audit.record(tx, by, {
        type: 'ledger.sealed',
        subject: `organisation:${organisation}`,
        facts: { first: Number(first), last: Number(at), events: tree.count(), root: root.toString('hex') },
      });
      await tx.run(
        `insert into ledger_seal (organisation_id, first_id, last_id, events, root, audit_seq, sealed_at)
         select $1, $2, $3, $4, $5, a.seq, a.at from audit_line a where a.organisation_id = $1 and a.seq = $6`,
        [organisation, first, at, tree.count(), root, line.seq],
      );
      return tree.count();
    });
  }

  /** The highest event number below which nothing can appear any more: writers hold the latch shared from first to commit. */
  private async horizon(organisation: OrganisationId): Promise<string> {
    return this.db.transaction(async (tx) => {
      await tx.rows(`select pg_advisory_xact_lock(hashtextextended('gate', 0))`);
      const row = await tx.first<{ id: string }>(
        `select coalesce(max(id), 0)::text as id from delivery_event where organisation_id = $1`,
        [organisation],
      );
      return row?.id ?? '0';
    });
  }
}
