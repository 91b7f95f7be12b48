import { MerkleTree } from '#libs/audit';
import { addressKey } from '#libs/contacts';
import type { OrganisationId, Secrets, Tx } from '#libs/kernel';
import { FrozenRows, frozenLeaf } from './frozen.rows.js';
import type { LedgerFault } from './seal.check.js';

const MOST_FAULTS = 100;

/** Compares what preparation fixed of each delivery with the root that the audit chain holds of it. */
export class FrozenCheck {
  private readonly found: LedgerFault[] = [];

  /** @param secrets with the master key, addresses are compared with their pseudonyms too */
  constructor(
    private readonly tx: Pick<Tx, 'rows'>,
    private readonly organisation: OrganisationId,
    private readonly secrets: Secrets | undefined,
  ) {}

  async run(): Promise<readonly LedgerFault[]> {
    const roots = await this.roots();
    let distribution: string | undefined;
    let tree = new MerkleTree();
    const close = () => {
      const told = distribution && roots.get(distribution);
      if (told && told !== tree.root().toString('hex'))
        this.fault(`distribution ${distribution}`, 'has recipients or messages other than those that were prepared');
      if (distribution) roots.delete(distribution);
      tree = new MerkleTree();
    };
    for await (const row of new FrozenRows(this.tx, this.organisation).rows()) {
      if (row.distribution !== distribution) close();
      distribution = row.distribution;
      tree.add(frozenLeaf(row));
      if (this.secrets && !addressKey(this.secrets, this.organisation, row.address).equals(row.addressKey))
        this.fault(`delivery ${row.id}`, 'has an address that is not the one of its pseudonym');
    }
    close();
    for (const gone of roots.keys()) this.fault(`distribution ${gone}`, 'was prepared, and its rows are gone');
    return this.found;
  }

  /** The last root the chain tells of each distribution; one that was prepared again has several. */
  private async roots(): Promise<Map<string, string>> {
    const lines = await this.tx.rows<{ body: string }>(
      `select body from audit_line where organisation_id = $1 and type = 'release.prepared' order by seq`,
      [this.organisation],
    );
    const roots = new Map<string, string>();
    for (const { body } of lines) {
      const facts = readFacts(body);
      if (facts?.distribution && facts.frozen) roots.set(facts.distribution, facts.frozen);
    }
    return roots;
  }

  private fault(where: string, what: string): void {
    if (this.found.length < MOST_FAULTS) this.found.push({ where, what });
  }
}

function readFacts(body: string): { distribution?: string; frozen?: string } | undefined {
  try {
    return (JSON.parse(body) as { facts?: { distribution?: string; frozen?: string } }).facts;
  } catch {
    return undefined; // the check of the chain tells it
  }
}
