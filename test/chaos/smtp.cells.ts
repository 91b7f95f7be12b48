import { makeCertificate } from '../support/certificate.js';
import type { SinkOptions } from '../support/sink.js';
import type { Answer, Rule, SinkPhase } from '../support/sink.script.js';

/** Three messages over one connection, or one alone. */
export type Audience = 'three' | 'one';

/** One mail server with one whim, and what the ledger must say of whoever meets it. */
export interface Cell {
  readonly name: string;
  readonly audience: Audience;
  /** Written by hand; see ORACLE. */
  readonly says: string;
  /** Messages that are taken before the whim, or in spite of it. */
  readonly taken: number;
  /** Final dots that reach the server. */
  readonly dots: number;
  readonly script: readonly Rule[];
  readonly sink?: SinkOptions;
  /** Instead of the sink's own address. */
  readonly url?: (port: number) => string;
  /** PEM of a certificate authority to trust; also once it is mended. */
  readonly trust?: string;
  /** A gate that takes this long, so that an answer within the body has a moment to arrive before the dot. */
  readonly gateMs?: number;
  readonly connections?: number;
  /** What ops do about it; without it the server comes to its senses by itself. */
  readonly mended?: { readonly url: (port: number) => string; readonly trust?: string };
}

const PHASES = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'body', 'dot'] as const satisfies readonly SinkPhase[];
type Phase = (typeof PHASES)[number];
const FAULTS = ['4xx', '5xx', '421', 'fin', 'rst', 'silence', 'trickle', 'garbage'] as const;
type Fault = (typeof FAULTS)[number];

/**
 * What each fault must come to, by RFC 5321 and common sense, not by the sender's code. `waits`: nobody was told anything,
 * the row is as it was and an alarm names the trouble. `soon`: our relay is in trouble, tried again within seconds.
 * `later`: the recipient's server asked for it, so not within a minute. `unknown`: the dot has left and only an answer to
 * it could say more (RFC 1047). A body of a few KB is in the system's hands before a silent server could be noticed, so
 * there silence is that of an unanswered dot; transport.matrix.spec.ts has the body that is larger than all buffers.
 */
