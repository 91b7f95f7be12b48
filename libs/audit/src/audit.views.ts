import type { OrganisationId, Tx } from '#libs/kernel';
import { ChainCheck, type ChainFault, type ChainHead, type ChainLine } from './chain.js';

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
  constructor(private readonly db: Pick<Tx, 'rows' | 'first'>) {}

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
   * @param known heads kept outside the database; a chain that ends before one, or differs at it, was cut off or rewritten
   */
  async check(
    organisation: OrganisationId,
    known: readonly ChainHead[] = [],
  ): Promise<{ lines: number; head: Buffer; faults: readonly ChainFault[] }> {
    const check = new ChainCheck(organisation, known);
    let after = '0';
    for (;;) {
      // primary key
      const rows = await this.db.rows<Omit<ChainLine, 'seq'> & { seq: string }>(
        `select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, type, subject, body, previous, hash
           from audit_line where organisation_id = $1 and seq > $2 order by seq limit ${SLICE}`,
        [organisation, after],
      );
      for (const row of rows) check.take({ ...row, seq: Number(row.seq) });
      if (rows.length < SLICE) break;
      after = rows.at(-1)?.seq ?? after;
    }
    const head = check.head();
    return { lines: head.seq, head: head.hash, faults: check.faults() };
  }

  /** The end of the chain as it stands, unchecked; undefined before the first line. */
  async head(organisation: OrganisationId): Promise<ChainHead | undefined> {
    const row = await this.db.first<{ seq: string; hash: Buffer }>(
      `select seq, hash from audit_line where organisation_id = $1 order by seq desc limit 1`,
      [organisation],
    );
    return row && { seq: Number(row.seq), hash: row.hash };
  }
}
