/** Bytes per value of each TIFF field type, by its number. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const GPS_POINTER = 0x8825;
const ENTRY = 12;

interface Tiff {
  readonly bytes: Buffer;
  readonly short: (at: number) => number;
  readonly long: (at: number) => number;
  readonly setShort: (at: number, value: number) => void;
}

/**
 * Takes the GPS directory out of an Exif block (a TIFF structure, Exif 3.0 section 4.6), in place and without changing its
 * length: its values are zeroed and its pointer leaves the first directory. Everything else stays where it was.
 * A block that cannot be read is zeroed as a whole: nobody could read its orientation either.
 * @param block from the byte-order mark on; changed in place
 */
export function removeExifLocation(block: Buffer): void {
  try {
    const tiff = openTiff(block);
    const first = tiff.long(4);
    const count = tiff.short(first);
    for (let index = 0; index < count; index++) {
      const entry = first + 2 + index * ENTRY;
      if (tiff.short(entry) !== GPS_POINTER) continue;
      zeroDirectory(tiff, tiff.long(entry + 8));
      dropEntry(tiff, { first, count, entry });
      return;
    }
  } catch {
    block.fill(0);
  }
}

function openTiff(bytes: Buffer): Tiff {
  const order = bytes.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') throw new RangeError('no TIFF byte order');
  const little = order === 'II';
  return {
    bytes,
    short: (at) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    long: (at) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)),
    setShort: (at, value) => void (little ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at)),
  };
}

function zeroDirectory(tiff: Tiff, at: number): void {
  const count = tiff.short(at);
  for (let index = 0; index < count; index++) {
    const entry = at + 2 + index * ENTRY;
    const size = (SIZES[tiff.short(entry + 2)] ?? 1) * tiff.long(entry + 4);
    const offset = tiff.long(entry + 8);
    if (size > 4) tiff.bytes.fill(0, offset, Math.min(offset + size, tiff.bytes.length));
  }
  tiff.bytes.fill(0, at, Math.min(at + 2 + count * ENTRY, tiff.bytes.length));
}

/** Moves the later entries and the offset of the next directory up by one place. */
function dropEntry(tiff: Tiff, where: { first: number; count: number; entry: number }): void {
  const end = where.first + 2 + where.count * ENTRY + 4;
  if (end > tiff.bytes.length) throw new RangeError('a directory that ends beyond its block');
  tiff.bytes.copyWithin(where.entry, where.entry + ENTRY, end);
  tiff.bytes.fill(0, end - ENTRY, end);
  tiff.setShort(where.first, where.count - 1);
}
