import { domainToASCII } from 'node:url';
import { Problem } from '#libs/kernel';

/** What is unusual about an address that may still be used. */
export type AddressWarning =
  /** `anna+news@…`: kept apart from `anna@…`, although it often reaches the same person. */
  | 'plus-tag'
  /** The local part is not ASCII: only servers that speak SMTPUTF8 (RFC 6531) can take it. */
  | 'needs-smtputf8';

export interface CanonicalAddress {
  /** Who it is: case-folded local part, domain as lower-case A-labels. The same person's spellings are equal here. */
  readonly canonical: string;
  /** As typed, without the blanks around it: for people to look at. */
  readonly typed: string;
  /** What stands after the first `+` of the local part, case-folded; null without one. */
  readonly plusTag: string | null;
  readonly warnings: readonly AddressWarning[];
}

/** Why a text is no address. */
export type AddressFault =
  | 'empty'
  | 'line-break'
  | 'hidden-character'
  | 'space'
  | 'several'
  | 'quoted'
  | 'brackets'
  | 'at-sign'
  | 'full-width'
  | 'local-part'
  | 'domain'
  | 'too-long';

const LOCAL_OCTETS = 64; // RFC 5321 4.5.3.1.1
const PATH_OCTETS = 254; // RFC 5321 4.5.3.1.3: 256 with the angle brackets
const DOMAIN_OCTETS = 253; // RFC 1035: 255 on the wire, two of them no text

// RFC 5322 dot-atom, with letters, marks and digits of any script (RFC 6532). The list is closed: what is not in it can
// never reach a header or an envelope.
const LOCAL_PART =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\p{L}\p{M}\p{N}]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\p{L}\p{M}\p{N}]+)*$/u;
// Before IDNA: node:url decodes %41 and cuts at "/", so ASCII must be host characters already.
const TYPED_DOMAIN = /^[A-Za-z0-9.\-\u0080-\u{10ffff}]+$/u;
const A_LABEL_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

// in this order: the first that fits names the fault in the words that help most
const REFUSED: readonly (readonly [AddressFault, RegExp])[] = [
  ['empty', /^$/],
  ['line-break', /[\r\n\u0085\u2028\u2029]/],
  ['hidden-character', /\p{C}/u],
  ['brackets', /[<>()[\]]/],
  ['quoted', /["\\]/],
  ['several', /[,;:]/],
  ['full-width', /[\uff01-\uff5e]/],
  ['space', /\s/],
];

/**
 * The one spelling under which we know an address, or why it is none.
 * @param text as typed or imported; blanks around it are dropped, nothing else is repaired
 */
export function readAddress(text: string): CanonicalAddress | { readonly fault: AddressFault } {
  const typed = text.replace(/^[ \t\u00a0\u3000]+|[ \t\u00a0\u3000]+$/g, '').normalize('NFC');
  for (const [fault, sign] of REFUSED) if (sign.test(typed)) return { fault };
  const [local = '', domain = '', ...more] = typed.split('@');
  if (more.length > 0 || !typed.includes('@')) return { fault: 'at-sign' };
  // compatibility forms (ligatures, circled or superscript letters) look like another address
  if (local !== local.normalize('NFKC')) return { fault: 'full-width' };
  if (!LOCAL_PART.test(local)) return { fault: 'local-part' };
  const aLabels = TYPED_DOMAIN.test(domain) ? domainToASCII(domain) : '';
  if (!A_LABEL_DOMAIN.test(aLabels)) return { fault: aLabels.length > DOMAIN_OCTETS ? 'too-long' : 'domain' };
  const folded = caseFold(local);
  if (isTooLong(local, aLabels) || isTooLong(folded, aLabels)) return { fault: 'too-long' };
  return described(typed, folded, aLabels);
}

/** Like `readAddress`, for callers with one address at hand. Throws a Problem (`contacts.address.<fault>`). */
export function canonicalAddress(text: string, field = 'address'): CanonicalAddress {
  const read = readAddress(text);
  if (!('fault' in read)) return read;
  const { message, remedy } = ADDRESS_FAULTS[read.fault];
  throw new Problem({ code: `contacts.address.${read.fault}`, field, message, remedy });
}

/** Sentences for one address at hand; the import has its own in three languages (`rejection.ts`). */
const ADDRESS_FAULTS: Readonly<Record<AddressFault, { message: string; remedy: string }>> = {
  empty: { message: 'The address is empty.', remedy: 'Type an address such as name@example.com.' },
  'line-break': { message: 'The address holds a line break.', remedy: 'Give one address on one line.' },
  'hidden-character': {
    message: 'The address holds a character that cannot be seen.',
    remedy: 'Type the address by hand instead of pasting it.',
  },
  space: { message: 'The address holds a space.', remedy: 'Take the space out.' },
  several: { message: 'The address holds a comma, colon or semicolon.', remedy: 'Give one address at a time.' },
  quoted: { message: 'The address holds a quotation mark or a backslash.', remedy: 'Give it without quotation marks.' },
  brackets: { message: 'The address holds brackets.', remedy: 'Give only what stands between them.' },
  'at-sign': { message: 'The address must hold exactly one @.', remedy: 'Type an address such as name@example.com.' },
  'full-width': {
    message: 'The address holds full-width or decorative characters.',
    remedy: 'Type it with half-width letters, digits and @.',
  },
  'local-part': {
    message: 'The part before the @ is not a mailbox name.',
    remedy: 'Check for misplaced dots and odd characters.',
  },
  domain: { message: 'The part after the @ is not a domain.', remedy: 'Check the spelling, for example example.com.' },
  'too-long': {
    message: 'The address is longer than mail allows (64 octets before the @, 254 in all).',
    remedy: 'Check whether two cells ran together.',
  },
};

function described(typed: string, folded: string, domain: string): CanonicalAddress {
  const plus = folded.indexOf('+');
  const warnings: AddressWarning[] = [];
  if (plus > 0) warnings.push('plus-tag');
  if (/[^\0-\x7f]/.test(folded)) warnings.push('needs-smtputf8');
  return {
    canonical: `${folded}@${domain}`,
    typed,
    plusTag: plus > 0 ? folded.slice(plus + 1) : null,
    warnings,
  };
}

/** Full case folding by way of upper case: ß meets SS and final sigma meets sigma, which lower case alone keeps apart. */
function caseFold(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

function isTooLong(local: string, domain: string): boolean {
  const octets = Buffer.byteLength(local);
  return octets > LOCAL_OCTETS || domain.length > DOMAIN_OCTETS || octets + 1 + domain.length > PATH_OCTETS;
}
