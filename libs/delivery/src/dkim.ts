import { createHash, createPublicKey, generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** Who signs: the domain of the From address, the selector of the DNS record and an RSA key of 2048 bits. */
export interface DkimIdentity {
  readonly domain: string;
  readonly selector: string;
  readonly key: KeyObject;
}

/**
 * Fields a signature covers when the message has them. RFC 8058 section 4 wants both List-Unsubscribe fields in here.
 */
const SIGNED = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'reply-to',
  'mime-version',
  'content-type',
  'content-language',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
] as const;

/**
 * Fields named once more than they occur, so that the signature breaks when somebody adds one on the way: a mail
 * program shows the first From or Subject it finds, a verifier checks the last (RFC 6376 sections 5.4.2 and 8.15).
 */
const SEALED = ['from', 'to', 'cc', 'subject', 'date', 'reply-to'] as const;

const signOnPool = promisify((data: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
  sign('sha256', data, key, done),
);
const makePair = promisify(generateKeyPair);

/**
 * The DKIM-Signature line for a message (RFC 6376; rsa-sha256, relaxed/relaxed), ending in CRLF. The RSA operation runs
 * on the thread pool: 0.3 ms of one core, of which the event loop sees nothing.
 *
 * @param headers all other header lines, each ending in CRLF
 * @param bodyHash SHA-256 of the relaxed body, base64
 */
export async function dkimSignature(identity: DkimIdentity, headers: string, bodyHash: string): Promise<string> {
  const fields = relaxedFields(headers);
  const names = [...SIGNED.filter((name) => fields.has(name)), ...SEALED];
  const unsigned = [
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${identity.domain};`,
    ` s=${identity.selector}; bh=${bodyHash};`,
    ` h=${foldedNames(names)};`,
    ' b=',
  ].join('\r\n');
  const covered = names.flatMap((name) => fields.get(name)?.pop() ?? []);
  const data = `${covered.join('\r\n')}\r\n${relaxedField(unsigned)}`;
  const signature = await signOnPool(Buffer.from(data, 'utf8'), identity.key);
  return `${unsigned}${signature.toString('base64').replace(/.{72}(?=.)/g, '$&\r\n ')}\r\n`;
}

/** Relaxed body canonicalisation (RFC 6376 section 3.4.4) of whole lines that are not the empty end of a body. */
export function relaxedBody(lines: Buffer): Buffer {
  const text = lines.toString('latin1');
  if (!/[\t ]{2}|[\t ]\r|\t/.test(text)) return lines;
  return Buffer.from(text.replace(/[\t ]+/g, ' ').replace(/ \r\n/g, '\r\n'), 'latin1');
}

/** SHA-256 of canonical parts one after another, base64: the `bh=` of a body that is never put together. */
export function bodyHash(canonicalParts: Iterable<Buffer>): string {
  const hash = createHash('sha256');
  for (const part of canonicalParts) hash.update(part);
  return hash.digest('base64');
}

/** A new RSA key of 2048 bits as PEM (PKCS #8). */
export async function generateDkimKey(): Promise<string> {
  const { privateKey } = await makePair('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The TXT record at `<selector>._domainkey.<domain>`; longer than 255 bytes, so DNS files hold it in several strings. */
export function dkimRecord(key: KeyObject): string {
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });
  return `v=DKIM1; k=rsa; p=${spki.toString('base64')}`;
}

/** Canonical fields by name, in order of appearance; a verifier takes them from the last to the first. */
function relaxedFields(headers: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const field of headers.split(/\r\n(?![\t ])/)) {
    if (field === '') continue;
    const name = field.slice(0, field.indexOf(':')).trim().toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), relaxedField(field)]);
  }
  return fields;
}

/** RFC 6376 section 3.4.2, without the line end. */
function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[\t ]+/g, ' ')
    .trim();
  return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
}

function foldedNames(names: readonly string[]): string {
  let folded = '';
  let column = 0;
  for (const name of names) {
    if (folded !== '') folded += ':';
    if (column + name.length > 68) {
      folded += '\r\n  ';
      column = 0;
    }
    folded += name;
    column += name.length + 1;
  }
  return folded;
}
