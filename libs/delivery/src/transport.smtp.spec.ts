import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock, type Log } from '#libs/kernel';
import { makeCertificate } from '../../../test/support/certificate.js';
import { startSink, type Sink, type SinkOptions } from '../../../test/support/sink.js';
import type { Answer, SinkPhase } from '../../../test/support/sink.script.js';
import type { Relay, RelayOptions } from './relay.port.js';
import { openRelay } from './transport.smtp.js';
import type { Verdict } from './verdict.js';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const FAST = { connectMs: 2000, greetingMs: 2000, silenceMs: 2000, attemptMs: 4000, answerMs: 4000, reopenMs: 30 };

const open: { close?(): Promise<void>; stop?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await (thing.close?.() ?? thing.stop?.());
});

async function sinkWith(options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options);
  open.push(sink);
  return sink;
}

function relayTo(url: string, options: Partial<RelayOptions> = {}): Relay {
  const limits = { ...FAST, ...options.limits };
  const relay = openRelay({ url, connections: 1, clock: systemClock, log: silent, ...options, limits });
  open.push(relay);
  return relay;
}

const pass = async () => true;
const lines = (...text: string[]) => [Buffer.from(text.map((line) => `${line}\r\n`).join(''))];

function message(to = 'r@outlet.example', id = 'm') {
  return { from: 'desk@press.example', to, segments: lines(`Message-ID: <${id}>`, '', 'Hello') };
}

const pause = (ms: number) => systemClock.sleep(ms);

describe('the gate before the dot', () => {
  test('shut: the server never sees a dot, and the next message goes over a new connection', async () => {
    const sink = await sinkWith();
    const relay = relayTo(sink.url);
    expect(await relay.send(message(), async () => false)).toEqual({
      word: 'stopped',
      phase: 'body',
      why: 'The gate is closed.',
    });
    await pause(50);
    expect(sink).toMatchObject({ dots: 0, messages: [] });
    expect((await relay.send(message(), pass)).word).toBe('accepted');
    expect(sink).toMatchObject({ dots: 1, connectionsMade: 2 });
  });

  test('broken: a gate that throws is a shut gate', async () => {
    const sink = await sinkWith();
    const verdict = await relayTo(sink.url).send(message(), () => Promise.reject(new Error('database gone')));
    expect(verdict).toMatchObject({ word: 'stopped', why: 'The gate could not be asked.' });
    await pause(50);
    expect(sink.dots).toBe(0);
  });

  test('slow: the dot waits for it, and everything else is there already', async () => {
    const sink = await sinkWith();
    const relay = relayTo(sink.url);
    let dotsWhileAsked = -1;
    const verdict = await relay.send(message(), async () => {
      await pause(120);
      dotsWhileAsked = sink.dots;
      return true;
    });
    expect(dotsWhileAsked).toBe(0);
    expect(verdict.word).toBe('accepted');
  });

  test('too late: an answer after the deadline opens nothing', async () => {
    const sink = await sinkWith();
    const relay = relayTo(sink.url, { limits: { attemptMs: 120 } });
    let answered = false;
    const gate = async () => {
      await pause(500);
      answered = true;
      return true;
    };
    const verdict = await relay.send(message(), gate);
    expect(verdict).toMatchObject({ word: 'stopped', phase: 'body' });
    expect(answered).toBe(false);
    await pause(600);
    expect(answered).toBe(true);
    expect(sink).toMatchObject({ dots: 0, messages: [] });
  });

  test('open, but the line went down meanwhile: told as not sent, after the gate has answered', async () => {
    const sink = await sinkWith({ script: [{ phase: 'body', answer: { delayMs: 30, then: 'rst' } }] });
    let answered = false;
    const verdict = await relayTo(sink.url).send(message(), async () => {
      await pause(150);
      answered = true;
      return true;
    });
    expect(answered).toBe(true);
    expect(verdict).toMatchObject({ word: 'deferred', phase: 'body', whose: 'relay' });
    expect(sink.dots).toBe(0);
  });

  test('is not asked for a recipient who is refused, not even when the server says 354', async () => {
    const script = [
      { phase: 'rcpt', times: 1, answer: { code: 550, text: '5.1.1 no such user' } },
      { phase: 'data', times: 1, answer: { code: 354, text: 'go on' } },
    ] as const;
    const sink = await sinkWith({ script });
    let asked = 0;
    const relay = relayTo(sink.url);
    const verdict = await relay.send(message(), async () => ++asked > 0);
    expect(verdict).toMatchObject({ word: 'refused', about: 'address', phase: 'rcpt', code: 550 });
    await pause(30);
    expect([asked, sink.dots]).toEqual([0, 0]);
    // that server now waits for a body; the next message must not become it
    expect(sink.openConnections).toBe(0);
    expect((await relay.send(message(), pass)).word).toBe('accepted');
    expect(sink).toMatchObject({ connectionsMade: 2, dots: 1 });
  });
});

