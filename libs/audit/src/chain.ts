import { createHash } from 'node:crypto';

/** One stored line of a chain, as read from `audit_line`. */
export interface ChainLine {
  readonly seq: number;
  /** The instant of the column, as the body writes it: UTC with microseconds. */
  readonly at: string;
  readonly type: string;
  readonly subject: string;
  readonly body: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

export interface ChainFault {
  readonly seq: number;
  /** `rewritten`: it fits its neighbours, and a head kept outside the database names another line in its place. */
  readonly what: 'missing' | 'reordered' | 'edited' | 'unlinked' | 'truncated' | 'rewritten';
}

/** The end of a chain at some moment; kept elsewhere it shows later that the chain was cut off or written anew. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Buffer;
}

/** The hash a chain starts from. */
export function chainStart(organisation: string): Buffer {
  return sha256(Buffer.from(`dateline audit chain of ${organisation}`, 'utf8'));
}

/** Checks lines in order of seq, in as many slices as the caller likes; holds only the last hash and the known heads. */
export class ChainCheck {
  private previous: Buffer;
  private expected = 1;
  private readonly known: ReadonlyMap<number, readonly Buffer[]>;
  private readonly found: ChainFault[] = [];

  /** @param known heads kept outside the database, in any order */
  constructor(organisation: string, known: readonly ChainHead[] = []) {
    this.previous = chainStart(organisation);
    const heads = new Map<number, Buffer[]>();
    for (const { seq, hash } of known) heads.set(seq, [...(heads.get(seq) ?? []), hash]);
    this.known = heads;
  }

  take(line: ChainLine): void {
    if (line.seq !== this.expected) this.fault(this.expected, line.seq > this.expected ? 'missing' : 'reordered');
    if (!line.previous.equals(this.previous)) this.fault(line.seq, 'unlinked');
    const body = Buffer.from(line.body, 'utf8');
    if (!sha256(Buffer.concat([line.previous, body])).equals(line.hash) || !saysItsColumns(line))
      this.fault(line.seq, 'edited');
    if (this.known.get(line.seq)?.some((hash) => !hash.equals(line.hash))) this.fault(line.seq, 'rewritten');
    this.previous = line.hash;
    this.expected = line.seq + 1;
  }

  /** What was wrong so far, and, as nothing more comes, whether a known head lies beyond the end. */
  faults(): readonly ChainFault[] {
    const beyond = [...this.known.keys()].some((seq) => seq >= this.expected);
    return beyond ? [...this.found, { seq: this.expected, what: 'truncated' }] : this.found;
  }

  /** Number of the last line and its hash; compare it with a head kept outside the database. */
  head(): ChainHead {
    return { seq: this.expected - 1, hash: this.previous };
  }

  private fault(seq: number, what: ChainFault['what']): void {
    this.found.push({ seq, what });
  }
}

/** The columns repeat what the hashed text says, so that one can search by them; they must not say anything else. */
function saysItsColumns(line: ChainLine): boolean {
  try {
    const { seq, at, type, subject } = JSON.parse(line.body) as Record<string, unknown>;
    return seq === line.seq && at === line.at && type === line.type && subject === line.subject;
  } catch {
    return false;
  }
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
