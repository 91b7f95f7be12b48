import { Problem } from '#libs/kernel';
import { readFile, stat } from 'node:fs/promises';
import { mediaTypeOf, type MediaType } from './media-type.js';

/** A picture of 100 million pixels as a fine JPEG has about 50 MB. */
const MOST_BYTES = 60 * 1024 * 1024;

/** The bytes of a file on disk. Throws a Problem naming it when it is too large or cannot be read. */
export async function readSource(path: string, fileName: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (found.size > MOST_BYTES) throw tooLarge(fileName, found.size);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem({
      code: 'assets.file.unreadable',
      field: fileName,
      message: `The file ${path} cannot be read.`,
      remedy: 'Check that it exists, is a file, and may be read by you.',
      cause,
    });
  }
}

/** What the bytes are. Throws a Problem when they are empty, too many, or of a kind we do not take. */
export function acceptedType(bytes: Buffer, fileName: string): MediaType {
  if (bytes.length > MOST_BYTES) throw tooLarge(fileName, bytes.length);
  const type = bytes.length > 0 ? mediaTypeOf(bytes) : undefined;
  if (type) return type;
  throw new Problem({
    code: bytes.length > 0 ? 'assets.file.unknown' : 'assets.file.empty',
    field: fileName,
    message:
      bytes.length > 0
        ? `The file ${fileName} is not a JPEG, PNG or WebP picture, a PDF, or plain text in UTF-8.`
        : `The file ${fileName} is empty.`,
    remedy:
      bytes.length > 0 ? 'Export pictures as JPEG or PNG and documents as PDF, then add that file.' : 'Send it again.',
  });
}

function tooLarge(fileName: string, bytes: number): Problem {
  return new Problem({
    code: 'assets.file.too_large',
    field: fileName,
    message: `The file ${fileName} has ${Math.ceil(bytes / 1024 / 1024)} MB; at most 60 MB are taken.`,
    remedy: 'Save the picture as JPEG with less quality, or scale it down.',
  });
}
