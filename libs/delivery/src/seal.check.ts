import { MerkleTree } from '#libs/audit';
import type { OrganisationId, Tx } from '#libs/kernel';
import { ledgerLeaf } from './sealer.js';

export interface LedgerFault {
  readonly where: string;
  readonly what: string;
}

export interface SealReport {
  /** Events that lie under a root of the chain. */
  readonly sealed: number;
  readonly faults: readonly LedgerFault[];
}

interface Seal {
  readonly first: string;
  readonly last: string;
  readonly events: number;
  readonly root: string;
}

interface Event {
  readonly id: string;
  readonly distribution: string;
  readonly delivery: string;
  readonly at: string;
  readonly state: string;
  readonly body: string;
}

/** 10,000 events are about 5 MB here: large enough that round trips do not count, small enough for any machine. */
const SLICE = 10_000;
const MOST_FAULTS = 100;
const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/**
 * Reads every ledger event once, in order: builds the Merkle roots again that the audit chain holds, and compares each
 * event's columns with its text. Hashed here and not by the database, for the database is what is being checked.
 */
export class SealCheck {
  private readonly found: LedgerFault[] = [];
  private tree = new MerkleTree();
  private first = '0';
  private sealed = 0;

  constructor(
    private readonly tx: Pick<Tx, 'rows'>,
    private readonly organisation: OrganisationId,
  ) {}

  async run(): Promise<SealReport> {
    const seals = await this.seals();
    let next = 0;
    for await (const event of this.events()) {
      for (let seal = seals[next]; seal && BigInt(event.id) > BigInt(seal.last); seal = seals[++next]) this.close(seal);
      if (next < seals.length) this.add(event);
      if (!saysItsColumns(event)) this.fault(`event ${event.id}`, 'has columns that its text does not say');
    }
    for (const seal of seals.slice(next)) this.close(seal);
    return { sealed: this.sealed, faults: this.found };
  }

  private add(event: Event): void {
    if (this.tree.count() === 0) this.first = event.id;
    this.tree.add(ledgerLeaf(event));
  }

  private close(seal: Seal): void {
    const same =
      this.tree.root().toString('hex') === seal.root && this.tree.count() === seal.events && this.first === seal.first;
    if (!same) this.fault(`events ${seal.first}-${seal.last}`, 'do not match the root that the chain holds');
    this.sealed += this.tree.count();
    this.tree = new MerkleTree();
  }

  private fault(where: string, what: string): void {
    if (this.found.length < MOST_FAULTS) this.found.push({ where, what });
  }

  /** What was sealed, by the chain. The table only tells the sealer where it is, and must say the same. */
  private async seals(): Promise<readonly Seal[]> {
    const lines = await this.tx.rows<{ seq: string; at: string; body: string }>(
      `select a.seq::text, to_char(a.at at time zone 'UTC', ${INSTANT}) as at, a.body
         from audit_line a where a.organisation_id = $1 and a.type = 'ledger.sealed' order by a.seq`,
      [this.organisation],
    );
    const rows = await this.tx.rows<Seal & { seq: string; at: string }>(
      `select audit_seq::text as seq, first_id::text as first, last_id::text as last, events, encode(root, 'hex') as root,
              to_char(sealed_at at time zone 'UTC', ${INSTANT}) as at
         from ledger_seal where organisation_id = $1`,
      [this.organisation],
    );
    const table = new Map(rows.map((row) => [row.seq, row]));
    if (table.size < rows.length) this.fault('ledger_seal', 'has two seals of one audit line');
    const seals: Seal[] = [];
    for (const line of lines) {
      const seal = readSeal(line.body);
      const row = table.get(line.seq);
      table.delete(line.seq);
      if (seal) seals.push(seal);
      if (!row) this.fault(`seal of audit line ${line.seq}`, 'is in the chain and not in the table');
      else if (!seal || row.at !== line.at || !sameSeal(row, seal))
        this.fault(`seal of audit line ${line.seq}`, 'is not what the chain says of it');
    }
    for (const seq of table.keys()) this.fault(`seal of audit line ${seq}`, 'is in the table and not in the chain');
    return seals;
  }

  /** In order; the next slice is on its way while one is worked through. */
  private async *events(): AsyncGenerator<Event> {
    let coming = this.slice('0');
    for (;;) {
      const events = await coming;
      const last = events.at(-1);
      if (last && events.length === SLICE) {
        coming = this.slice(last.id);
        // a broken connection is told when we come to it, not as a rejection that nobody was waiting for
        coming.catch(() => undefined);
      }
      yield* events;
      if (events.length < SLICE) return;
    }
  }

  /** Primary key: each slice starts where the last one ended. `e.id`, for plain `id` would order by the text. */
  private slice(after: string): Promise<Event[]> {
    return this.tx.rows<Event>(
      `select e.id::text, e.distribution_id as distribution, e.delivery_id as delivery, e.state, e.body,
              to_char(e.at at time zone 'UTC', ${INSTANT}) as at
         from delivery_event e where e.organisation_id = $1 and e.id > $2 order by e.id limit ${SLICE}`,
      [this.organisation, after],
    );
  }
}

function readSeal(body: string): Seal | undefined {
  try {
    const { facts } = JSON.parse(body) as { facts: { first: number; last: number; events: number; root: string } };
    return {
      first: BigInt(facts.first).toString(),
      last: BigInt(facts.last).toString(),
      events: facts.events,
      root: facts.root,
    };
  } catch {
    return undefined;
  }
}

function sameSeal(one: Seal, other: Seal): boolean {
  return one.first === other.first && one.last === other.last && one.events === other.events && one.root === other.root;
}

function saysItsColumns(event: Event): boolean {
  try {
    const { delivery, distribution, at, state } = JSON.parse(event.body) as Record<string, unknown>;
    return (
      delivery === event.delivery && distribution === event.distribution && at === event.at && state === event.state
    );
  } catch {
    return false;
  }
}
