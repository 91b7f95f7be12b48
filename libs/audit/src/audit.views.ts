import type { Database, OrganisationId } from '#libs/kernel';
import { ChainCheck, type ChainFault } from './chain.js';

export interface AuditEntry {
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly subject: string;
  /** Parsed body: actor and facts. */
  readonly actor: string;
  readonly facts: Record<string, unknown>;
}

const SLICE = 5_000;

/** Reads the chain for people and for checking. */
export class AuditViews {
  constructor(private readonly db: Database) {}

  /** Lines about one subject, oldest first. */
  async about(organisation: OrganisationId, subject: string): Promise<AuditEntry[]> {
    const rows = await this.db.rows<{ seq: string; at: Date; type: string; body: string }>(
      `select seq, at, type, body from audit_line where organisation_id = $1 and subject = $2 order by seq`,
      [organisation, subject],
    );
    return rows.map((row) => {
      const body = JSON.parse(row.body) as { actor: string; facts: Record<string, unknown> };
      return { seq: Number(row.seq), at: row.at, type: row.type, subject, actor: body.actor, facts: body.facts };
    });
  }

  /**
   * Recomputes the whole chain of an organisation.
   * @param known a head kept outside the database; a chain that ends before it, or differs at it, was truncated.
   */
  async check(
    organisation: OrganisationId,
    known?: { seq: number; hash: Buffer },
  ): Promise<{ lines: number; head: Buffer; faults: readonly ChainFault[] }> {
    const check = new ChainCheck(organisation);
    const faults: ChainFault[] = [];
    let after = 0;
    for (;;) {
      const rows = await this.db.rows<{ seq: string; body: string; previous: Buffer; hash: Buffer }>(
        `select seq, body, previous, hash from audit_line where organisation_id = $1 and seq > $2 order by seq limit ${SLICE}`,
        [organisation, after],
      );
      for (const row of rows) {
        const seq = Number(row.seq);
        check.take({ ...row, seq });
        if (known && seq === known.seq && !row.hash.equals(known.hash)) faults.push({ seq, what: 'edited' });
      }
      if (rows.length < SLICE) break;
      after = Number(rows.at(-1)?.seq);
    }
    const head = check.head();
    if (known && head.seq < known.seq) faults.push({ seq: head.seq + 1, what: 'truncated' });
    return { lines: head.seq, head: head.hash, faults: [...check.faults, ...faults] };
  }
}
