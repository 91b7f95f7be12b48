import { createHash } from 'node:crypto';
import { bodyHash, dkimSignature, relaxedBody, type DkimIdentity } from './dkim.js';
import { recipientHeaders, type RecipientFields } from './headers.js';
import type { LetterSlot, Skeleton } from './mime.js';
import { encodeQuotedPrintable } from './quoted-printable.js';

/** What makes a copy one person's own. About 1.3 KB; with the skeleton it is the message, to the byte. */
export interface Pieces {
  /** Signature and header lines of this copy; they come before the shared ones. */
  readonly head: Buffer;
  /** Encoded values, one for each slot of the skeleton, in its order. */
  readonly values: readonly Buffer[];
}

export interface Addressee extends RecipientFields {
  /** Value of every slot by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Escapes a value for the context of its slot; `libs/rendering` has the one that counts. */
export type FillSlot<Slot extends LetterSlot> = (slot: Slot, value: string) => string;

/**
 * Encodes and signs one copy. Everything that can fail for this person fails here, before T: throws a Problem for a
 * header that cannot be sent, and an Error for a slot without a value.
 */
export async function piecesOf<Slot extends LetterSlot>(
  skeleton: Skeleton<Slot>,
  addressee: Addressee,
  fill: FillSlot<Slot>,
  identity: DkimIdentity,
): Promise<Pieces> {
  const values = skeleton.slots.map((slot) => {
    const value = addressee.values[slot.name];
    if (value === undefined) throw new Error(`Slot "${slot.name}" has no value for delivery ${addressee.deliveryId}.`);
    return encodeQuotedPrintable(fill(slot, value));
  });
  const own = recipientHeaders(addressee, skeleton.fields.from);
  const shared = skeleton.segments[0]!.toString('utf8', 0, skeleton.headLength - 2);
  const signature = await dkimSignature(identity, own + shared, bodyHash(canonicalBody(skeleton, values)));
  return { head: Buffer.from(signature + own, 'utf8'), values };
}

/** The message as buffers to be written one after another; shared ones are the same objects for every copy. */
export function stitch(skeleton: Skeleton, pieces: Pieces): Buffer[] {
  const message = [pieces.head];
  skeleton.segments.forEach((segment, i) => {
    if (segment.length > 0) message.push(segment);
    const place = skeleton.places[i];
    if (place === undefined) return;
    const value = pieces.values[place]!;
    if (value.length > 0) message.push(value);
  });
  return message;
}

/** SHA-256 of the message as it goes over the wire, without the final dot. */
export function messageSha256(segments: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const segment of segments) hash.update(segment);
  return hash.digest();
}

const canonicalSegments = new WeakMap<Skeleton, readonly Buffer[]>();

function* canonicalBody(skeleton: Skeleton, values: readonly Buffer[]): Generator<Buffer> {
  let segments = canonicalSegments.get(skeleton);
  if (!segments) {
    segments = skeleton.segments.map((segment, i) =>
      relaxedBody(i === 0 ? segment.subarray(skeleton.headLength) : segment),
    );
    canonicalSegments.set(skeleton, segments);
  }
  for (let i = 0; i < segments.length; i++) {
    yield segments[i]!;
    const place = skeleton.places[i];
    if (place !== undefined) yield relaxedBody(values[place]!);
  }
}

const PIECES_FORMAT = 1;

/** Pieces as one value to be stored: format, number of values, length of head and values (32 bits each), bytes. */
export function packPieces(pieces: Pieces): Buffer {
  const parts = [pieces.head, ...pieces.values];
  const start = Buffer.alloc(3 + parts.length * 4);
  start.writeUInt8(PIECES_FORMAT, 0);
  start.writeUInt16BE(pieces.values.length, 1);
  parts.forEach((part, i) => start.writeUInt32BE(part.length, 3 + i * 4));
  return Buffer.concat([start, ...parts]);
}

/** The other way, without copying; throws when the bytes are of another format or cut short. */
export function unpackPieces(bytes: Buffer): Pieces {
  if (bytes.length < 7 || bytes[0] !== PIECES_FORMAT) throw new Error('These bytes are not pieces of format 1.');
  const parts = bytes.readUInt16BE(1) + 1;
  let at = 3 + parts * 4;
  if (bytes.length < at) throw new Error('The pieces are cut short.');
  const [head, ...values] = Array.from({ length: parts }, (_, i) =>
    bytes.subarray(at, (at += bytes.readUInt32BE(3 + i * 4))),
  );
  if (at !== bytes.length || !head) throw new Error('The pieces are cut short or have bytes left over.');
  return { head, values };
}