const ORACLE: Readonly<Record<Phase, readonly [string, string, string, string, string, string, string, string]>> = {
  //          4xx             5xx                            421     fin             rst             silence         trickle         garbage
  greeting: [
    'soon',
    'waits policy',
    'soon',
    'waits connect',
    'waits connect',
    'waits connect',
    'waits connect',
    'waits connect',
  ],
  ehlo: [
    'soon',
    'waits policy',
    'soon',
    'waits connect',
    'waits connect',
    'waits connect',
    'waits connect',
    'waits connect',
  ],
  mail: ['soon', 'waits policy', 'soon', 'soon', 'soon', 'soon', 'soon', 'soon'],
  rcpt: ['later', 'refused address_at_rcpt', 'soon', 'soon', 'soon', 'soon', 'soon', 'soon'],
  data: ['soon', 'refused message_at_data', 'soon', 'soon', 'soon', 'soon', 'soon', 'soon'],
  body: ['soon', 'refused message_at_body', 'soon', 'soon', 'soon', 'unknown', 'soon', 'soon'],
  dot: ['soon', 'refused message_at_dot_sent', 'soon', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown'],
};

const REPLIES: Readonly<Record<Phase, { readonly '4xx': Answer; readonly '5xx': Answer }>> = {
  greeting: { '4xx': { code: 450, text: 'Busy' }, '5xx': { code: 554, text: 'No SMTP service here' } },
  ehlo: { '4xx': { code: 451, text: 'Busy' }, '5xx': { code: 550, text: 'Go away' } },
  mail: { '4xx': { code: 451, text: '4.3.0 Lookup failed' }, '5xx': { code: 550, text: '5.7.1 Sender rejected' } },
  rcpt: { '4xx': { code: 450, text: '4.2.0 Mailbox busy' }, '5xx': { code: 550, text: '5.1.1 No such user' } },
  data: { '4xx': { code: 451, text: '4.3.0 Not now' }, '5xx': { code: 554, text: 'Transaction failed' } },
  body: { '4xx': { code: 452, text: '4.3.1 Disk full' }, '5xx': { code: 552, text: '5.3.4 Too big' } },
  dot: { '4xx': { code: 451, text: '4.3.0 Queue error' }, '5xx': { code: 554, text: '5.6.0 Malformed' } },
};

const GATE_MS = 250;

/** 7 phases × 8 faults, each on a new connection and on one that has carried two messages. */
export function matrix(): Cell[] {
  const starts = PHASES.flatMap((phase) => FAULTS.map((fault) => ({ phase, fault })));
  return [false, true].flatMap((warm) => starts.map(({ phase, fault }) => cellOf(phase, fault, warm)));
}

function cellOf(phase: Phase, fault: Fault, warm: boolean): Cell {
  const taken = warm ? 2 : 0;
  // one that has begun to refuse a body takes it to its end all the same
  const swallowed = phase === 'dot';
  return {
    name: `${phase} ${fault} ${warm ? 'warm' : 'cold'}`,
    audience: warm ? 'three' : 'one',
    says: ORACLE[phase][FAULTS.indexOf(fault)] ?? 'forgotten',
    taken,
    dots: taken + (swallowed ? 1 : 0),
    script: scriptOf(phase, answerOf(phase, fault), warm),
    ...(phase === 'body' ? { gateMs: GATE_MS } : {}),
  };
}

function scriptOf(phase: Phase, answer: Answer, warm: boolean): Rule[] {
  if (!warm) return [{ phase, answer }];
  if (phase !== 'greeting' && phase !== 'ehlo') return [{ phase, after: 2, answer }];
  // a warm connection is greeted once: it has to end for the next one to meet the whim
  return [
    { phase: 'mail', after: 2, times: 1, answer: { then: 'fin' } },
    { phase, after: 1, answer },
  ];
}

/** Past the dot the server has taken the message whenever it may have: what is sent once more would show as a copy. */
function answerOf(phase: Phase, fault: Fault): Answer {
  const took = phase === 'dot' ? { accept: true } : {};
  switch (fault) {
    case '4xx':
    case '5xx':
      return REPLIES[phase][fault];
    case '421':
      return { code: 421, text: '4.3.2 Shutting down', then: 'fin' };
    case 'fin':
    case 'rst':
      return { then: fault, ...took };
    case 'silence':
      return took;
    case 'garbage':
      return { raw: 'nonsense\r\n', ...took };
    case 'trickle':
      return { raw: `${phase === 'data' ? 354 : 250} ${'slow '.repeat(100)}\r\n`, chunk: 1, everyMs: 100, ...took };
  }
}

const one = { audience: 'one', taken: 0, dots: 0 } as const;

function reply(name: string, says: string, phase: Phase, code: number, text: string): Cell {
  return { ...one, name, says, dots: phase === 'dot' ? 1 : 0, script: [{ phase, answer: { code, text } }] };
}

/** Whims that the matrix has no place for. */
export function whims(): Cell[] {
  return [...waits(), ...storms(), ...logins(), ...encryption()];
}

function waits(): Cell[] {
  return [
    { ...one, name: 'greylisting', says: 'later', script: [], sink: { greylistMs: 1 } },
    reply('greylisting at the dot', 'later', 'dot', 450, '4.2.0 Greylisted, come back later'),
    reply('452 storage', 'soon', 'rcpt', 452, '4.3.1 Insufficient system storage'),
    reply('452 mailbox', 'later', 'rcpt', 452, '4.2.2 Mailbox full'),
    reply('452 too many', 'soon', 'rcpt', 452, '4.5.3 Too many recipients'),
    // RFC 5321 section 4.5.3.1.10
    reply('552 too many', 'soon', 'rcpt', 552, 'Too many recipients'),
    reply('552 mailbox', 'refused mailbox_at_rcpt', 'rcpt', 552, '5.2.2 Mailbox full'),
    reply('552 size', 'refused message_at_mail', 'mail', 552, '5.3.4 Message size exceeds limit'),
    reply('552 at the dot', 'refused message_at_dot_sent', 'dot', 552, '5.3.4 Too big'),
  ];
}

function storms(): Cell[] {
  return [
    {
      ...{ name: '421 after every message', says: 'accepted', audience: 'three', taken: 3, dots: 3, script: [] },
      sink: { messagesPerConnection: 1 },
    },
    {
      ...{ name: '421 to all but one connection', says: 'accepted', audience: 'three', taken: 3, dots: 3, script: [] },
      ...{ sink: { maxConnections: 1 }, connections: 4 },
    },
    { ...one, name: '421 to everybody', says: 'soon', script: [{ phase: 'greeting', answer: STORM }], connections: 4 },
  ];
}

const STORM: Answer = { code: 421, text: '4.3.2 Too busy', then: 'fin' };
const LOGIN = { user: 'desk', password: 'right' } as const;

function logins(): Cell[] {
  const right = (port: number) => `smtp://desk:right@127.0.0.1:${port}`;
  const wrong = (port: number) => `smtp://desk:wrong@127.0.0.1:${port}`;
  const login = { ...one, script: [], sink: { login: LOGIN } };
  const none = (port: number) => `smtp://127.0.0.1:${port}`;
  return [
    { ...login, name: 'AUTH refused', says: 'waits auth', url: wrong, mended: { url: right } },
    { ...one, name: 'AUTH not offered', says: 'waits auth', script: [], url: right, mended: { url: none } },
    {
      ...login,
      name: 'AUTH forgotten',
      says: 'waits auth',
      url: none,
      mended: { url: right },
    },
  ];
}

function encryption(): Cell[] {
  const house = makeCertificate();
  const stranger = makeCertificate({ names: ['relay.example.org'] });
  const old = makeCertificate({ from: Date.now() - 7_200_000, until: Date.now() - 3_600_000 });
  const url = (port: number) => `smtp://127.0.0.1:${port}?tls=required`;
  const safe = (certificate = house) => ({
    ...one,
    says: 'waits tls',
    url,
    sink: { tls: 'starttls' as const, certificate },
  });
  const clear = { url: (port: number) => `smtp://127.0.0.1:${port}?tls=required`, trust: house.cert };
  const outOfDate = { url: (port: number) => `smtp://127.0.0.1:${port}?tls=off` };
  return [
    { ...safe(), name: 'STARTTLS stripped', script: STRIPPED, trust: house.cert },
    {
      ...safe(),
      name: 'STARTTLS refused',
      script: [{ phase: 'starttls', answer: { code: 454, text: '4.7.0 Not now' } }],
      trust: house.cert,
    },
    { ...safe(), name: 'certificate of nobody we know', script: [], mended: clear },
    { ...safe(stranger), name: 'certificate of another host', script: [], trust: stranger.cert, mended: outOfDate },
    { ...safe(old), name: 'certificate out of date', script: [], trust: old.cert, mended: outOfDate },
  ];
}

/** Somebody in between takes the offer of encryption away, and answers for the server when it is asked for all the same. */
const STRIPPED: readonly Rule[] = [
  { phase: 'ehlo', answer: { raw: '250-sink\r\n250 PIPELINING\r\n' } },
  { phase: 'starttls', answer: { code: 502, text: '5.5.1 Not offered' } },
];
