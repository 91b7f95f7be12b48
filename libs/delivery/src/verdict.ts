import type { Reply } from './reply.js';

/**
 * How far a message got on its session, by our own record of what left: errors do not tell (a reset before the final dot
 * and one after it are the same ECONNRESET).
 */
export type Phase = 'connected' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot_sent';

/** Whose fault a held lane is: login, encryption, the relay's or a receiver's rules about us, or no connection at all. */
export type LaneFault = 'auth' | 'tls' | 'policy' | 'connect';

/** How far trouble reaches: everything that goes over the relay, or only what goes to the recipient's domain. */
export type LaneScope = 'relay' | 'domain';

/** What came of handing over one message. Replies are verbatim but for addresses. */
export type Verdict =
  /** The server took the message over: 250 after the dot. */
  | { readonly word: 'accepted'; readonly code: number; readonly reply: string }
  /** It will never take this one. `about`: what it blames; only `address` says that the address is dead. */
  | {
      readonly word: 'refused';
      readonly phase: Phase;
      readonly about: 'address' | 'mailbox' | 'message' | 'unclear';
      /** Missing when it was we who did not offer it. */
      readonly code?: number;
      readonly reply: string;
    }
  /**
   * Not now. The message was not taken. `whose`: the recipient's server asks to wait, or the relay is in trouble.
   * `throttled`: it is not about this message; everything for the recipient's domain, or for the relay, comes too fast.
   */
  | {
      readonly word: 'deferred';
      readonly phase: Phase;
      readonly whose: 'recipient' | 'relay';
      readonly throttled?: LaneScope;
      readonly why: string;
      readonly code?: number;
      readonly reply?: string;
    }
  /** The dot left and no answer came: it may have been taken or not (RFC 1047). */
  | { readonly word: 'unknown'; readonly why: string }
  /** We did not let the dot leave. */
  | { readonly word: 'stopped'; readonly phase: Phase; readonly why: string }
  /** Our own trouble, nobody's address is to blame: the message was not taken, and nothing more should be sent on this lane. */
  | {
      readonly word: 'lane';
      readonly kind: LaneFault;
      readonly scope: LaneScope;
      readonly phase: Phase;
      readonly why: string;
      readonly code?: number;
      readonly reply?: string;
    };

/** Whether a reply lets the message go on from this phase. */
export function goesOn(reply: Reply, phase: Phase): boolean {
  if (phase === 'data') return reply.code === 354;
  return reply.code >= 200 && reply.code < 300;
}

/** The end of a connection that said nothing more: unknown past the dot, safe to try again before it. */
export function verdictOfLoss(phase: Phase, why: string): Verdict {
  return phase === 'dot_sent' ? { word: 'unknown', why } : { word: 'deferred', phase, whose: 'relay', why };
}

/** What a reply means in its phase. For replies that stop the message, and for the answer to the dot. */
export function verdictOfReply(reply: Reply, phase: Phase): Verdict {
  if (reply.code >= 400 && reply.code < 500) return temporary(reply, phase);
  if (reply.code >= 500) return permanent(reply, phase);
  if (phase === 'dot_sent' && goesOn(reply, phase)) return { word: 'accepted', code: reply.code, reply: reply.text };
  // a server that answers what nobody asked is out of step: nothing it says can be relied on
  const why = `The relay gave an answer that does not fit: ${reply.code}.`;
  return phase === 'dot_sent'
    ? { word: 'unknown', why: `${why} ${reply.text}` }
    : { word: 'deferred', phase, whose: 'relay', why, code: reply.code, reply: reply.text };
}

const SAYS_GREYLISTED = /gr[ae]y ?-?list|postgrey/i;
const GREYLISTING = /try (again )?later|please (re)?try|retry|delayed|first time/i;

/**
 * That we send too much or too fast, in the words of Google, Yahoo ([TSS04]), Microsoft, Tencent (frequency limited),
 * NetEase (RP:TRC, MI:SFQ), Postfix and their like. Too many recipients is about one envelope and not meant.
 */