describe('the answer to the dot', () => {
  test.each<[string, Answer, string]>([
    ['arrives a byte at a time', { code: 250, text: '2.0.0 Ok', chunk: 1, everyMs: 2 }, 'accepted'],
    ['has many lines', { raw: '250-2.0.0 Ok\r\n250-queued\r\n250 done\r\n' }, 'accepted'],
    ['comes after a while', { code: 250, text: 'Ok', delayMs: 300 }, 'accepted'],
    ['is cut off by FIN', { raw: '250 2.0.0 O', then: 'half_close' }, 'unknown'],
    ['is only a first line', { raw: '250-2.0.0 Ok\r\n', then: 'fin' }, 'unknown'],
    ['is a reset after the message was taken', { accept: true, then: 'rst' }, 'unknown'],
    ['is a FIN after the message was taken', { accept: true, then: 'fin' }, 'unknown'],
    ['is a half-close', { then: 'half_close' }, 'unknown'],
    ['never comes', {}, 'unknown'],
    ['is not SMTP', { raw: 'OK thanks\r\n' }, 'unknown'],
    ['is a go-ahead', { code: 354, text: 'more' }, 'unknown'],
    ['is 421', { code: 421, text: '4.3.0 later', then: 'fin' }, 'deferred'],
    ['is 552', { code: 552, text: '5.3.4 too big' }, 'refused'],
  ])('%s', async (_what, answer, word) => {
    const sink = await sinkWith({ script: [{ phase: 'dot', answer }] });
    const relay = relayTo(sink.url, { limits: { answerMs: 600 } });
    expect((await relay.send(message(), pass)).word).toBe(word);
    expect(sink.dots).toBe(1);
  });

  test('is not waited for on the lane: another connection carries on', async () => {
    const slow = { phase: 'dot', times: 1, answer: { code: 250, text: 'Ok', delayMs: 1200 } } as const;
    const sink = await sinkWith({ script: [slow] });
    const relay = relayTo(sink.url, { limits: { offLaneMs: 100, answerMs: 5000 } });
    const order: string[] = [];
    const first = relay.send(message('a@outlet.example', 'a'), pass).then((v) => order.push(`a ${v.word}`));
    const second = relay.send(message('b@outlet.example', 'b'), pass).then((v) => order.push(`b ${v.word}`));
    await Promise.all([first, second]);
    expect(order).toEqual(['b accepted', 'a accepted']);
    expect(sink.connectionsMade).toBe(2);
  });
});

