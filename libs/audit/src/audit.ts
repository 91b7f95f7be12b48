import { actorLabel, type Actor, type Tx } from '#libs/kernel';
import type { ChainHead } from './chain.js';

/** What a lib says happened: a dotted type and plain facts by id. Never content, names or addresses. */
export interface AuditFact {
  readonly type: string;
  /** `release:<id>`, `distribution:<id>`, … */
  readonly subject: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Appends to the organisation's chain, in the same transaction as the change it tells of. */
export class AuditLog {
  /** Blocks other appends of this organisation until the transaction ends: append last. */
  async record(tx: Tx, by: Actor, fact: AuditFact): Promise<ChainHead> {
    const row = await tx.first<{ out_seq: string; out_hash: Buffer }>(
      `select * from audit_append($1, $2, $3, $4, $5::jsonb)`,
      [by.organisation, actorLabel(by), fact.type, fact.subject, JSON.stringify(fact.facts)],
    );
    if (!row) throw new Error('audit_append returned no row');
    return { seq: Number(row.out_seq), hash: row.out_hash };
  }
}
