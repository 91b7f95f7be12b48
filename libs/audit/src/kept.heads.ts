import { timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrganisationId, Secrets } from '#libs/kernel';
import type { ChainHead } from './chain.js';

export interface KeptHead extends ChainHead {
  /** By the database's clock. */
  readonly at: Date;
  readonly why: 'hourly' | 'finished' | 'verified';
}

export interface KeptRead {
  /** Oldest first. */
  readonly heads: readonly KeptHead[];
  /** Lines (from 1) that are no head, or that were not written with this installation's key. */
  readonly spoilt: readonly number[];
}

interface Line {
  readonly at: string;
  readonly organisation: string;
  readonly seq: number;
  readonly hash: string;
  readonly why: KeptHead['why'];
  readonly mac: string;
}

/**
 * Heads of the audit chain in files beside the database, one line of JSON each, because a chain by itself does not show
 * that its end was cut off. Each line carries a MAC under a key of its own (HKDF of the master key), so that whoever can
 * write the file but has not the key cannot make one up.
 */
export class KeptHeads {
  private readonly seen = new Map<OrganisationId, { readonly stamp: string; readonly last: KeptHead | undefined }>();

  /** @param folder made when the first head is kept */
  constructor(
    private readonly folder: string,
    private readonly secrets: Secrets,
  ) {}

  /** The file of an organisation, to be copied to where the database's administrator cannot write. */
  file(organisation: OrganisationId): string {
    return join(this.folder, `${organisation}.jsonl`);
  }

  /** Adds one head; on disk when it returns. What a crash left of a line before is dropped first. */
  async keep(organisation: OrganisationId, head: KeptHead): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const told = {
      at: head.at.toISOString(),
      organisation,
      seq: head.seq,
      hash: head.hash.toString('hex'),
      why: head.why,
    };
    const line = `${JSON.stringify({ ...told, mac: this.mac(told).toString('hex') })}\n`;
    const file = await open(this.file(organisation), 'a+', 0o600);
    try {
      const text = await file.readFile();
      const whole = text.lastIndexOf('\n') + 1;
      if (whole < text.length) await file.truncate(whole);
      await file.appendFile(line);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(this.folder);
  }

  /** Every head of an organisation, from our own file or from a copy of it. */
  async read(organisation: OrganisationId, file = this.file(organisation)): Promise<KeptRead> {
    const text = await readFile(file, 'utf8').catch(missing);
    const lines = (text ?? '').split('\n').slice(0, -1); // behind the last line end: nothing, or what a crash left
    const read = lines.map((line) => this.parse(organisation, line));
    return {
      heads: read.filter((head) => head !== undefined),
      spoilt: read.flatMap((head, at) => (head ? [] : [at + 1])),
    };
  }

  /** The newest head; reads the file only when it changed. */
  async last(organisation: OrganisationId): Promise<KeptHead | undefined> {
    const stats = await stat(this.file(organisation)).catch(missing);
    const stamp = stats ? `${stats.mtimeMs} ${stats.size}` : 'none';
    let seen = this.seen.get(organisation);
    if (seen?.stamp !== stamp) {
      seen = { stamp, last: (await this.read(organisation)).heads.at(-1) };
      this.seen.set(organisation, seen);
    }
    return seen.last;
  }

  private parse(organisation: OrganisationId, text: string): KeptHead | undefined {
    try {
      const line = JSON.parse(text) as Line;
      const mac = Buffer.from(line.mac, 'hex');
      const own = this.mac(line);
      if (line.organisation !== organisation || mac.length !== own.length || !timingSafeEqual(mac, own))
        return undefined;
      return { seq: line.seq, hash: Buffer.from(line.hash, 'hex'), at: new Date(line.at), why: line.why };
    } catch {
      return undefined;
    }
  }

  private mac({ at, organisation, seq, hash, why }: Omit<Line, 'mac'>): Buffer {
    return this.secrets.mac('ledger-head', [at, organisation, seq, hash, why].join('\n'));
  }
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

/** A new file's name must survive a power cut too. Not everywhere can a folder be opened; there it is the system's affair. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
