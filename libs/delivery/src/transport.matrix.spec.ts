import { describe, expect, test } from '@jest/globals';
import { systemClock, type Log } from '#libs/kernel';
import { startSink } from '../../../test/support/sink.js';
import type { Answer, Rule, SinkPhase } from '../../../test/support/sink.script.js';
import { openRelay } from './transport.smtp.js';
import type { Verdict } from './verdict.js';

// wide enough that a busy machine is not taken for a silent server
const LIMITS = {
  connectMs: 600,
  greetingMs: 600,
  silenceMs: 700,
  attemptMs: 1500,
  answerMs: 800,
  offLaneMs: 5000,
  reopenMs: 50,
};
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const PHASES = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'body', 'dot'] as const satisfies readonly SinkPhase[];
const FAULTS = ['421', '4xx', '5xx', 'fin', 'rst', 'silence', 'trickle', 'garbage'] as const;
type Phase = (typeof PHASES)[number];
type Fault = (typeof FAULTS)[number];

/** What must come out: word and what it blames. The one table that says it; reasons stand in verdict.ts. */
const ORACLE: Record<Phase, Record<Fault, string>> = {
  greeting: all('lane connect', { '421': 'deferred relay', '4xx': 'deferred relay', '5xx': 'lane policy' }),
  ehlo: all('lane connect', { '421': 'deferred relay', '4xx': 'deferred relay', '5xx': 'lane policy' }),
  mail: all('deferred relay', { '5xx': 'lane policy' }),
  rcpt: all('deferred relay', { '4xx': 'deferred recipient', '5xx': 'refused address' }),
  data: all('deferred relay', { '5xx': 'refused message' }),
  body: all('deferred relay', { '5xx': 'refused message' }),
  dot: all('unknown', { '421': 'deferred relay', '4xx': 'deferred relay', '5xx': 'refused message' }),
};

const REPLIES: Record<Phase, { readonly '4xx': Answer; readonly '5xx': Answer }> = {
  greeting: { '4xx': { code: 450, text: 'busy' }, '5xx': { code: 554, text: 'No SMTP service here' } },
  ehlo: { '4xx': { code: 450, text: 'busy' }, '5xx': { code: 550, text: 'go away' } },
  mail: { '4xx': { code: 451, text: '4.3.0 lookup failed' }, '5xx': { code: 550, text: '5.7.1 sender rejected' } },
  rcpt: { '4xx': { code: 450, text: '4.2.0 greylisted' }, '5xx': { code: 550, text: '5.1.1 no such user' } },
  data: { '4xx': { code: 451, text: '4.3.0 no' }, '5xx': { code: 554, text: 'no' } },
  body: { '4xx': { code: 452, text: '4.3.1 disk full' }, '5xx': { code: 552, text: '5.3.4 too big' } },
  dot: { '4xx': { code: 451, text: '4.3.0 queue error' }, '5xx': { code: 554, text: '5.6.0 malformed' } },
};

function all(rest: string, but: Partial<Record<Fault, string>>): Record<Fault, string> {
  return Object.fromEntries(FAULTS.map((fault) => [fault, but[fault] ?? rest])) as Record<Fault, string>;
}

function answerOf(phase: Phase, fault: Fault): Answer {
  if (fault === '4xx' || fault === '5xx') return REPLIES[phase][fault];
  if (fault === '421') return { code: 421, text: '4.3.2 shutting down', then: 'fin' };
  if (fault === 'fin' || fault === 'rst') return { then: fault };
  // a body is swallowed by socket buffers unless it is larger than they are and nobody reads
  if (fault === 'silence') return phase === 'body' ? { then: 'deaf' } : {};
  if (fault === 'garbage') return { raw: 'nonsense\r\n' };
  return { raw: `${phase === 'data' ? 354 : 250} ${'slow '.repeat(400)}\r\n`, chunk: 1, everyMs: 20 };
}

