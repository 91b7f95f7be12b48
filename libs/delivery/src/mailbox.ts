import { domainToASCII } from 'node:url';

/** An address that is safe between the angle brackets of MAIL FROM and RCPT TO, and in a header. */
export interface Mailbox {
  /** Local part as given, `@`, domain in A-labels. */
  readonly address: string;
  readonly local: string;
  readonly domain: string;
  /** The local part is not ASCII: only a server that offers SMTPUTF8 can carry it (RFC 6531). */
  readonly needsUtf8: boolean;
}

// Quoted local parts, comments, routes and address literals are legal somewhere and an invitation to smuggle everywhere:
// `b@y, evil@e` and `"x\r\n"@y` have both made mail libraries write to a second recipient. We take plain ones only.
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00a1-\uffff]+$/;
const SPACE_OR_LONE_SURROGATE =
  /[\s\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const DOMAIN = /^(?=.{1,255}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** RFC 5321 section 4.5.3.1.1, in octets. */
const LONGEST_LOCAL = 64;

/** Reads one bare address; undefined when it is anything else, so also for two addresses or a name with an address. */
export function readMailbox(text: string): Mailbox | undefined {
  const at = text.indexOf('@');
  if (at < 1 || at !== text.lastIndexOf('@')) return undefined;
  const local = text.slice(0, at);
  if (!LOCAL.test(local) || SPACE_OR_LONE_SURROGATE.test(local)) return undefined;
  if (Buffer.byteLength(local) > LONGEST_LOCAL) return undefined;
  const typed = text.slice(at + 1);
  // domainToASCII reads like a browser: it drops tabs and line breaks and takes percent signs, so look before it does
  if (/[\s%/\\:?#[\]<>,;"'()@]/.test(typed)) return undefined;
  const domain = domainToASCII(typed).toLowerCase();
  if (!DOMAIN.test(domain)) return undefined;
  return { address: `${local}@${domain}`, local, domain, needsUtf8: /[^\x20-\x7e]/.test(local) };
}
