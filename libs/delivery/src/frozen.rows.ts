import { MerkleTree } from '#libs/audit';
import type { DistributionId, OrganisationId, Tx } from '#libs/kernel';

/** What preparation fixed of a delivery: who gets which bytes in which place. It never changes afterwards. */
export interface FrozenRow {
  readonly distribution: DistributionId;
  readonly position: number;
  readonly shard: number;
  readonly id: string;
  readonly journalist: string;
  readonly address: string;
  readonly addressKey: Buffer;
  readonly language: string;
  /** SHA-256 of the message; null where nothing was prepared. */
  readonly message: Buffer | null;
}

const SLICE = 10_000;
const START = {
  distribution: '00000000-0000-0000-0000-000000000000',
  shard: -1,
  position: -1,
  id: '00000000-0000-0000-0000-000000000000',
};

/**
 * Binds the rows of a prepared distribution into the audit chain by one root, so that neither a recipient nor the SHA-256
 * of a message can be exchanged afterwards. Addresses are in it by pseudonym only.
 */
export class FrozenRows {
  constructor(
    private readonly tx: Pick<Tx, 'rows'>,
    private readonly organisation: OrganisationId,
  ) {}

  /** Root (hex) over the rows of one distribution in sending order. */
  async root(distribution: DistributionId): Promise<string> {
    const tree = new MerkleTree();
    for await (const row of this.rows(distribution)) tree.add(frozenLeaf(row));
    return tree.root().toString('hex');
  }

  /** Rows of one distribution, or of all, each distribution in sending order. Index delivery_in_order. */
  async *rows(distribution?: DistributionId): AsyncGenerator<FrozenRow> {
    let after: Pick<FrozenRow, 'shard' | 'position' | 'id'> & { distribution: string } = START;
    for (;;) {
      const rows = await this.tx.rows<FrozenRow>(
        `select d.distribution_id as distribution, d.shard, d.position, d.id, d.journalist_id as journalist,
                d.canonical_address as address, d.address_key as "addressKey", d.language, d.message_sha256 as message
           from delivery d
          where d.organisation_id = $1 and ($2::uuid is null or d.distribution_id = $2)
            and (d.distribution_id, d.shard, d.position, d.id) > ($3, $4, $5, $6)
          order by d.distribution_id, d.shard, d.position, d.id limit ${SLICE}`,
        [this.organisation, distribution ?? null, after.distribution, after.shard, after.position, after.id],
      );
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < SLICE) return;
      after = last;
    }
  }
}

/** A Merkle leaf: all that is fixed, in one line. */
export function frozenLeaf(row: FrozenRow): string {
  const parts = [row.position, row.shard, row.id, row.journalist, row.addressKey.toString('hex'), row.language];
  return [...parts, row.message?.toString('hex') ?? '-'].join(' ');
}
