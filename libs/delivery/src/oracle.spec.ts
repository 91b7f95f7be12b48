import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeliveryId, DistributionId, OrganisationId } from '#libs/kernel';
import { answerFor } from './oracle.js';
import type { Answer } from './oracle.store.js';
import type { AskedDelivery } from './oracle.store.js';
import { readPostfixLine } from './postfix.log.js';
import { RelayEvidence } from './relay.evidence.js';

const T = Date.UTC(2026, 10, 23, 12, 0, 0);
const ID = '5c0fa3de-0000-4000-8000-0000000000e1';
const HOST = 'mail-1';

function asked(changes: Partial<AskedDelivery> = {}): AskedDelivery {
  return {
    organisation: '' as OrganisationId,
    distribution: '' as DistributionId,
    id: ID as DeliveryId,
    dot: '7',
    dotAt: new Date(T + 3_400),
    worker: `${HOST}-4711`,
    since: new Date(T),
    ...changes,
  };
}

/** A line so many milliseconds after T, as a log with whole seconds has it. */
const line = (ms: number, text: string) =>
  `${new Date(T + Math.floor(ms / 1_000) * 1_000).toISOString().replace('.000', '')} relay postfix/${text}`;

function ask(lines: readonly string[], row = asked(), now = T + 60_000): Answer {
  const evidence = new RelayEvidence(new Set([row.id]));
  for (const text of lines) {
    const read = readPostfixLine(text, now);
    if (read) evidence.take(read, now);
  }
  return answerFor(row, evidence, HOST, now);
}

const connect = (ms: number, pid = 1) => line(ms, `smtpd[${pid}]: connect from localhost[127.0.0.1]`);
const opened = (ms: number, queueId: string, pid = 1) =>
  line(ms, `smtpd[${pid}]: ${queueId}: client=localhost[127.0.0.1]`);
const named = (ms: number, queueId: string, id = ID) =>
  line(ms, `cleanup[2]: ${queueId}: message-id=<${id}@press.example.org>`);
const queued = (ms: number, queueId: string) =>
  line(ms, `qmgr[3]: ${queueId}: from=<bounce@x.example>, size=60242, nrcpt=1 (queue active)`);
const lost = (ms: number, phase = 'DATA (60025 bytes)', pid = 1) =>
  line(ms, `smtpd[${pid}]: lost connection after ${phase} from localhost[127.0.0.1]`);
const left = (ms: number, data: string, pid = 1) =>
  line(ms, `smtpd[${pid}]: disconnect from localhost[127.0.0.1] ehlo=1 mail=9 rcpt=9 ${data} commands=9`);

/** One message accepted, then ours lost before its dot. */
const LOST = [
  connect(0),
  opened(100, 'AAAAAA1'),
  named(110, 'AAAAAA1', 'another'),
  queued(120, 'AAAAAA1'),
  opened(3_000, 'BBBBBB2'),
  named(3_100, 'BBBBBB2'),
  lost(3_500),
  left(3_501, 'data=1/2'),
];