describe('sessions', () => {
  test.each([true, false])('are used again, one message after another (pipelining %s)', async (pipelining) => {
    const sink = await sinkWith({ pipelining });
    const relay = relayTo(sink.url, { connections: 3 });
    const sent = await Promise.all(
      Array.from({ length: 60 }, (_, i) => relay.send(message(`r${i}@x.example`, `${i}`), pass)),
    );
    expect(sent.every((verdict) => verdict.word === 'accepted')).toBe(true);
    expect(sink.connectionsMade).toBe(3);
    expect(new Set(sink.messages.map((m) => m.messageId)).size).toBe(60);
  });

  test('arm connects and logs in, and says nothing more', async () => {
    const sink = await sinkWith({ login: { user: 'press', password: 'päss/word@' } });
    const relay = relayTo(sink.url, { connections: 5 });
    expect(await relay.arm(4)).toEqual({ ready: 4 });
    expect(sink).toMatchObject({ connectionsMade: 4, mails: [], dots: 0 });
    expect((await relay.send(message(), pass)).word).toBe('accepted');
    expect(sink.connectionsMade).toBe(4);
  });

  test('that died while they stood ready cost nothing: the message goes over a fresh one, once', async () => {
    const sink = await sinkWith({ script: [{ phase: 'mail', connections: [1], answer: { then: 'rst' } }] });
    const relay = relayTo(sink.url);
    await relay.arm(1);
    expect((await relay.send(message(), pass)).word).toBe('accepted');
    expect(sink).toMatchObject({ connectionsMade: 2, dots: 1 });
  });

  test('that the server ends for being idle are noticed before they are needed', async () => {
    const sink = await sinkWith({
      script: [{ phase: 'ehlo', times: 1, answer: { raw: '250 sink\r\n', then: 'half_close' } }],
    });
    const relay = relayTo(sink.url);
    await relay.arm(1);
    await pause(50);
    expect((await relay.send(message(), pass)).word).toBe('accepted');
    expect(sink.connectionsMade).toBe(2);
  });

  test('with a limit of messages are replaced without a message being put off', async () => {
    const sink = await sinkWith({ messagesPerConnection: 2 });
    const relay = relayTo(sink.url, { connections: 2 });
    const sent = await Promise.all(Array.from({ length: 20 }, (_, i) => relay.send(message(`r${i}@x.example`), pass)));
    expect(sent.map((verdict) => verdict.word)).toEqual(Array(20).fill('accepted'));
    expect(sink.messages).toHaveLength(20);
  });

  test('beyond what the server allows are done without', async () => {
    const sink = await sinkWith({ maxConnections: 3 });
    const relay = relayTo(sink.url, { connections: 8 });
    const sent = await Promise.all(Array.from({ length: 40 }, (_, i) => relay.send(message(`r${i}@x.example`), pass)));
    expect(sent.every((verdict) => verdict.word === 'accepted')).toBe(true);
  });

  test('take the next message after a refusal', async () => {
    const sink = await sinkWith({
      script: [{ phase: 'rcpt', to: 'gone', answer: { code: 550, text: '5.1.1 unknown' } }],
    });
    const relay = relayTo(sink.url);
    expect((await relay.send(message('gone@x.example'), pass)).word).toBe('refused');
    expect((await relay.send(message('here@x.example'), pass)).word).toBe('accepted');
    expect(sink.connectionsMade).toBe(1);
  });

  test('wait out greylisting as the recipient’s wish', async () => {
    const sink = await sinkWith({ greylistMs: 80 });
    const relay = relayTo(sink.url);
    expect(await relay.send(message(), pass)).toMatchObject({ word: 'deferred', whose: 'recipient', code: 450 });
    await pause(120);
    expect((await relay.send(message(), pass)).word).toBe('accepted');
  });

  test('a server that trickles cannot hold a message for ever', async () => {
    const sink = await sinkWith({
      script: [{ phase: 'rcpt', answer: { raw: `250 ${'x'.repeat(500)}\r\n`, chunk: 1, everyMs: 20 } }],
    });
    const relay = relayTo(sink.url, { limits: { silenceMs: 1000, attemptMs: 300 } });
    const verdict = await relay.send(message(), pass);
    expect(verdict).toEqual({ word: 'deferred', phase: 'rcpt', whose: 'relay', why: 'Not done within 0.3 s.' });
  });
});

