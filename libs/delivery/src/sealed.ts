import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, randomFillSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { keptSecret, Problem, type DistributionId, type OrganisationId, type Settings } from '#libs/kernel';

const CIPHER = 'aes-256-gcm';
const FORMAT = 1;
const MARK_BYTES = 4;
/** 96 bits, the length GCM uses as it is (NIST SP 800-38D section 8.2.2). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + MARK_BYTES;
const TEXT_AT = NONCE_AT + NONCE_BYTES;
/** What sealing adds to a value: format, mark of the key, nonce, tag. */
export const SEAL_BYTES = TEXT_AT + TAG_BYTES;

/** Nonces are drawn this many at a time: one system call for all of them, not one each. */
const NONCES_DRAWN = 256;
/** Keys kept ready; a worker has a handful of distributions in hand at once. */
const KEYS_KEPT = 64;

/** Names the one place a sealed value belongs to: `what` is a delivery's id, or the language of a skeleton. */
export function placeOf(organisation: OrganisationId, distribution: DistributionId, what: string): string {
  return `${organisation}/${distribution}/${what}`;
}

/**
 * Keeps prepared messages unreadable in the database and its backups until a worker sends them: AES-256-GCM under
 * MESSAGE_KEY, which only workers hold. Each value is bound to its place, so that a row put in another's stead is refused
 * and nobody gets another person's copy.
 *
 * A nonce must never serve twice under one key. Each distribution has a key of its own (HKDF-SHA-256, RFC 5869) and each
 * value a fresh random nonce, also when it is prepared a second time; a nonce made from the delivery's id would repeat
 * there, with other bytes. For 100,000 values the chance of any repetition is 2^-64, for ten million 2^-50; NIST SP
 * 800-38D section 8.3 allows 2^-32.
 */
export class Sealing {
  private readonly keys = new Map<string, KeyObject>();
  private readonly mark: Buffer;
  private readonly nonces = Buffer.alloc(NONCES_DRAWN * NONCE_BYTES);
  private nextNonce = this.nonces.length;

  /** @param master at least 32 random bytes */
  constructor(private readonly master: Buffer) {
    if (master.length < 32) throw new Error('The message key needs at least 32 bytes.');
    // tells two keys apart and nothing about either: one more HKDF output, used for nothing else
    this.mark = Buffer.from(hkdfSync('sha256', master, '', 'dateline message-key mark v1', MARK_BYTES));
  }

  /** MESSAGE_KEY, or one made once and kept in the data folder. Only the worker calls this. */
  static from(settings: Settings): Sealing {
    const text =
      settings.text('MESSAGE_KEY') ||
      keptSecret(settings.text('DATELINE_DATA'), 'message.key', () => randomBytes(32).toString('base64'));
    const master = Buffer.from(text, 'base64');
    if (master.length >= 32) return new Sealing(master);
    throw new Problem({
      code: 'settings.invalid',
      field: 'MESSAGE_KEY',
      message: 'MESSAGE_KEY is shorter than 32 bytes in base64.',
      remedy: 'Make one with: openssl rand -base64 32',
    });
  }

  /**
   * @param bound the place as `placeOf` names it
   * @returns format, mark of the key, nonce, encrypted bytes, tag: 33 bytes more than `plain`
   */
  seal(plain: Buffer, bound: string): Buffer {
    const sealed = Buffer.allocUnsafe(plain.length + SEAL_BYTES);
    sealed[0] = FORMAT;
    this.mark.copy(sealed, 1);
    this.drawNonce().copy(sealed, NONCE_AT);
    const cipher = createCipheriv(CIPHER, this.keyFor(bound), sealed.subarray(NONCE_AT, TEXT_AT));
    cipher.setAAD(Buffer.from(bound, 'utf8'));
    cipher.update(plain).copy(sealed, TEXT_AT);
    cipher.final();
    cipher.getAuthTag().copy(sealed, sealed.length - TAG_BYTES);
    return sealed;
  }

  /**
   * The bytes that were sealed for this place.
   * @throws Problem `message.other-key` when another MESSAGE_KEY sealed them: nothing of the distribution can be sent here,
   *   and no row is to blame
   * @throws Problem `message.damaged` when they were changed, cut, or sealed for another place
   */
  open(sealed: Buffer, bound: string): Buffer {
    if (sealed.length < SEAL_BYTES || sealed[0] !== FORMAT) throw damaged();
    if (!this.mark.equals(sealed.subarray(1, NONCE_AT))) throw otherKey();
    const decipher = createDecipheriv(CIPHER, this.keyFor(bound), sealed.subarray(NONCE_AT, TEXT_AT), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(bound, 'utf8'));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = decipher.update(sealed.subarray(TEXT_AT, sealed.length - TAG_BYTES));
    try {
      decipher.final();
    } catch {
      throw damaged();
    }
    return plain;
  }

  private keyFor(bound: string): KeyObject {
    // organisation and distribution: everything before the last slash
    const name = bound.slice(0, bound.lastIndexOf('/'));
    if (name === '') throw new Error('A sealed value is bound to a place: organisation/distribution/what.');
    let key = this.keys.get(name);
    if (!key) {
      if (this.keys.size >= KEYS_KEPT) this.keys.clear();
      key = createSecretKey(Buffer.from(hkdfSync('sha256', this.master, '', `dateline messages v1 ${name}`, 32)));
      this.keys.set(name, key);
    }
    return key;
  }

  private drawNonce(): Buffer {
    if (this.nextNonce === this.nonces.length) {
      randomFillSync(this.nonces);
      this.nextNonce = 0;
    }
    return this.nonces.subarray(this.nextNonce, (this.nextNonce += NONCE_BYTES));
  }
}

function damaged(): Problem {
  return new Problem({
    code: 'message.damaged',
    message: 'A prepared message was changed in the database, or stands in the place of another.',
    remedy:
      'Nothing of it was sent. Find out who wrote to the database, then cancel the release and schedule it again.',
    status: 500,
  });
}

function otherKey(): Problem {
  return new Problem({
    code: 'message.other-key',
    field: 'MESSAGE_KEY',
    message: 'A prepared message was sealed with another MESSAGE_KEY than the one of this worker.',
    remedy: 'Give every worker the same MESSAGE_KEY; if the old one is lost, cancel the release and schedule it again.',
    status: 500,
  });
}
