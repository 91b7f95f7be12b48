import { describe, expect, test } from '@jest/globals';
import { readPostfixLine, timeOfLine } from './postfix.log.js';

const NOW = new Date(2026, 10, 23, 20, 0, 30).getTime();
const AT = new Date(2026, 10, 23, 20, 0, 1).getTime();
const read = (rest: string) => readPostfixLine(`Nov 23 20:00:01 relay ${rest}`, NOW);

describe('a line of Postfix’s log', () => {
  test('is read under classic and RFC 3339 stamps, of this year and of the last', () => {
    const line = 'postfix/cleanup[1]: D93342500F3: message-id=<5c0f@press.example.org>';
    const says = { says: 'identified', queueId: 'D93342500F3', messageId: '5c0f@press.example.org' };
    expect(read(line)).toEqual({ at: AT, coarseMs: 1_000, ...says });
    expect(readPostfixLine(`2026-11-23T12:00:01.25+00:00 relay ${line}`, NOW)).toEqual({
      at: Date.UTC(2026, 10, 23, 12, 0, 1, 250),
      coarseMs: 1,
      ...says,
    });
    expect(timeOfLine(`2026-11-23T20:00:01+0800 relay ${line}`, NOW)).toBe(Date.UTC(2026, 10, 23, 12, 0, 1));
    const january = new Date(2027, 0, 1, 0, 0, 5).getTime();
    expect(timeOfLine(`Dec 31 23:59:59 relay ${line}`, january)).toBe(new Date(2026, 11, 31, 23, 59, 59).getTime());
    expect(timeOfLine(`Nov  3 20:00:01 relay ${line}`, NOW)).toBe(new Date(2026, 10, 3, 20, 0, 1).getTime());
  });

  test('tells a queue id of either length, and a service under a name of its own', () => {
    expect(read('postfix/smtpd[7]: 4bF2hq1Zk8z2Q: client=localhost[127.0.0.1]')).toMatchObject({
      says: 'opened',
      session: 'postfix/smtpd[7]',
      queueId: '4bF2hq1Zk8z2Q',
    });
    expect(read('postfix-out/submission/smtpd[7]: connect from localhost[127.0.0.1]')).toMatchObject({
      says: 'connected',
      session: 'postfix-out/submission/smtpd[7]',
    });
  });

  test('says accepted only when the queue manager has it', () => {
    const active = 'D93342500F3: from=<a@x.example>, size=60242, nrcpt=1 (queue active)';
    expect(read(`postfix/qmgr[9]: ${active}`)).toMatchObject({ says: 'queued', queueId: 'D93342500F3' });
    for (const other of [
      'postfix/qmgr[9]: D93342500F3: removed',
      'postfix/qmgr[9]: D93342500F3: from=<a@x.example>, status=expired, returned to sender',
      'postfix/qmgr[9]: D93342500F3: from=<">, size=1, nrcpt=1 (queue active)"@x>, status=expired',
      `postfix/smtpd[9]: NOQUEUE: reject: ${active}`,
      `dovecot/lmtp[9]: ${active}`,
      `postfix/smtp[9]: ${active}`,
    ])
      expect(read(other)).toMatchObject({ says: 'other' });
  });

  test('tells where a client was lost and how many bodies its session had', () => {
    const from = 'from localhost[127.0.0.1]';
    expect(read(`postfix/smtpd[7]: lost connection after DATA (60025 bytes) ${from}`)).toMatchObject({ phase: 'DATA' });
    expect(read(`postfix/smtpd[7]: timeout after DATA (12 bytes) ${from}`)).toMatchObject({ phase: 'DATA' });
    expect(read(`postfix/smtpd[7]: lost connection after END-OF-MESSAGE ${from}`)).toMatchObject({
      phase: 'END-OF-MESSAGE',
    });
    const sum = (data: string) => read(`postfix/smtpd[7]: disconnect ${from} ehlo=1 mail=3${data} commands=9/10`);
    expect(sum(' data=2/3')).toMatchObject({ says: 'disconnected', done: 2, tried: 3 });
    expect(sum(' data=3')).toMatchObject({ done: 3, tried: 3 });
    expect(sum('')).toMatchObject({ done: 0, tried: 0 });
  });

  test('tells that the logging service threw lines away', () => {
    for (const said of [
      'systemd-journald[1]: Suppressed 4310 messages from postfix.service',
      'rsyslogd: imuxsock lost 20 messages from pid 17 due to rate-limiting',
    ])
      expect(read(said)).toMatchObject({ says: 'dropped' });
    expect(read('postfix/smtp[1]: host said: 450 rate limited, 20 messages lost')).toMatchObject({ says: 'other' });
  });

  test.each([
    '',
    'a line of something else',
    'Foo 23 20:00:01 relay postfix/qmgr[1]: x',
    '2026-13-45T99:00:00Z relay x',
  ])('is nothing when it is none: “%s”', (text) => expect(readPostfixLine(text, NOW)).toBeUndefined());
});
