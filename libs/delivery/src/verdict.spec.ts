import { describe, expect, test } from '@jest/globals';
import type { Reply } from './reply.js';
import { goesOn, verdictOfLoss, verdictOfReply, type Phase } from './verdict.js';

function reply(text: string): Reply {
  const status = /^\d{3}[ -](\d\.\d+\.\d+)/.exec(text)?.[1];
  return { code: Number(text.slice(0, 3)), text, ...(status ? { status } : {}) };
}

/** `refused address`, `deferred relay`, `throttled domain`, `lane auth` (of the relay), `domain policy`, `accepted`, `unknown`. */
function told(text: string, phase: Phase): string {
  const verdict = verdictOfReply(reply(text), phase);
  if (verdict.word === 'refused') return `refused ${verdict.about}`;
  if (verdict.word === 'deferred')
    return verdict.throttled ? `throttled ${verdict.throttled}` : `deferred ${verdict.whose}`;
  if (verdict.word === 'lane') return verdict.scope === 'relay' ? `lane ${verdict.kind}` : `domain ${verdict.kind}`;
  return verdict.word;
}

const TABLE: readonly (readonly [phase: Phase, reply: string, told: string])[] = [
  // the answer that counts
  ['dot_sent', '250 2.0.0 Ok: queued as 4FzX0', 'accepted'],
  ['dot_sent', '250 2.6.0 <id@host> [InternalId=1] Queued mail for delivery', 'accepted'],
  ['dot_sent', '251 ok', 'accepted'],
  ['dot_sent', '354 go ahead', 'unknown'],

  // 421 means the line goes down, whatever was asked
  ['connected', '421 4.3.2 Service shutting down', 'deferred relay'],
  ['mail', '421 4.7.0 Too many connections', 'throttled relay'],
  ['rcpt', '421 4.3.2 Service shutting down', 'deferred relay'],
  ['data', '421 4.4.2 Timeout', 'deferred relay'],
  ['body', '421 4.4.2 Timeout', 'deferred relay'],
  ['dot_sent', '421 4.3.0 Try later', 'deferred relay'],

  // we come too fast, for the domain of the recipient
  ['rcpt', '421 4.7.28 Our system has detected an unusual rate of unsolicited mail', 'throttled domain'],
  ['dot_sent', '421-4.7.28 Gmail has detected an unusual rate of unsolicited mail', 'throttled domain'],
  ['data', '421 4.7.0 Try again later, closing connection.', 'throttled domain'],
  ['rcpt', '421 4.4.5 Server busy, try again later.', 'throttled domain'],
  [
    'rcpt',
    '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints',
    'throttled domain',
  ],
  ['dot_sent', '451 4.7.500 Server busy. Please try again later from [192.0.2.1].', 'throttled domain'],
  ['rcpt', '451 4.7.650 The mail server has been temporarily rate limited due to IP reputation', 'throttled domain'],
  ['rcpt', '421 4.3.2 The maximum number of concurrent server connections has exceeded a limit', 'throttled domain'],
  ['rcpt', '450 Mail rate limit exceeded', 'throttled domain'],
  ['dot_sent', '450 Connection frequency limited', 'throttled domain'],
  ['dot_sent', '451 RP:TRC 192.0.2.1 mx1', 'throttled domain'],
  ['rcpt', '450 4.7.1 Error: too much mail from 192.0.2.1', 'throttled domain'],
  ['rcpt', '452 4.3.2 Too many messages, slow down', 'throttled domain'],
  ['rcpt', '421 4.4.2 Concurrent connections exceed the limit', 'throttled domain'],
  // … for the relay
  ['connected', '421 4.7.0 Too many connections from your host', 'throttled relay'],
  ['mail', '450 4.7.1 Error: too much mail', 'throttled relay'],
  ['dot_sent', '454 4.7.0 Throttling failure: Maximum sending rate exceeded', 'throttled relay'],
  ['rcpt', '451 4.7.1 You have exceeded your hourly sending limit', 'throttled relay'],
  // … which is not said of a mailbox that is busy, or of an envelope
  [
    'rcpt',
    '450-4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages',
    'deferred recipient',
  ],
  ['rcpt', '450 4.2.1 The user is receiving mail too quickly', 'deferred recipient'],
  ['rcpt', '452 4.5.3 Your message has too many recipients', 'deferred relay'],
  ['dot_sent', '452 storage limit exceeded', 'deferred relay'],
  ['mail', '452 4.3.4 message size exceeds fixed limit', 'deferred relay'],
  ['rcpt', '450 4.2.0 Greylisted: too many new senders, try again later', 'deferred recipient'],

  // greylisting and other waits of one recipient
  [
    'rcpt',
    '450 4.2.0 <r@x>: Recipient address rejected: Greylisted, see https://postgrey.example/',
    'deferred recipient',
  ],
  ['rcpt', '451 4.7.1 Greylisting in action, please come back later', 'deferred recipient'],
  ['rcpt', '450 4.7.1 Please try again later', 'deferred recipient'],
  ['rcpt', '451 Graylisted', 'deferred recipient'],
  ['rcpt', '450 mailbox busy', 'deferred recipient'],
  ['rcpt', '451 local error in processing', 'deferred recipient'],
  ['rcpt', '452 4.2.2 Mailbox full', 'deferred recipient'],
  ['rcpt', '450 4.1.1 unverified address', 'deferred recipient'],
  ['rcpt', '451 4.4.1 no answer from host', 'deferred recipient'],

  // waits of the relay
  ['mail', '450 4.7.1 Client host rejected: cannot find your hostname', 'deferred relay'],
  ['mail', '451 4.3.0 Temporary lookup failure', 'deferred relay'],
  ['mail', '452 4.3.1 Insufficient system storage', 'deferred relay'],
  ['rcpt', '452 4.3.1 Insufficient system storage', 'deferred relay'],
  ['rcpt', '452 4.5.3 Too many recipients', 'deferred relay'],
  ['rcpt', '452 insufficient system storage', 'deferred relay'],
  ['data', '451 4.3.5 Server configuration error', 'deferred relay'],
  ['dot_sent', '451 4.3.0 queue file write error', 'deferred relay'],
  ['dot_sent', '452 4.3.1 Insufficient system storage', 'deferred relay'],
  ['mail', '454 4.7.0 TLS not available due to local problem', 'deferred relay'],
  ['mail', '455 4.5.4 parameters not accommodated', 'deferred relay'],
  ['rcpt', '432 4.7.12 A password transition is needed', 'deferred relay'],

  // 552 is permanent, but for too many recipients (RFC 5321 section 4.5.3.1.10)
  ['rcpt', '552 too many recipients', 'deferred relay'],
  ['rcpt', '552 5.5.3 too many recipients', 'deferred relay'],
  ['rcpt', '552 5.2.2 Mailbox full', 'refused mailbox'],
  ['rcpt', '552 quota exceeded', 'refused mailbox'],
  ['mail', '552 5.3.4 Message size exceeds fixed limit', 'refused message'],
  ['mail', '552 message too large', 'refused message'],
  ['dot_sent', '552 5.3.4 Message too big', 'refused message'],
  ['dot_sent', '552 size limit exceeded', 'refused message'],

  // the address is dead
  ['rcpt', '550 5.1.1 <recipient>: User unknown in virtual mailbox table', 'refused address'],
  ['rcpt', '550-5.1.1 The email account that you tried to reach does not exist.', 'refused address'],
  ['rcpt', '550 5.1.10 RESOLVER.ADR.RecipientNotFound', 'refused address'],
  ['rcpt', '553 5.1.2 host unknown', 'refused address'],
  ['rcpt', '501 5.1.3 Bad recipient address syntax', 'refused address'],
  ['rcpt', '550 No such user here', 'refused address'],
  ['rcpt', '550 5.5.0 Requested action not taken: mailbox unavailable', 'refused address'],
  ['rcpt', '550 5.4.1 Recipient address rejected: Access denied', 'refused address'],
  ['rcpt', '551 User not local; please try <address>', 'refused address'],
  ['rcpt', '553 mailbox name not allowed', 'refused address'],
  ['rcpt', '556 5.1.10 Domain does not accept mail', 'refused address'],
  ['rcpt', '501 syntax error in recipient', 'refused address'],
  ['rcpt', '550 5.7.17 Mailbox owner has changed', 'refused address'],
  ['dot_sent', '550 5.1.1 user unknown', 'refused address'],

  // the mailbox is there and takes nothing now
  ['rcpt', '550 5.2.1 Mailbox disabled', 'refused mailbox'],
  ['dot_sent', '550 5.2.2 Over quota', 'refused mailbox'],

  // the message
  ['dot_sent', '554 5.6.0 Message is malformed', 'refused message'],
  ['dot_sent', '554 Transaction failed', 'refused message'],
  ['data', '554 no', 'refused message'],

  // no telling: nobody is blamed
  ['rcpt', '554 5.3.0 something', 'refused unclear'],
  ['rcpt', '550 no', 'refused unclear'],
  ['dot_sent', '550 no', 'refused unclear'],
  ['rcpt', '550 5.4.4 Unable to route', 'refused unclear'],

  // our fault: the contact stays untouched, the lane is held
  ['connected', '554 5.7.1 Your host is on our block list', 'lane policy'],
  ['connected', '554 No SMTP service here', 'lane policy'],
  ['mail', '550 5.7.1 Sender rejected', 'lane policy'],
  ['mail', '550 5.1.8 Sender address rejected: Domain not found', 'lane policy'],
  ['mail', '550 5.1.0 <a@b>: Sender address rejected', 'lane policy'],
  ['mail', '553 5.1.7 bad sender', 'lane policy'],
  ['mail', '550 go away', 'lane policy'],
  ['mail', '503 5.5.1 Error: send HELO first', 'lane policy'],
  ['mail', '555 5.5.4 Unsupported option', 'lane policy'],
  ['rcpt', '554 5.7.1 <recipient>: Relay access denied', 'domain policy'],
  ['rcpt', '550 relay not permitted', 'domain policy'],
  ['rcpt', '550 Sorry, we are not authorized to relay', 'domain policy'],
  ['rcpt', '550 5.7.1 Service unavailable; client blocked using zen.spamhaus.org', 'domain policy'],
  ['rcpt', '571 Message refused', 'domain policy'],
  ['rcpt', '503 5.5.1 need MAIL first', 'lane policy'],
  [
    'dot_sent',
    '550 5.7.515 Access denied, sending domain does not meet the required authentication level',
    'domain policy',
  ],
  ['dot_sent', '550-5.7.26 This mail has been blocked because the sender is unauthenticated.', 'domain policy'],
  ['dot_sent', '554 Message rejected as spam', 'domain policy'],
  ['dot_sent', '554 5.7.9 Message not accepted for policy reasons', 'domain policy'],
  ['rcpt', '550 Ip frequency limited', 'domain policy'],
  ['rcpt', '550 5.7.1 Sending rate limit exceeded', 'domain policy'],
  ['mail', '530 5.7.0 Authentication required', 'lane auth'],
  ['mail', '535 5.7.8 Authentication credentials invalid', 'lane auth'],
  ['connected', '535 Incorrect authentication data', 'lane auth'],
  ['connected', '534 5.7.9 Application-specific password required', 'lane auth'],
  ['mail', '530 5.7.0 Must issue a STARTTLS command first', 'lane tls'],
  ['rcpt', '530 5.7.0 Must issue a STARTTLS command first', 'lane tls'],
  ['rcpt', '530 5.7.1 Client was not authenticated', 'lane auth'],
  ['rcpt', '550 5.7.10 Encryption needed', 'domain tls'],
  ['mail', '550 5.7.10 Encryption needed', 'lane tls'],

  // answers to something else
  ['mail', '354 go', 'deferred relay'],
  ['data', '250 ok', 'deferred relay'],
  ['body', '250 ok', 'deferred relay'],
];