const THROTTLING = new RegExp(
  [
    String.raw`too (?:many|much) (?!(?:\w+ )?recipients)|too (?:fast|frequent|quickly)`,
    String.raw`\brate[ -]?(?:limit|control)|unusual (?:rate|volume|traffic)|unexpected volume|throttl|slow(?:ing)? down`,
    String.raw`(?:rate|frequency|volume|connection limit|message limit)s? (?:has been |have been |is |was )?(?:exceed|limited|reached)`,
    String.raw`exceed\w* .{0,40}\b(?:rate|frequency|(?:hourly|daily|sending|connection|message) limit|connections|messages)`,
    String.raw`concurrent (?:\w+ )?connections|temporarily (?:deferred|limited|rate)`,
    String.raw`\bTSS?\d\d\b|\b(?:RP:(?:TRC|CEL|QRC)|MI:(?:CEL|DMC|SFQ)|HL:REP)\b`,
  ].join('|'),
  'i',
);
/** A relay that counts what we send to anybody, such as Amazon's "454 Throttling failure: Maximum sending rate exceeded". */
const OWN_ALLOWANCE = /sending (?:rate|limit|quota)|your (?:account|(?:daily|hourly|monthly) )/i;

function temporary(reply: Reply, phase: Phase): Verdict {
  const said = { code: reply.code, reply: reply.text };
  const scope = throttled(reply, phase);
  if (scope === 'domain') {
    const why = 'The recipient’s domain asks us to slow down.';
    return { word: 'deferred', phase, whose: 'recipient', throttled: scope, why, ...said };
  }
  if (scope === 'relay') {
    return {
      word: 'deferred',
      phase,
      whose: 'relay',
      throttled: scope,
      why: 'The relay asks us to slow down.',
      ...said,
    };
  }
  if (phase === 'connected' || [421, 432, 454, 455].includes(reply.code)) {
    return { word: 'deferred', phase, whose: 'relay', why: 'The relay asks to come back later.', ...said };
  }
  const subject = subjectOf(reply);
  const greylisted = phase === 'rcpt' && (SAYS_GREYLISTED.test(reply.text) || GREYLISTING.test(reply.text));
  // no enhanced code: what is said about one recipient stands at RCPT; 452 is the server's own storage
  const recipients =
    subject === undefined || subject === '0'
      ? phase === 'rcpt' && reply.code !== 452
      : ['1', '2', '4', '6'].includes(subject);
  return recipients || greylisted
    ? { word: 'deferred', phase, whose: 'recipient', why: 'The recipient’s server asks to wait.', ...said }
    : { word: 'deferred', phase, whose: 'relay', why: 'The relay asks to come back later.', ...said };
}

/** Whose pace is asked to slow down, if anybody's. Greylisting and a busy mailbox are about one recipient and never this. */
function throttled({ code, status, text }: Reply, phase: Phase): LaneScope | undefined {
  const named = recipientNamed(phase);
  const subject = subjectOf({ status });
  // 4.1, 4.2: an address, a mailbox (Google's "is receiving mail too quickly" is 4.2.1); 4.5.3: recipients of one envelope
  if (SAYS_GREYLISTED.test(text) || subject === '1' || subject === '2' || status === '4.5.3') return undefined;
  // 4.7.28: Google's unusual rate; 4.7.5xx and 4.7.6xx: Microsoft's busy and rate-limited
  const byStatus = /^4\.7\.(?:28|[56]\d\d)$/.test(status ?? '');
  // a plain "try again later" at 450 is greylisting more often than not; one that ends the session is not
  const sentAway = named && code === 421 && /try again later|busy/i.test(text);
  if (!byStatus && !sentAway && !THROTTLING.test(text)) return undefined;
  return named && code !== 454 && !OWN_ALLOWANCE.test(text) ? 'domain' : 'relay';
}

/** Before RCPT nobody has been named: what is said there is said to us. */
function recipientNamed(phase: Phase): boolean {
  return phase !== 'connected' && phase !== 'mail';
}

function subjectOf({ status }: Pick<Reply, 'status'>): string | undefined {
  return status?.split('.')[1];
}

const ABOUT_US =
  /relay(?:ing)?(?: access)? (?:is )?(?:denied|not)|(?:unable|permitted|allowed|authori[sz]ed) to relay|authenticat|\bspf\b|\bdkim\b|\bdmarc\b|block(?:ed|ing|list)|black ?list|\brbl\b|dnsbl|spam|reputation|policy|banned|sender (?:address )?(?:rejected|denied|verif)|not authori[sz]ed|access denied|reverse dns|\bptr\b|your (?:ip|host|server|domain)|frequency limited|rate limit|throttl|too many (?:connections|messages|mails)/i;