describe('closing', () => {
  test('lets messages on a connection finish and stops those that wait', async () => {
    const sink = await sinkWith({ script: [{ phase: 'dot', answer: { code: 250, text: 'Ok', delayMs: 150 } }] });
    const relay = relayTo(sink.url);
    const first = relay.send(message(), pass);
    const second = relay.send(message(), pass);
    await pause(60);
    await relay.close();
    expect((await first).word).toBe('accepted');
    expect((await second).word).toBe('stopped');
    expect((await relay.send(message(), pass)).word).toBe('stopped');
    await pause(50);
    expect(sink).toMatchObject({ dots: 1, openConnections: 0 });
  });

  test('gives room in turn, and for only so many ahead that no connection waits', async () => {
    const sink = await sinkWith({ script: [{ phase: 'dot', answer: { code: 250, text: 'Ok', delayMs: 150 } }] });
    const relay = relayTo(sink.url);
    const order: number[] = [];
    await relay.room();
    await relay.room();
    const third = relay.room().then(() => order.push(3));
    const fourth = relay.room().then(() => order.push(4));
    const sent = [relay.send(message(), pass), relay.send(message(), pass)];
    await pause(60);
    expect(order).toEqual([]);
    await Promise.all(sent);
    await third;
    relay.giveRoomBack();
    await fourth;
    expect(order).toEqual([3, 4]);
  });

  test('sends the next envelope in the packet of the dot, and each message still has an answer of its own', async () => {
    const sink = await sinkWith({ capture: 'raw', pipelining: true });
    const relay = relayTo(sink.url);
    const sent = Array.from({ length: 6 }, (_, n) => relay.send(message(`person.${n}@example.org`), pass));
    expect((await Promise.all(sent)).map((verdict) => verdict.word)).toEqual(Array(6).fill('accepted'));
    expect(sink.messages.map((one) => one.to)).toEqual(Array.from({ length: 6 }, (_, n) => `person.${n}@example.org`));
    expect(sink).toMatchObject({ dots: 6, connectionsMade: 1 });
  });

  test('takes a follower back whose envelope waits behind a slow answer, and sends it elsewhere once', async () => {
    const slow = { code: 250, text: 'Ok', delayMs: 600 } as const;
    const sink = await sinkWith({
      pipelining: true,
      script: [{ phase: 'dot', connections: [1], after: 1, answer: slow }],
    });
    const relay = relayTo(sink.url, { limits: { offLaneMs: 100 } });
    const sent = Array.from({ length: 4 }, (_, n) => relay.send(message(`person.${n}@example.org`), pass));
    expect((await Promise.all(sent)).map((verdict) => verdict.word)).toEqual(Array(4).fill('accepted'));
    expect(new Set(sink.messages.map((one) => one.to)).size).toBe(4);
    expect(sink).toMatchObject({ dots: 4, connectionsMade: 2 });
  });
});

