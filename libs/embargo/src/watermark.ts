import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The furthest that a worker of this machine has seen one database: kept outside it, so that it cannot be put back with it. */
export interface Watermark {
  /** Life of the data (table `instance`) at that moment. */
  readonly life: string;
  /** The database's count of pulses. */
  readonly pulse: number;
  /** Position in the write-ahead log that had reached the disk: never goes back in one life, not even in a crash. */
  readonly lsn: string;
  /** By the database's clock, RFC 3339. */
  readonly at: string;
}

/** One small file per database in the data folder, so that a folder that served another database means nothing to this one. */
export class WatermarkFile {
  private readonly folder: string;

  /** @param data DATELINE_DATA */
  constructor(data: string) {
    this.folder = join(data, 'watermarks');
  }

  /** Undefined where there is none, or none that can be read: a worker that remembers nothing knows nothing against it. */
  read(database: string): Watermark | undefined {
    try {
      const kept = JSON.parse(readFileSync(this.path(database), 'utf8')) as Partial<Watermark>;
      const { life, pulse, lsn, at } = kept;
      const texts = typeof life === 'string' && typeof at === 'string' && /^[0-9A-F]+\/[0-9A-F]+$/i.test(lsn ?? '');
      return texts && Number.isSafeInteger(pulse) ? { life, pulse: pulse ?? 0, lsn: lsn ?? '', at } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Replaces it in one step, on the disk before it counts. */
  write(database: string, watermark: Watermark): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const draft = `${this.path(database)}.${process.pid}`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeSync(file, `${JSON.stringify(watermark)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, this.path(database));
  }

  private path(database: string): string {
    return join(this.folder, `${database}.json`);
  }
}
