import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ReplyReader, withoutAddresses, type Reply } from './reply.js';

function readAll(text: string, cuts: readonly number[] = []) {
  const reader = new ReplyReader();
  const bytes = Buffer.from(text, 'utf8');
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  const replies: Reply[] = [];
  let fault: string | undefined;
  for (let i = 1; i < edges.length; i++) {
    const read = reader.read(bytes.subarray(edges[i - 1], edges[i]));
    replies.push(...read.replies);
    fault ??= read.fault;
  }
  return { replies, fault, midReply: reader.midReply };
}

describe('reading replies', () => {
  test('reads one line, many lines and several replies in one packet', () => {
    const { replies } = readAll('250-mx.example\r\n250-SIZE 1000\r\n250 HELP\r\n550 5.1.1 No such user\r\n354\r\n');
    expect(replies).toEqual([
      { code: 250, text: '250-mx.example\n250-SIZE 1000\n250 HELP' },
      { code: 550, status: '5.1.1', text: '550 5.1.1 No such user' },
      { code: 354, text: '354' },
    ]);
  });

  test('reads the same however the packets are cut', () => {
    const text = '250-2.1.0 好\r\n250 2.1.0 ok\r\n450 4.2.0 稍後再試\r\n250 2.0.0 Ok: queued as 4FzX\r\n';
    const whole = readAll(text);
    fc.assert(
      fc.property(fc.array(fc.nat(Buffer.byteLength(text)), { maxLength: 12 }), (cuts) => {
        expect(readAll(text, cuts)).toEqual(whole);
      }),
    );
  });

  test('believes a status only when it belongs to the code', () => {
    expect(readAll('550 4.2.2 odd\r\n').replies[0]).toEqual({ code: 550, text: '550 4.2.2 odd' });
    expect(readAll('452-4.3.1 full\r\n452 4.9.9 x\r\n').replies[0]?.status).toBe('4.3.1');
  });

  test.each([
    ['a greeting of another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
    ['a code that does not exist', '999 hello\r\n'],
    ['a code without a space', '250ok\r\n'],
    ['two codes in one reply', '250-a\r\n550 b\r\n'],
    ['an empty line', '\r\n'],
    ['a lone carriage return', '250 a\rb\r\n'],
    ['binary', '\u0016\u0003\u0001\u0002\n'],
    ['a line without an end', `250 ${'x'.repeat(5000)}`],
    ['a long line', `250 ${'x'.repeat(5000)}\r\n`],
    ['a reply without an end', `250-${'x'.repeat(1000)}\r\n`.repeat(80)],
  ])('stops at %s and reads nothing after it', (_what, text) => {
    const { replies, fault } = readAll(`${text}250 fine\r\n`);
    expect(fault).toBeDefined();
    expect(replies).toEqual([]);
  });

  test('keeps what came before the fault', () => {
    const { replies, fault } = readAll('250 ok\r\nnonsense\r\n');
    expect(replies).toHaveLength(1);
    expect(fault).toMatch(/not an SMTP reply/);
  });

  test('knows that a reply is only half there', () => {
    expect(readAll('250 ok').midReply).toBe(true);
    expect(readAll('250-ok\r\n').midReply).toBe(true);
    expect(readAll('250 ok\r\n').midReply).toBe(false);
  });

  test('leaves nothing in a reply that a database or a terminal would choke on', () => {
    expect(readAll('250 a\u0000b\u001b[2J\r\n').replies[0]?.text).toBe('250 a\ufffdb\ufffd[2J');
  });
});

describe('replies without personal data', () => {
  test.each([
    [
      '550 5.1.1 <tm.chan@outlet.example>: Recipient address rejected',
      '550 5.1.1 <recipient>: Recipient address rejected',
    ],
    ['550 TM.Chan@Outlet.Example not here', '550 <recipient> not here'],
    ['550 5.1.1 User tm.chan unknown; see tm.chan.', '550 5.1.1 User <recipient> unknown; see <recipient>.'],
    ['551 please try <new.name@elsewhere.example>', '551 please try <address>'],
    [
      '550 see https://help.example/?email=tm.chan%40outlet.example&code=5',
      '550 see https://help.example/?email=<recipient>&code=5',
    ],
    ['550 rejected: other%40x.example', '550 rejected: <address>'],
    ['450 <bounce+tm.chan=outlet.example@lists.example> wait', '450 <address> wait'],
    ['250 2.0.0 Ok: queued as 4FzX0', '250 2.0.0 Ok: queued as 4FzX0'],
    ['550 mytm.channel is fine', '550 mytm.channel is fine'],
  ])('%s', (said, kept) => {
    expect(withoutAddresses(said, 'tm.chan@outlet.example')).toBe(kept);
  });

  test('hides the recipient wherever a server may put it', () => {
    const local = fc.stringMatching(/^[a-z][a-z0-9.+_-]{2,20}[a-z0-9]$/);
    fc.assert(
      fc.property(
        local,
        fc.string({ maxLength: 20 }),
        fc.constantFrom('<', '(', ' ', '"', '='),
        (name, noise, before) => {
          const address = `${name}@outlet.example`;
          const kept = withoutAddresses(`550 ${noise}${before}${address.toUpperCase()} ${noise}`, address);
          expect(kept.toLowerCase()).not.toContain(address);
        },
      ),
    );
  });

  test('does not stall on a hostile reply', () => {
    const before = performance.now();
    withoutAddresses(`550 ${'a'.repeat(65_000)}@`, 'tm.chan@outlet.example');
    withoutAddresses(`550 ${'a-'.repeat(30_000)}%40`, 'a-a@outlet.example');
    withoutAddresses(`550 @${'a.'.repeat(900)}@`, 'tm.chan@outlet.example');
    expect(performance.now() - before).toBeLessThan(200);
  });
});