describe('the verdict of a reply', () => {
  test.each(TABLE)('%s: %s → %s', (phase, text, expected) => {
    expect(told(text, phase)).toBe(expected);
  });

  test('keeps the server’s words and code in every verdict that has them', () => {
    for (const [phase, text] of TABLE) {
      const verdict = verdictOfReply(reply(text), phase);
      if (verdict.word === 'unknown' || verdict.word === 'stopped') continue;
      expect(verdict).toMatchObject({ code: Number(text.slice(0, 3)), reply: text });
    }
  });

  test('no answer before the dot is ever an acceptance or unknown, and no 4xx ever blames an address', () => {
    const phases: Phase[] = ['connected', 'mail', 'rcpt', 'data', 'body'];
    for (const phase of phases) {
      for (let code = 200; code < 600; code++) {
        const { word } = verdictOfReply({ code, text: `${code} x` }, phase);
        expect(['refused', 'deferred', 'lane']).toContain(word);
        if (code < 500) expect(word).toBe('deferred');
      }
    }
  });

  test('only an address verdict comes from a reply about the recipient', () => {
    for (const phase of ['connected', 'mail'] as const) {
      for (const status of ['5.1.1', '5.1.10', '5.2.1', '5.4.1', '5.7.1']) {
        expect(told(`550 ${status} x`, phase)).toBe('lane policy');
      }
    }
  });

  test('every definite answer to the dot is definite', () => {
    for (let code = 400; code < 600; code++) {
      expect(verdictOfReply({ code, text: `${code} x` }, 'dot_sent').word).not.toBe('unknown');
    }
  });
});

describe('a lost line', () => {
  test('is unknown past the dot and safe to try again before it', () => {
    expect(verdictOfLoss('dot_sent', 'reset').word).toBe('unknown');
    for (const phase of ['connected', 'mail', 'rcpt', 'data', 'body'] as const) {
      expect(verdictOfLoss(phase, 'reset')).toMatchObject({ word: 'deferred', whose: 'relay', phase });
    }
  });

  test('354 is the only go-ahead to DATA, and never one elsewhere', () => {
    expect(goesOn(reply('354 go'), 'data')).toBe(true);
    expect(goesOn(reply('250 ok'), 'data')).toBe(false);
    for (const phase of ['mail', 'rcpt', 'dot_sent'] as const) expect(goesOn(reply('354 go'), phase)).toBe(false);
  });
});
