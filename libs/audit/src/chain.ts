import { createHash } from 'node:crypto';

/** One stored line of a chain, as read from `audit_line`. */
export interface ChainLine {
  readonly seq: number;
  readonly body: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

export interface ChainFault {
  readonly seq: number;
  readonly what: 'missing' | 'reordered' | 'edited' | 'unlinked' | 'truncated';
}

/** The hash a chain starts from. */
export function chainStart(organisation: string): Buffer {
  return sha256(Buffer.from(`dateline audit chain of ${organisation}`, 'utf8'));
}

/** Checks lines in order of seq, in as many slices as the caller likes; holds only the last hash. */
export class ChainCheck {
  private previous: Buffer;
  private expected = 1;
  readonly faults: ChainFault[] = [];

  constructor(organisation: string) {
    this.previous = chainStart(organisation);
  }

  take(line: ChainLine): void {
    if (line.seq !== this.expected)
      this.faults.push({ seq: this.expected, what: line.seq > this.expected ? 'missing' : 'reordered' });
    if (!line.previous.equals(this.previous)) this.faults.push({ seq: line.seq, what: 'unlinked' });
    const body = Buffer.from(line.body, 'utf8');
    if (!sha256(Buffer.concat([line.previous, body])).equals(line.hash) || !saysItsPlace(line)) {
      this.faults.push({ seq: line.seq, what: 'edited' });
    }
    this.previous = line.hash;
    this.expected = line.seq + 1;
  }

  /** Number of lines seen and the hash of the last; compare it with a head kept outside the database. */
  head(): { seq: number; hash: Buffer } {
    return { seq: this.expected - 1, hash: this.previous };
  }
}

function saysItsPlace(line: ChainLine): boolean {
  try {
    return (JSON.parse(line.body) as { seq?: unknown }).seq === line.seq;
  } catch {
    return false;
  }
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
