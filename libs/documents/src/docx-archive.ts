import { Problem } from '#libs/kernel';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

/**
 * What a Word file may unpack to. A release with twenty print pictures has some 60 entries and 80 MB; zip bombs, nested
 * or overlapping, pass one of these limits within their first entries.
 */
const LIMITS = {
  entries: 2000,
  entryBytes: 60_000_000,
  totalBytes: 150_000_000,
  /** Deflate tops out near 1030:1; document XML of real files lies between 5:1 and 40:1. */
  ratio: 150,
  /** Small parts of little but white space compress better than that and harm nobody. */
  ratioCountsFrom: 2_000_000,
} as const;

/** The unpacked parts of a Word file, by path. */
export type DocxParts = ReadonlyMap<string, Buffer>;

/**
 * Unpacks a Word file under limits, every entry in full, so that nothing later trusts a size that the archive only claims.
 * @throws Problem `import.docx.broken`, `import.docx.not-word`, `import.docx.too-large`
 */
export async function unpackDocx(bytes: Buffer): Promise<DocxParts> {
  const parts = await unpack(bytes).catch((cause: unknown) => {
    throw cause instanceof Problem ? cause : broken(cause);
  });
  if (parts.has('word/document.xml') || mainPartOf(parts)) return parts;
  throw new Problem({
    code: 'import.docx.not-word',
    field: 'file',
    message: parts.has('xl/workbook.xml')
      ? 'The file is an Excel workbook, not a Word document.'
      : 'The file is an archive, but not a Word document.',
    remedy: 'Choose the release itself, saved from Word as .docx.',
  });
}

function mainPartOf(parts: DocxParts): boolean {
  const types = parts.get('[Content_Types].xml')?.toString('utf8') ?? '';
  return /wordprocessingml\.document\.main\+xml/.test(types);
}

async function unpack(bytes: Buffer): Promise<DocxParts> {
  const zip = await openZip(bytes);
  const parts = new Map<string, Buffer>();
  let total = 0;
  if (zip.entryCount > LIMITS.entries) throw tooLarge(`it has ${zip.entryCount} parts`);
  for (let entry = await nextEntry(zip); entry; entry = await nextEntry(zip)) {
    if (parts.size > LIMITS.entries) throw tooLarge(`it has more than ${LIMITS.entries} parts`);
    refuseEntry(entry);
    if (entry.fileName.endsWith('/')) continue;
    const content = await readEntry(zip, entry, LIMITS.totalBytes - total);
    total += content.length;
    parts.set(entry.fileName, content);
  }
  return parts;
}

function refuseEntry(entry: Entry): void {
  if (entry.isEncrypted()) {
    throw new Problem({
      code: 'import.docx.encrypted',
      field: 'file',
      message: 'The Word document is protected by a password.',
      remedy: 'Remove the password in Word and save it again.',
    });
  }
  if (entry.uncompressedSize > LIMITS.entryBytes)
    throw tooLarge(`${entry.fileName} unpacks to ${megabytes(entry.uncompressedSize)}`);
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
  if (entry.uncompressedSize > LIMITS.ratioCountsFrom && ratio > LIMITS.ratio) {
    throw tooLarge(`${entry.fileName} unpacks to ${Math.round(ratio)} times its size`);
  }
}

function openZip(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => (error ? reject(error) : resolve(zip)));
  });
}

function nextEntry(zip: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.removeListener('entry', onEntry);
      zip.removeListener('end', onEnd);
      zip.removeListener('error', onError);
      act();
    };
    const onEntry = (entry: Entry) => settle(() => resolve(entry));
    const onEnd = () => settle(() => resolve(null));
    const onError = (error: Error) => settle(() => reject(error));
    zip.on('entry', onEntry);
    zip.on('end', onEnd);
    zip.on('error', onError);
    zip.readEntry();
  });
}

/** yauzl ends the stream with an error when an entry yields more or less than its header says. */
function readEntry(zip: ZipFile, entry: Entry, room: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(error);
      const chunks: Buffer[] = [];
      let size = 0;
      stream.on('error', reject);
      stream.on('end', () => resolve(Buffer.concat(chunks)));
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > room) {
          stream.destroy();
          reject(tooLarge(`it unpacks to more than ${megabytes(LIMITS.totalBytes)}`));
        } else chunks.push(chunk);
      });
    });
  });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

function broken(cause: unknown): Problem {
  return new Problem({
    code: 'import.docx.broken',
    field: 'file',
    message: 'The Word document is damaged and cannot be unpacked.',
    remedy: 'Open it in Word, let Word repair it, and save it again as .docx.',
    cause,
  });
}

function tooLarge(why: string): Problem {
  return new Problem({
    code: 'import.docx.too-large',
    field: 'file',
    message: `The Word document is too large to be a press release: ${why}.`,
    remedy: 'Save the text alone as .docx and add the pictures to the release afterwards.',
  });
}
