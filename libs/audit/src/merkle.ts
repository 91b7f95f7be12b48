import { createHash } from 'node:crypto';

/**
 * Root of a Merkle tree as in RFC 9162 section 2.1: leaves hashed with a 0x00 prefix, nodes with 0x01, so that a node can
 * never be passed off as a leaf; the left part holds the largest power of two below the count. The root of nothing is
 * SHA-256 of the empty text. Computed while leaves stream by, holding one hash per level.
 */
export class MerkleTree {
  private readonly peaks: { size: number; hash: Buffer }[] = [];
  private leaves = 0;

  add(leaf: Buffer | string): void {
    let node: { size: number; hash: Buffer } = {
      size: 1,
      hash: createHash('sha256').update(LEAF).update(leaf).digest(),
    };
    for (let last = this.peaks.at(-1); last && last.size === node.size; last = this.peaks.at(-1)) {
      this.peaks.pop();
      node = { size: node.size * 2, hash: join(last.hash, node.hash) };
    }
    this.peaks.push(node);
    this.leaves += 1;
  }

  count(): number {
    return this.leaves;
  }

  root(): Buffer {
    const last = this.peaks.at(-1);
    if (!last) return createHash('sha256').digest();
    return this.peaks.slice(0, -1).reduceRight((right, peak) => join(peak.hash, right), last.hash);
  }
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

function join(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}
