import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { keptSecret } from './kept.secret.js';
import { Problem } from './problem.js';
import type { Settings } from './settings.js';

export type KeyPurpose = 'address-pseudonym' | 'link-signature' | 'asset-name' | 'ledger-head';

/**
 * Keys derived from the master key, one per purpose (HKDF-SHA-256, RFC 5869), so that no two uses share a key.
 * @param master at least 32 bytes
 */
export class Secrets {
  private readonly keys = new Map<KeyPurpose, Buffer>();

  constructor(private readonly master: Buffer) {
    if (master.length < 32) throw new Error('The master key needs at least 32 bytes.');
  }

  /** HMAC-SHA-256 of a text under the key for this purpose; 32 bytes. */
  mac(purpose: KeyPurpose, text: string): Buffer {
    return createHmac('sha256', this.key(purpose)).update(text, 'utf8').digest();
  }

  /** The master key of this installation: DATELINE_KEY, or one made once and kept in the data folder. */
  static from(settings: Settings): Secrets {
    const text =
      settings.text('DATELINE_KEY') ||
      keptSecret(settings.text('DATELINE_DATA'), 'master.key', () => randomBytes(32).toString('base64'));
    const master = Buffer.from(text, 'base64');
    if (master.length < 32) {
      throw new Problem({
        code: 'settings.invalid',
        field: 'DATELINE_KEY',
        message: 'DATELINE_KEY is shorter than 32 bytes in base64.',
        remedy: 'Make one with: openssl rand -base64 32',
      });
    }
    return new Secrets(master);
  }

  private key(purpose: KeyPurpose): Buffer {
    let key = this.keys.get(purpose);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.master, '', `dateline ${purpose} v1`, 32));
      this.keys.set(purpose, key);
    }
    return key;
  }
}
