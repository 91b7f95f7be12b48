/** What we take in and serve; everything else is refused at the door. */
export const MEDIA_TYPES = {
  'image/jpeg': { extension: 'jpg', format: 'JPEG', picture: true },
  'image/png': { extension: 'png', format: 'PNG', picture: true },
  'image/webp': { extension: 'webp', format: 'WebP', picture: true },
  'application/pdf': { extension: 'pdf', format: 'PDF', picture: false },
  'text/plain': { extension: 'txt', format: 'Text', picture: false },
} as const satisfies Record<string, { extension: string; format: string; picture: boolean }>;
export type MediaType = keyof typeof MEDIA_TYPES;

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Texts that a program may run or draw although every byte of them is plain text. */
const ACTIVE_TEXT = /^\s*<(?:!doctype|html|svg|\?xml|script)/i;

/** Tells a file by its bytes alone, never by its name; undefined when it is none of ours. */
export function mediaTypeOf(bytes: Buffer): MediaType | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (bytes.subarray(0, 8).equals(PNG)) return 'image/png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp';
  if (ascii(bytes, 0, 5) === '%PDF-') return 'application/pdf';
  return isPlainText(bytes) ? 'text/plain' : undefined;
}

export function isPicture(type: MediaType): boolean {
  return MEDIA_TYPES[type].picture;
}

function ascii(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to);
}

function isPlainText(bytes: Buffer): boolean {
  if (bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d))
    return false;
  try {
    return !ACTIVE_TEXT.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}
