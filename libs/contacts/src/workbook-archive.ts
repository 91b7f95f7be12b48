import yauzl from 'yauzl';
import { Problem } from '#libs/kernel';

/** A real media list of 100,000 rows needs about a tenth of these. */
const LIMITS = {
  entries: 2_000,
  /** Of one part, unpacked. */
  partBytes: 512 * 1024 * 1024,
  /** Unpacked to packed; deflate reaches 1,032, sheets of dull rows about 40. */
  ratio: 250,
  /** Small parts may pack well. */
  ratioFreeBytes: 4 * 1024 * 1024,
} as const;

/**
 * The parts of an XLSX file, read by the central directory only. Sizes are checked when the file is opened and again
 * while unpacking (yauzl stops at the announced size), so an archive that lies costs no more than one that does not.
 * Nothing is written to disk: a media list is personal data.
 */
export class WorkbookArchive {
  private constructor(
    private readonly zip: yauzl.ZipFile,
    private readonly entries: ReadonlyMap<string, yauzl.Entry>,
  ) {}

  /** Throws a Problem for what is no ZIP, is encrypted, or unpacks to more than a media list can hold. */
  static async open(bytes: Buffer): Promise<WorkbookArchive> {
    try {
      const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, autoClose: false });
      if (zip.entryCount > LIMITS.entries) throw bomb(`it holds ${zip.entryCount} parts`);
      const entries = new Map<string, yauzl.Entry>();
      for await (const entry of zip.eachEntry()) {
        check(entry);
        if (entries.has(entry.fileName)) throw broken(new Error(`two parts are called ${entry.fileName}`));
        entries.set(entry.fileName, entry);
      }
      return new WorkbookArchive(zip, entries);
    } catch (error) {
      throw error instanceof Problem ? error : broken(error);
    }
  }

  has(part: string): boolean {
    return this.entries.has(part);
  }

  /** Pieces of a part's XML; nothing for a part that is not there. */
  async *text(part: string, mostBytes: number = LIMITS.partBytes): AsyncGenerator<string> {
    const entry = this.entries.get(part);
    if (!entry) return;
    if (entry.uncompressedSize > mostBytes) throw bomb(`${part} unpacks to ${entry.uncompressedSize} bytes`);
    try {
      const decoder = new TextDecoder('utf-8');
      const stream = await this.zip.openReadStreamPromise(entry);
      try {
        for await (const piece of stream as AsyncIterable<Buffer>) yield decoder.decode(piece, { stream: true });
        yield decoder.decode();
      } finally {
        stream.destroy();
      }
    } catch (error) {
      throw error instanceof Problem ? error : broken(error);
    }
  }
}

function check(entry: yauzl.Entry): void {
  if (entry.isEncrypted()) throw protectedFile();
  if (entry.uncompressedSize > LIMITS.partBytes)
    throw bomb(`${entry.fileName} unpacks to ${entry.uncompressedSize} bytes`);
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
  if (entry.uncompressedSize > LIMITS.ratioFreeBytes && ratio > LIMITS.ratio) {
    throw bomb(`${entry.fileName} unpacks to ${Math.round(ratio)} times its size`);
  }
}

function bomb(why: string): Problem {
  return new Problem({
    code: 'contacts.import.bomb',
    field: 'file',
    message: `The workbook is refused: ${why}, which no media list needs.`,
    remedy: 'Copy the rows you need into a new workbook and save that, or save them as CSV.',
  });
}

function protectedFile(): Problem {
  return new Problem({
    code: 'contacts.import.protected',
    field: 'file',
    message: 'The workbook is protected with a password.',
    remedy: 'Save a copy without password and import that.',
  });
}

/** For the reader of the parts as well: a workbook whose inside does not fit together. */
export function broken(cause: unknown): Problem {
  return new Problem({
    code: 'contacts.import.broken-workbook',
    field: 'file',
    message: 'The workbook is damaged and cannot be read to its end.',
    remedy: 'Open it in a spreadsheet program, save it again as .xlsx or as CSV UTF-8, and import that.',
    cause,
  });
}
