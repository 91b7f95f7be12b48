import { encodeWord, foldLines, quoteString } from 'nodemailer/lib/mime-funcs';
import { Problem, type Language } from '#libs/kernel';
import { readMailbox } from './mailbox.js';

export interface Correspondent {
  /** As a person reads it; '' for none. */
  readonly name: string;
  readonly address: string;
}

/** What every copy of a letter says above its body. */
export interface SharedFields {
  readonly subject: string;
  readonly from: Correspondent;
  readonly replyTo?: Correspondent;
  /** The instant the letter is dated, ms since 1970: T, so that a copy sent again is the same bytes. */
  readonly date: number;
  readonly language: Language;
  /** RFC 2919: a label for people and an identifier under our domain, such as `press.example.org`. */
  readonly list?: { readonly label: string; readonly id: string };
  /** Four fields of ids at most, no personal data; Gmail groups complaints by it. */
  readonly feedbackId?: string;
}

/** What only one copy says above its body. */
export interface RecipientFields {
  readonly deliveryId: string;
  readonly to: Correspondent;
  readonly unsubscribe: {
    /** https, answers a POST without login or cookie (RFC 8058). */
    readonly link: string;
    readonly address: string;
  };
}

/** RFC 5322 section 2.1.1, without the line end. */
export const LONGEST_LINE = 998;
const FOLD_AT = 76;
/** Encoded words are limited to 75 characters (RFC 2047 section 2); shorter ones leave room for the field name. */
const LONGEST_WORD = 52;

/** Header lines shared by all copies, each ending in CRLF. Throws a Problem that names the field that cannot be sent. */
export function sharedHeaders(fields: SharedFields, boundary: string): string {
  return [
    line('From', mailbox('sender', fields.from)),
    ...(fields.replyTo ? [line('Reply-To', mailbox('reply address', fields.replyTo))] : []),
    line('Subject', phrase('subject', fields.subject)),
    line('Date', dateTime(fields.date)),
    line('Content-Language', token('language', fields.language)),
    ...(fields.list ? [line('List-Id', listId(fields.list))] : []),
    ...(fields.feedbackId ? [line('Feedback-ID', token('feedback id', fields.feedbackId))] : []),
    line('MIME-Version', '1.0'),
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n`,
  ].join('');
}

/** Header lines of one copy, each ending in CRLF. Throws a Problem that names the field that cannot be sent. */
export function recipientHeaders(fields: RecipientFields, from: Correspondent): string {
  const domain = readMailbox(from.address)?.domain;
  const link = unsubscribeLink(fields.unsubscribe.link);
  const address = bare('unsubscribe address', fields.unsubscribe.address);
  return [
    line('To', mailbox('recipient', fields.to)),
    line('Message-ID', `<${token('delivery id', fields.deliveryId)}@${domain}>`),
    // one field with both ways: two fields of this name are not allowed (RFC 2369 section 2)
    `List-Unsubscribe: <${link}>,\r\n <mailto:${address}?subject=unsubscribe>\r\n`,
    line('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'),
  ].join('');
}

function line(name: string, value: string): string {
  const folded = foldLines(`${name}: ${value}`, FOLD_AT);
  if (folded.split('\r\n').some((part) => Buffer.byteLength(part) > LONGEST_LINE)) throw tooLong(name);
  return `${folded}\r\n`;
}

function dateTime(instant: number): string {
  const text = new Date(instant).toUTCString();
  if (text === 'Invalid Date') throw new Error(`A letter cannot be dated ${instant}.`);
  return text.replace('GMT', '+0000');
}

/** Free text of a header; encoded words (RFC 2047) unless a plain reading gives back exactly this text. */
function phrase(field: string, value: string): string {
  const text = clean(field, value);
  const plain = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text) && !text.includes('=?') && !/\S{70,}/.test(text);
  return plain || text === '' ? text : encoded(text);
}

/** B for Han text (4 characters for 3 bytes), Q for Latin text with a few accents, which stays readable. */
function encoded(text: string): string {
  const others = text.replace(/[\x20-\x7e]/g, '').length;
  return encodeWord(text, others * 3 > text.length ? 'B' : 'Q', LONGEST_WORD);
}

function mailbox(field: string, who: Correspondent): string {
  const address = bare(field, who.address);
  const name = clean(`${field} name`, who.name).trim();
  if (name === '') return `<${address}>`;
  if (/^[A-Za-z0-9 ]+$/.test(name) && !/ {2}/.test(name)) return `${name} <${address}>`;
  const quotable = /^[\x20-\x7e]+$/.test(name) && !name.includes('=?') && name.length < 60;
  return `${quotable ? quoteString(name) : encoded(name)} <${address}>`;
}

function bare(field: string, address: string): string {
  const box = readMailbox(clean(field, address));
  if (box) return box.address;
  throw new Problem({
    code: 'delivery.header.address',
    field,
    message: `The ${field} is not one plain e-mail address.`,
    remedy: 'Write it as name@domain, without spaces, commas, quotes or angle brackets.',
  });
}

function listId(list: { readonly label: string; readonly id: string }): string {
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(list.id)) {
    throw new Problem({
      code: 'delivery.header.list-id',
      field: 'list id',
      message: 'The list id is not a name under a domain.',
      remedy: 'Write it like press.example.org, letters, digits, hyphens and dots only.',
    });
  }
  const label = clean('list label', list.label).trim();
  const words = /^[A-Za-z0-9 ]*$/.test(label) ? label : encoded(label);
  return `${words} <${list.id}>`.trimStart();
}

function unsubscribeLink(link: string): string {
  const text = clean('unsubscribe link', link);
  if (!/^https?:\/\/[\x21-\x3b\x3d\x3f-\x7e]+$/.test(text) || text.includes(',')) {
    throw new Problem({
      code: 'delivery.header.unsubscribe',
      field: 'unsubscribe link',
      message: 'The unsubscribe link is not an https address in ASCII without commas.',
      remedy: 'Check NEWSROOM_URL.',
    });
  }
  if (text.length > LONGEST_LINE - 30) throw tooLong('List-Unsubscribe');
  return text;
}

function token(field: string, value: string): string {
  if (/^[A-Za-z0-9._:+-]+$/.test(value)) return value;
  throw new Problem({
    code: 'delivery.header.token',
    field,
    message: `The ${field} may hold letters, digits and . _ : + - only.`,
    remedy: 'Use ids only, no names or addresses.',
  });
}

/** A line break in a header value would begin a header of the sender's choice; everything is stopped here. */
function clean(field: string, value: string): string {
  if (!/[\x00-\x1f\x7f\u2028\u2029]/.test(value)) return Buffer.from(value, 'utf8').toString('utf8');
  throw new Problem({
    code: 'delivery.header.control-character',
    field,
    message: `The ${field} contains a line break or another control character.`,
    remedy: 'Remove it and write the text on one line.',
  });
}

function tooLong(field: string): Problem {
  return new Problem({
    code: 'delivery.header.too-long',
    field,
    message: `The header ${field} is longer than mail allows (${LONGEST_LINE} characters without a space).`,
    remedy: 'Shorten it.',
  });
}