describe('the relay’s log', () => {
  test('says accepted when the queue manager has a queue id that carries the Message-ID, and only then', () => {
    const until = [connect(0), opened(3_000, 'BBBBBB2'), named(3_100, 'BBBBBB2')];
    expect(ask(until)).toEqual({ word: 'unknown' });
    expect(ask([...until, left(3_500, 'data=1')])).toEqual({ word: 'unknown' });
    expect(ask([...until, queued(3_500, 'CCCCCC3')])).toEqual({ word: 'unknown' });
    expect(ask([...until, queued(3_500, 'BBBBBB2')])).toMatchObject({ word: 'accepted', queueId: 'BBBBBB2' });
    expect(ask([named(3_100, 'BBBBBB2'), queued(3_500, 'BBBBBB2')])).toMatchObject({ word: 'accepted' });
    const again = [opened(9_000, 'EEEEEE5', 8), named(9_001, 'EEEEEE5'), queued(9_002, 'EEEEEE5')];
    expect(ask([...LOST, ...again])).toMatchObject({ word: 'accepted', queueId: 'EEEEEE5' });
  });

  test('says not accepted when its session was lost in its body, whichever of the two daemons logged first', () => {
    const not = { word: 'not_accepted', queueId: 'BBBBBB2' };
    expect(ask(LOST)).toMatchObject(not);
    expect(ask([...LOST.filter((text) => !text.includes(ID)), named(3_600, 'BBBBBB2')])).toMatchObject(not);
    expect(ask(LOST.map((text) => text.replace('lost connection', 'timeout')))).toMatchObject(not);
  });

  test.each([
    ['the message never appears', LOST.filter((text) => !text.includes(ID))],
    ['the session goes on: a suspended worker may still send its dot', LOST.slice(0, -1)],
    ['it was lost after the dot', LOST.map((text) => text.replace('DATA (60025 bytes)', 'END-OF-MESSAGE'))],
    ['the sum of the session counts one message more than was seen', LOST.map((text) => text.replace('1/2', '2/3'))],
    ['the session’s beginning is missing', LOST.slice(1)],
    [
      'the lost one is a later message of the session',
      [
        ...LOST.slice(0, 6),
        opened(3_300, 'CCCCCC3'),
        named(3_310, 'CCCCCC3', 'another'),
        lost(3_500),
        left(3_501, 'data=2/3'),
      ],
    ],
    ['it was lost well before the dot: an earlier attempt', LOST.map((text) => text.replace('12:00:03', '12:00:01'))],
    [
      'a second copy was opened and nobody knows what became of it',
      [...LOST, opened(3_900, 'DDDDDD4', 8), named(3_950, 'DDDDDD4')],
    ],
    ['a message without a name was opened meanwhile', [...LOST, opened(3_900, 'DDDDDD4', 8)]],
    [
      'the logging service threw lines away',
      [...LOST, `${new Date(T).toISOString()} relay systemd-journald[1]: Suppressed 9 messages from postfix`],
    ],
    ['its stamps lie ahead of our clock: another zone', [...LOST, connect(3_600_000, 8)]],
    ['it says both', [...LOST, queued(4_000, 'BBBBBB2')]],
  ])('decides nothing when %s', (_, lines) => expect(ask(lines)).toEqual({ word: 'unknown' }));

  test('decides nothing about a message sent from another machine, or never let go, or let go just now', () => {
    expect(ask(LOST, asked({ worker: 'mail-10-4711' }))).toEqual({ word: 'unknown' });
    expect(ask(LOST, asked({ worker: null }))).toEqual({ word: 'unknown' });
    expect(ask(LOST, asked({ dotAt: null, dot: null }))).toEqual({ word: 'unknown' });
    expect(ask(LOST, asked(), T + 8_300)).toEqual({ word: 'unknown' });
  });

  test('takes a queue id that comes again for another message', () => {
    const again = [opened(9_000, 'BBBBBB2', 8), named(9_010, 'BBBBBB2', 'another'), queued(9_020, 'BBBBBB2')];
    expect(ask([...LOST, ...again])).toMatchObject({ word: 'not_accepted' });
  });

  test('never says the opposite of what happened, whatever lines are missing and in whatever order daemons log', () => {
    const phase = fc.constantFrom<'accepted' | 'refused' | 'body' | 'rcpt'>('accepted', 'refused', 'body', 'rcpt');
    const session = fc.record({ before: fc.array(fc.constant('accepted' as const), { maxLength: 3 }), end: phase });
    const story = fc.record({
      sessions: fc.array(session, { minLength: 1, maxLength: 4 }),
      ours: fc.nat(3),
      place: fc.nat(3),
      keep: fc.array(
        fc.nat(15).map((n) => n > 0),
        { minLength: 60, maxLength: 60 },
      ),
      late: fc.array(fc.nat(30), { minLength: 60, maxLength: 60 }),
    });
    fc.assert(
      fc.property(story, ({ sessions, ours, place, keep, late }) => {
        const mine = ours % sessions.length;
        const lines: { readonly text: string; readonly daemon: string; readonly at: number }[] = [];
        let at = 3_000;
        const say = (daemon: string, text: (ms: number) => string) =>
          void lines.push({ text: text((at += 3)), daemon, at });
        sessions.forEach(({ before, end }, s) => {
          const smtpd = `smtpd ${s}`;
          say(smtpd, (ms) => connect(ms, s));
          const all = [...before, end];
          all.forEach((fate, m) => {
            const queueId = `Q${s}${m}00000`;
            const id = s === mine && m === place % all.length ? ID : `other-${s}-${m}`;
            say(smtpd, (ms) => opened(ms, queueId, s));
            if (fate !== 'rcpt') say('cleanup', (ms) => named(ms, queueId, id));
            if (fate === 'accepted') say('qmgr', (ms) => queued(ms, queueId));
          });
          const data = all.filter((fate) => fate !== 'rcpt').length;
          const done = all.filter((fate) => fate === 'accepted').length;
          if (end === 'body') say(smtpd, (ms) => lost(ms, 'DATA (9 bytes)', s));
          if (end === 'rcpt') say(smtpd, (ms) => lost(ms, 'RCPT', s));
          say(smtpd, (ms) => left(ms, data === 0 ? '' : done === data ? `data=${data}` : `data=${done}/${data}`, s));
        });
        // lines of one daemon stay in order; daemons overtake each other by up to 30 ms
        const delays = new Map<string, number>();
        const logged = lines
          .map((one, i) => {
            const when = Math.max(one.at + (late[i % 60] ?? 0), delays.get(one.daemon) ?? 0);
            delays.set(one.daemon, when);
            return { ...one, when, i };
          })
          .sort((a, b) => a.when - b.when || a.i - b.i)
          .filter((_, i) => keep[i % 60]);
        const { before = [], end } = sessions[mine] ?? {};
        const fate = [...before, end][place % (before.length + 1)];
        const answer = ask(
          logged.map((one) => one.text),
          asked({ dotAt: new Date(T + 3_000) }),
        ).word;
        if (answer === 'accepted') expect(fate).toBe('accepted');
        if (answer === 'not_accepted') expect(fate).toBe('body');
      }),
      { numRuns: 3_000 },
    );
  });
});