const head = Buffer.from('Subject: x\r\n\r\n');
const small = Buffer.from('hello\r\n');
const envelope = { from: 'desk@press.example', to: 'r@outlet.example' };
const huge = Buffer.alloc(12 * 1024 * 1024, `${'x'.repeat(76)}\r\n`);
const whole = huge.subarray(0, huge.lastIndexOf('\n') + 1);

interface Cell {
  readonly phase: Phase;
  readonly fault: Fault;
  readonly warm: boolean;
  readonly pipelining: boolean;
}

async function ready({ phase, fault, warm, pipelining }: Cell) {
  const sink = await startSink({ pipelining, capture: 'none' });
  const relay = openRelay({ url: sink.url, connections: 1, clock: systemClock, log: silent, limits: LIMITS });
  if (warm) {
    const first = await relay.send({ ...envelope, segments: [head, small] }, async () => true);
    expect(first.word).toBe('accepted');
  }
  const rule: Rule = { phase, answer: answerOf(phase, fault) };
  const ending: Rule = { phase: 'mail', connections: [1], answer: { then: 'fin' } };
  sink.script(warm && (phase === 'greeting' || phase === 'ehlo') ? [ending, rule] : [rule]);
  sink.forget();
  return { sink, relay };
}

type Ready = Awaited<ReturnType<typeof ready>>;

async function outcome({ phase, fault }: Cell, { sink, relay }: Ready) {
  let asked = 0;
  // early answers must have a moment to arrive before the dot; where they come later nobody can tell them apart
  const gate = async () => {
    asked += 1;
    if (phase === 'body') await systemClock.sleep(100);
    return true;
  };
  const body = phase === 'body' && fault === 'silence' ? whole : small;
  const verdict = await relay.send({ ...envelope, segments: [head, body] }, gate);
  const found = { verdict, asked, dots: sink.dots, accepted: sink.messages.length };
  await relay.close();
  await sink.stop();
  return found;
}

function brief(verdict: Verdict): string {
  if (verdict.word === 'refused') return `refused ${verdict.about}`;
  if (verdict.word === 'deferred') return `deferred ${verdict.whose}`;
  return verdict.word === 'lane' ? `lane ${verdict.kind}` : verdict.word;
}

const STEP: Record<Phase, string> = {
  greeting: 'connected',
  ehlo: 'connected',
  mail: 'mail',
  rcpt: 'rcpt',
  data: 'data',
  body: 'body',
  dot: 'dot_sent',
};

const STARTS = [true, false].flatMap((warm) => [true, false].map((pipelining) => ({ warm, pipelining })));

describe('7 phases × 8 faults, cold and warm, with and without pipelining', () => {
  test.each(PHASES)('%s: every fault is told for what it is', async (phase) => {
    const cells = STARTS.flatMap((start) => FAULTS.map((fault) => ({ phase, fault, ...start })));
    const stages: Ready[] = [];
    for (const cell of cells) stages.push(await ready(cell));
    const found = await Promise.all(cells.map((cell, i) => outcome(cell, stages[i]!)));
    const name = ({ fault, warm, pipelining }: Cell) =>
      `${fault}${warm ? ' warm' : ''}${pipelining ? ' pipelined' : ''}`;
    expect(found.map(({ verdict }, i) => `${name(cells[i]!)}: ${brief(verdict)}`)).toEqual(
      cells.map((cell) => `${name(cell)}: ${ORACLE[phase][cell.fault]}`),
    );
    for (const { verdict, asked, dots, accepted } of found) {
      expect(accepted).toBe(0);
      if (phase !== 'dot') expect(dots).toBe(0);
      // the gate is asked once, and only when nothing but the dot is missing
      if (phase === 'dot') expect(asked).toBe(1);
      else if (phase !== 'body') expect(asked).toBe(0);
      if ('phase' in verdict) expect(verdict.phase).toBe(STEP[phase]);
    }
  });
});
