import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A file of a kit: from the asset store, or a text written for it. Names are UTF-8 and lie in one folder. */
export type KitFile =
  | { readonly name: string; readonly path: string; readonly sha256: Buffer }
  | { readonly name: string; readonly text: string };

/**
 * A ZIP as a stream: files are stored, not deflated (pictures do not shrink, and a broken download can be picked up where
 * it stopped), names carry the UTF-8 flag, and SHA256SUMS lists every file for `sha256sum -c`. Equal files, folder and date
 * give equal bytes.
 * @param made the date every file in it shows
 */
export async function* zipKit(folder: string, files: readonly KitFile[], made: Date): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const options = { compress: false, mtime: made, mode: 0o100644, forceDosTimestamp: true };
  const sums: string[] = [];
  for (const file of files) {
    const bytes = 'text' in file ? Buffer.from(file.text, 'utf8') : undefined;
    sums.push(`${hex('path' in file ? file.sha256 : sha256(bytes))}  ${file.name}\n`);
    if ('path' in file) zip.addFile(file.path, `${folder}/${file.name}`, options);
    else if (bytes) zip.addBuffer(bytes, `${folder}/${file.name}`, options);
  }
  zip.addBuffer(Buffer.from(sums.join(''), 'utf8'), `${folder}/SHA256SUMS`, options);
  zip.end();
  const bytes = zip.outputStream as Readable;
  // yazl tells of a file it cannot read on the archive alone and then waits for ever
  zip.once('error', (error: Error) => bytes.destroy(error));
  yield* bytes;
}

function sha256(bytes: Buffer | undefined): Buffer {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest();
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