const ABOUT_ADDRESS =
  /user|mailbox|recipient|account|address|no such|unknown|(?:does not|doesn't|not) exist|not found|unrout|inactive|disabled/i;

type Blame = 'address' | 'mailbox' | 'message' | 'unclear' | 'later' | LaneFault;

/** By RFC 3463 class 5 status: subject, or subject.detail where a detail says otherwise. `null` falls through to the code. */
const BLAME_BY_STATUS: Readonly<Record<string, Blame | null>> = {
  '1': 'address',
  '1.7': 'policy',
  '1.8': 'policy',
  '2': 'mailbox',
  '2.3': 'message',
  '3': 'unclear',
  '3.4': 'message',
  '4': 'unclear',
  // Microsoft answers unknown recipients with 550 5.4.1
  '4.1': 'address',
  '5': null,
  '6': 'message',
  '7': 'policy',
  '7.3': 'tls',
  '7.8': 'auth',
  '7.9': 'auth',
  '7.10': 'tls',
  '7.11': 'tls',
  '7.13': 'auth',
  '7.14': 'auth',
  // RFC 7293: the mailbox or the domain has a new owner since we last asked
  '7.17': 'address',
  '7.18': 'address',
};

const BLAME_BY_CODE: Readonly<Record<number, Blame>> = {
  500: 'policy',
  502: 'policy',
  503: 'policy',
  504: 'policy',
  530: 'auth',
  534: 'auth',
  535: 'auth',
  538: 'auth',
  551: 'address',
  555: 'policy',
  556: 'address',
};

function permanent(reply: Reply, phase: Phase): Verdict {
  const blame = blameOf(reply, phase);
  const said = { code: reply.code, reply: reply.text };
  switch (blame) {
    case 'later':
      return { word: 'deferred', phase, whose: 'relay', why: 'The relay takes no more recipients now.', ...said };
    case 'auth':
    case 'connect':
      return { word: 'lane', kind: blame, scope: 'relay', phase, why: WHY[blame].relay, ...said };
    case 'tls':
    case 'policy': {
      // a command it does not know and a demand for STARTTLS are the relay's own, whoever was named
      const own = !recipientNamed(phase) || OWN_FAULTS.has(reply.code) || ASKS_STARTTLS.test(reply.text);
      const scope = own ? 'relay' : 'domain';
      return { word: 'lane', kind: blame, scope, phase, why: WHY[blame][scope], ...said };
    }
    default:
      return { word: 'refused', phase, about: blame, ...said };
  }
}

const WHY = {
  auth: { relay: 'The relay does not accept our login.' },
  connect: { relay: 'The relay cannot be reached.' },
  tls: {
    relay: 'The relay wants an encrypted connection.',
    domain: 'The recipient’s domain wants an encrypted connection.',
  },
  policy: {
    relay: 'The relay refuses us, not the recipient.',
    domain: 'The recipient’s domain refuses us, not the recipient.',
  },
} as const;
const OWN_FAULTS: ReadonlySet<number> = new Set([500, 502, 503, 504, 555]);
const ASKS_STARTTLS = /must issue a? ?starttls|requires? (?:tls|starttls|encryption)/i;
const LOGIN_CODES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

function blameOf(reply: Reply, phase: Phase): Blame {
  const { code, text } = reply;
  if (ASKS_STARTTLS.test(text)) return 'tls';
  if (LOGIN_CODES.has(code)) return 'auth';
  // RFC 5321 section 4.5.3.1.10: 552 for too many recipients is to be read as 452
  if (phase === 'rcpt' && (reply.status === '5.5.3' || (code === 552 && /too many/i.test(text)))) return 'later';
  const [, subject, detail] = (reply.status ?? '').split('.');
  const byStatus = BLAME_BY_STATUS[`${subject}.${detail}`] ?? BLAME_BY_STATUS[`${subject}`];
  // before RCPT nobody's address has been named: what is refused there is ours, unless it is the size of the message
  const unnamed = !recipientNamed(phase);
  // Yahoo answers messages it will not have with 554 5.7.9: nobody's login was asked
  if (byStatus === 'auth') return unnamed ? 'auth' : 'policy';
  if (byStatus) return unnamed && !['message', 'tls'].includes(byStatus) ? 'policy' : byStatus;
  const byCode = BLAME_BY_CODE[code];
  if (byCode) return byCode;
  // 571 and its like: old spellings of 5.7.x
  if (code >= 570 && code < 580) return 'policy';
  if (code === 552) return phase === 'rcpt' ? 'mailbox' : 'message';
  if (unnamed) return 'policy';
  if (ABOUT_US.test(text)) return 'policy';
  if (phase !== 'rcpt') return code === 550 || code === 553 ? 'unclear' : 'message';
  return code === 501 || code === 553 || ABOUT_ADDRESS.test(text) ? 'address' : 'unclear';
}