describe('our own trouble holds the lane and nobody is blamed', () => {
  const certificate = makeCertificate();
  const login = { user: 'press', password: 'secret' };

  test.each<[string, SinkOptions, string | undefined, string, string]>([
    ['a wrong password', { login }, 'smtp://press:wrong@127.0.0.1:PORT', 'auth', ''],
    ['a login that is not offered', {}, 'smtp://press:secret@127.0.0.1:PORT', 'auth', ''],
    ['a login that is asked for and not set', { login }, 'smtp://127.0.0.1:PORT', 'auth', ''],
    ['STARTTLS stripped', {}, 'smtp://127.0.0.1:PORT?tls=required', 'tls', ''],
    ['a certificate nobody vouches for', { tls: 'starttls', certificate }, undefined, 'tls', ''],
    [
      'a certificate of another host',
      { tls: 'starttls', certificate: makeCertificate({ names: ['other.example'] }) },
      undefined,
      'tls',
      'trusted',
    ],
    [
      'an expired certificate',
      { tls: 'starttls', certificate: makeCertificate({ until: Date.now() - 1000 }) },
      undefined,
      'tls',
      'trusted',
    ],
    [
      'an expired certificate, TLS at once',
      { tls: 'implicit', certificate: makeCertificate({ until: Date.now() - 1000 }) },
      undefined,
      'tls',
      'trusted',
    ],
    ['a server without TLS where TLS is wanted', {}, 'smtps://127.0.0.1:PORT', 'tls', ''],
  ])('%s', async (_what, options, url, kind, trusted) => {
    const sink = await sinkWith(options);
    const trust = trusted ? options.certificate?.cert : undefined;
    const relay = relayTo(url?.replace('PORT', String(sink.port)) ?? sink.url, trust ? { trust } : {});
    const verdict = await relay.send(message(), pass);
    expect(verdict).toMatchObject({ word: 'lane', kind });
    if (kind === 'tls') expect(sink.mails).toEqual([]);
    expect(sink.dots).toBe(0);
  });

  test('a relay that is not there', async () => {
    const sink = await startSink();
    await sink.stop();
    const relay = relayTo(sink.url, { connections: 4 });
    const verdicts = await Promise.all([1, 2, 3].map(() => relay.send(message(), pass)));
    for (const verdict of verdicts) expect(verdict).toMatchObject({ word: 'lane', kind: 'connect' });
    expect(await relay.arm(4)).toMatchObject({ ready: 0, fault: { kind: 'connect' } });
  });

  test('a refused login is tried once, not by every connection', async () => {
    const sink = await sinkWith({ login });
    const relay = relayTo(`smtp://press:wrong@127.0.0.1:${sink.port}`, { connections: 10 });
    expect(await relay.arm(10)).toMatchObject({ ready: 0, fault: { kind: 'auth', code: 535 } });
    expect(sink.connectionsMade).toBe(1);
  });

  test.each(['starttls', 'implicit'] as const)('a certificate we trust opens the way (%s)', async (tls) => {
    const sink = await sinkWith({ tls, certificate, login });
    const relay = relayTo(sink.url, { trust: certificate.cert, connections: 2 });
    const sent = await Promise.all(Array.from({ length: 10 }, (_, i) => relay.send(message(`r${i}@x.example`), pass)));
    expect(sent.every((verdict) => verdict.word === 'accepted')).toBe(true);
    expect(sink.connectionsMade).toBe(2);
  });

  test('answers that follow the login unasked are not taken for answers to us', async () => {
    const sink = await sinkWith({
      login,
      script: [{ phase: 'auth', answer: { raw: '235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n' } }],
    });
    const verdict = await relayTo(sink.url).send(message(), pass);
    expect(verdict).toMatchObject({ word: 'lane', kind: 'connect' });
    expect(sink.dots).toBe(0);
  });
});

describe('what is not offered to a server', () => {
  test.each([
    'a@b.example, c@d.example',
    'a@b.example>\r\nRCPT TO:<c@d.example',
    '<a@b.example>',
    '"a@c"@b.example',
    'a b@c.example',
    'a@b@c.example',
    '@b.example',
    'a@',
    'a@b.example\u0000',
    'a@[127.0.0.1]',
    'a@b_c..example',
    `${'x'.repeat(65)}@b.example`,
  ])('an address like %j', async (to) => {
    const sink = await sinkWith();
    expect(await relayTo(sink.url).send(message(to), pass)).toMatchObject({
      word: 'refused',
      about: 'address',
      phase: 'connected',
    });
    expect(sink.mails).toEqual([]);
  });

  test.each([
    ['a line with a dot first', ['a', '.', 'MAIL FROM:<x@y.example>']],
    ['a lone LF', ['a\n.\nb']],
    ['a lone CR', ['a\rb']],
    ['a line of 1000 bytes', ['x'.repeat(1000)]],
  ])('%s', async (_what, text) => {
    const sink = await sinkWith();
    const verdict = await relayTo(sink.url).send({ ...message(), segments: lines('A: b', '', ...text) }, pass);
    expect(verdict).toMatchObject({ word: 'refused', about: 'message' });
    expect(sink).toMatchObject({ mails: [], dots: 0 });
  });

  test('a piece that ends in mid-line, where the next could complete a dot', async () => {
    const sink = await sinkWith();
    const segments = [Buffer.from('A: b\r\n\r\nx\r\n'), Buffer.from('.'), Buffer.from('\r\n')];
    expect(await relayTo(sink.url).send({ ...message(), segments }, pass)).toMatchObject({
      word: 'refused',
      about: 'message',
    });
  });

  test('a message larger than the server takes', async () => {
    const sink = await sinkWith({ size: 40 });
    const big = { ...message(), segments: lines('A: b', '', 'x'.repeat(60)) };
    expect(await relayTo(sink.url).send(big, pass)).toMatchObject({
      word: 'refused',
      about: 'message',
      phase: 'connected',
    });
  });

  test('an address outside ASCII, unless the server can carry it', async () => {
    const without = await sinkWith({ smtpUtf8: false });
    expect(await relayTo(without.url).send(message('記者@例え.jp'), pass)).toMatchObject({
      word: 'refused',
      about: 'unclear',
    });
    const sink = await sinkWith();
    expect((await relayTo(sink.url).send(message('記者@例え.jp'), pass)).word).toBe('accepted');
    expect(sink.messages[0]!.to).toBe('記者@xn--r8jz45g.jp');
    expect(sink.mails[0]).toMatch(/ SMTPUTF8 BODY=8BITMIME$/);
  });

  test('SIZE is told where it is asked for', async () => {
    const sink = await sinkWith({ size: 0 });
    const sent = message();
    await relayTo(sink.url).send(sent, pass);
    expect(sink.mails).toEqual([`MAIL FROM:<desk@press.example> SIZE=${sent.segments[0]!.length}`]);
  });

  test.each([
    'http://x.example',
    'smtp://',
    'smtp://u:p@relay.example?tls=off',
    'smtp://relay.example?tls=maybe',
    'smtp://%:x@relay.example',
  ])('a relay address like %s', (url) => {
    expect(() => openRelay({ url, connections: 1, clock: systemClock, log: silent })).toThrow(/SMTP_URL/);
  });
});

