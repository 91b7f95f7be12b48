import { timingSafeEqual } from 'node:crypto';
import type { Secrets } from './secrets.js';

/** What a link may do. A link made for one purpose is nothing to another. */
export type LinkPurpose = 'unsubscribe' | 'preferences';

export interface LinkTarget {
  readonly purpose: LinkPurpose;
  /** The delivery it was mailed with, or another of our ids. */
  readonly id: string;
  /** Seconds since 1970 after which it is dead. */
  readonly expires: number;
}

const CODES = { unsubscribe: 1, preferences: 2 } as const satisfies Record<LinkPurpose, number>;
const VERSION = 1;
const BODY = 1 + 1 + 16 + 4;
const MAC = 16;

/**
 * Signed, purpose-bound, expiring tokens for links in mails: 38 bytes, 51 characters of base64url. They hold an id, never
 * an address, and are checked without a look at the database.
 */
export class Links {
  constructor(private readonly secrets: Secrets) {}

  make(target: LinkTarget): string {
    const body = Buffer.alloc(BODY);
    body.writeUInt8(VERSION, 0);
    body.writeUInt8(CODES[target.purpose], 1);
    Buffer.from(target.id.replaceAll('-', ''), 'hex').copy(body, 2);
    body.writeUInt32BE(target.expires, 18);
    return Buffer.concat([body, this.mac(body)]).toString('base64url');
  }

  /** The id the token speaks of, or undefined: forged, for another purpose, or expired. Never says which. */
  read(token: string, purpose: LinkPurpose, nowMs: number): string | undefined {
    const bytes = Buffer.from(token, 'base64url');
    // base64url decoding is lenient; only the exact spelling we made is ours
    if (bytes.length !== BODY + MAC || bytes.toString('base64url') !== token) return undefined;
    const body = bytes.subarray(0, BODY);
    if (!timingSafeEqual(this.mac(body), bytes.subarray(BODY))) return undefined;
    if (body[0] !== VERSION || body[1] !== CODES[purpose]) return undefined;
    if (body.readUInt32BE(18) * 1000 < nowMs) return undefined;
    const hex = body.toString('hex', 2, 18);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  private mac(body: Buffer): Buffer {
    return this.secrets.mac('link-signature', body.toString('hex')).subarray(0, MAC);
  }
}
