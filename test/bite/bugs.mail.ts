import type { Bug } from './bug.js';

const SESSION = 'libs/delivery/src/session.smtp.ts';
const VERDICT = 'libs/delivery/src/verdict.ts';
const OF_TRANSPORT = 'libs/delivery/src/transport.smtp.spec.ts';
const OF_VERDICT = 'libs/delivery/src/verdict.spec.ts';
const OF_MIME = 'libs/delivery/src/mime.spec.ts';

/** Mistakes on the wire and in the bytes: what is sent, to whom, and how answers are read. */
export const MAIL_BUGS: readonly Bug[] = [
  {
    name: 'session-ignores-the-gate',
    says: 'The gate is asked, and the dot leaves whatever it answers.',
    file: SESSION,
    find: 'if (answer === true) {',
    replace: 'if (answer !== undefined) {',
    caughtBy: {
      spec: OF_TRANSPORT,
      test: 'shut: the server never sees a dot, and the next message goes over a new connection',
    },
  },
  {
    name: 'broken-gate-is-open',
    says: 'When the gate cannot be asked, the dot leaves.',
    file: SESSION,
    find: "answer = 'The gate could not be asked.';",
    replace: 'answer = true;',
    caughtBy: { spec: OF_TRANSPORT, test: 'broken: a gate that throws is a shut gate' },
  },
  {
    name: 'lost-line-after-the-dot-tried-again',
    says: 'A line that goes down after the dot means that the message was not taken.',
    file: VERDICT,
    find: "return phase === 'dot_sent' ? { word: 'unknown', why } : {",
    replace: "return phase === 'connected' ? { word: 'unknown', why } : {",
    caughtBy: { spec: OF_VERDICT, test: 'is unknown past the dot and safe to try again before it' },
  },
  {
    name: 'record-behind-the-wire',
    says: 'The record says that the dot left only when it was answered, so a lost answer reads as not sent.',
    file: SESSION,
    find: "current.phase = 'dot_sent';",
    replace: '',
    caughtBy: { spec: OF_TRANSPORT, within: 'the answer to the dot', test: '%s' },
  },
  {
    name: 'any-answer-after-the-dot-is-an-acceptance',
    says: 'What does not fit is read as a yes.',
    file: VERDICT,
    find: "if (phase === 'dot_sent' && goesOn(reply, phase)) return",
    replace: "if (phase === 'dot_sent') return",
    caughtBy: { spec: OF_VERDICT, within: 'the verdict of a reply', test: '%s: %s → %s' },
  },
  {
    name: 'greylisting-read-as-a-refusal',
    says: 'A 450 or 451 is an end.',
    file: VERDICT,
    find: 'if (reply.code >= 400 && reply.code < 500) return temporary(reply, phase);',
    replace:
      'if (reply.code >= 400 && reply.code < 450) return temporary(reply, phase);\n  if (reply.code < 500 && reply.code >= 450) return permanent(reply, phase);',
    caughtBy: {
      spec: OF_VERDICT,
      test: 'no answer before the dot is ever an acceptance or unknown, and no 4xx ever blames an address',
    },
  },
  {
    name: 'our-fault-blamed-on-the-journalist',
    says: 'A 5.7.x, which is about us, ends the recipient.',
    file: VERDICT,
    find: "  '7': 'policy',",
    replace: "  '7': 'address',",
    caughtBy: { spec: OF_VERDICT, within: 'the verdict of a reply', test: '%s: %s → %s' },
  },
  {
    name: 'one-domain-slows-all',
    says: 'A domain that throttles us holds the whole relay.',
    file: VERDICT,
    find: "return named && code !== 454 && !OWN_ALLOWANCE.test(text) ? 'domain' : 'relay';",
    replace: "return 'relay';",
    caughtBy: { spec: OF_VERDICT, within: 'the verdict of a reply', test: '%s: %s → %s' },
  },
  {
    name: 'throttled-lane-goes-on',
    says: 'A domain that asked us to slow down is sent to as before.',
    file: 'libs/delivery/src/lanes.ts',
    find: "if (verdict.throttled) this.trouble(lane, verdict.throttled, { kind: 'throttled', ...said(verdict) });",
    replace: '',
    caughtBy: {
      spec: 'libs/delivery/src/lanes.spec.ts',
      test: 'a domain that throttles us waits by itself; nobody else does',
    },
  },
  {
    name: 'address-in-the-ledger',
    says: 'The server’s words are kept with the recipient’s address in them.',
    file: SESSION,
    find: 'const text = withoutAddresses(stop.reply.text, current.parcel.message.to);',
    replace: 'const { text } = stop.reply;',
    caughtBy: { spec: OF_TRANSPORT, test: 'the ledger gets the server’s words without the recipient in them' },
  },
  {
    name: 'dot-inside-the-message',
    says: 'A line that begins with a dot is sent as it stands and may end the message before the gate.',
    file: 'libs/delivery/src/envelope.ts',
    find: "if (byte === DOT && i === lineStart) return 'A line of the message begins with a dot.';",
    replace: '',
    caughtBy: { spec: OF_TRANSPORT, within: 'what is not offered to a server', test: '%s' },
  },
  {
    name: 'second-recipient-in-an-address',
    says: 'An address may hold what ends it and begins another.',
    file: 'libs/delivery/src/mailbox.ts',
    find: "if (at < 1 || at !== text.lastIndexOf('@')) return undefined;",
    replace: "if (at >= 1) return { address: text, local: '', domain: '', needsUtf8: false };",
    caughtBy: { spec: OF_TRANSPORT, within: 'what is not offered to a server', test: 'an address like %j' },
  },
  {
    name: 'header-injection',
    says: 'A line break in a name or subject begins a header of somebody else’s choice.',
    file: 'libs/delivery/src/headers.ts',
    find: 'if (!/[\\x00-\\x1f\\x7f\\u2028\\u2029]/.test(value)) return',
    replace: 'if (value !== undefined) return',
    caughtBy: { spec: OF_MIME, test: 'refuse a forged %s' },
  },
  {
    name: 'new-message-id-each-time',
    says: 'A copy that is made again has another Message-ID.',
    file: 'libs/delivery/src/headers.ts',
    find: "`<${token('delivery id', fields.deliveryId)}@${domain}>`",
    replace: "`<${token('delivery id', fields.deliveryId)}.${process.hrtime.bigint()}@${domain}>`",
    caughtBy: { spec: OF_MIME, test: 'is the same bytes every time it is composed, also from stored pieces' },
  },
  {
    name: 'address-as-typed',
    says: 'Two spellings of one address are two people.',
    file: 'libs/contacts/src/address.ts',
    find: 'const folded = caseFold(local);',
    replace: 'const folded = local;',
    caughtBy: {
      spec: 'libs/contacts/src/address.spec.ts',
      test: 'folds the case of the local part and gives the domain as lower-case A-labels',
    },
  },
  {
    name: 'forged-link-followed',
    says: 'The signature of a mailed link is not checked.',
    file: 'libs/kernel/src/links.ts',
    find: 'if (!timingSafeEqual(this.mac(body), bytes.subarray(BODY))) return undefined;',
    replace: '',
    caughtBy: {
      spec: 'libs/engagement/src/engagement.spec.ts',
      within: 'a link that is not ours to follow changes nothing',
      test: '%s',
    },
  },
];