test('the ledger gets the server’s words without the recipient in them', async () => {
  const sink = await sinkWith({
    script: [{ phase: 'rcpt', answer: { code: 550, text: '5.1.1 <TM.Chan@outlet.example>: tm.chan is unknown' } }],
  });
  expect(await relayTo(sink.url).send(message('tm.chan@outlet.example'), pass)).toMatchObject({
    word: 'refused',
    reply: '550 5.1.1 <recipient>: <recipient> is unknown',
  });
});

test('relay and server agree about every message, whatever goes wrong in between', async () => {
  const phase = fc.constantFrom<SinkPhase>('greeting', 'ehlo', 'mail', 'rcpt', 'data', 'body', 'dot');
  const answer = fc.constantFrom<Answer>(
    { code: 421, text: 'x', then: 'fin' },
    { code: 451, text: '4.3.0 x' },
    { code: 550, text: '5.1.1 x' },
    { then: 'rst' },
    { then: 'fin' },
    { then: 'half_close' },
    { raw: 'x\r\n' },
    { accept: true, then: 'rst' },
    { code: 250, text: 'x', delayMs: 10 },
  );
  const rule = fc
    .record({ phase, answer, after: fc.nat(12), times: fc.integer({ min: 1, max: 3 }) })
    // a server that accepts a message before its end and then does not take it lies; nobody can find out
    .filter((made) => !(made.phase === 'body' && made.answer.code === 250));
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { maxLength: 8 }), fc.boolean(), async (script, pipelining) => {
      const sink = await sinkWith({ script, pipelining });
      const relay = relayTo(sink.url, { connections: 4, limits: { silenceMs: 400, attemptMs: 800, answerMs: 400 } });
      const sent = await Promise.all(
        Array.from({ length: 30 }, async (_, i): Promise<[string, Verdict, boolean]> => {
          const shut = i % 7 === 0;
          return [`<${i}>`, await relay.send(message(`r${i}@x.example`, String(i)), async () => !shut), shut];
        }),
      );
      for (const [id, verdict, shut] of sent) {
        const taken = sink.messages.filter((m) => m.messageId === id).length;
        if (verdict.word === 'accepted') expect([taken, shut]).toEqual([1, false]);
        else if (verdict.word === 'unknown') expect([[0, 1].includes(taken), shut]).toEqual([true, false]);
        else expect(taken).toBe(0);
      }
      await relay.close();
      await sink.stop();
    }),
    { numRuns: 40 },
  );
});
