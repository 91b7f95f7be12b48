/** When a line was written, as it says itself. */
interface Stamped {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How much later than `at` it may have been written: classic stamps are cut to the second. */
  readonly coarseMs: number;
}

/** What one line of Postfix's log tells about the taking in of mail. `session` is one smtpd process, which serves one client at a time. */
export type PostfixLine = Stamped &
  (
    | { readonly says: 'connected'; readonly session: string }
    /** A recipient was taken: the message that follows will have this queue id, if it becomes one. */
    | { readonly says: 'opened'; readonly session: string; readonly queueId: string }
    /** The header was read. Logged too when the body never ends: it says nothing about acceptance. */
    | { readonly says: 'identified'; readonly queueId: string; readonly messageId: string }
    /** The queue manager has it: cleanup had synced it to disk, and only then does smtpd answer the dot with 250. */
    | { readonly says: 'queued'; readonly queueId: string }
    /** `phase` is where the client stood: `DATA` is before the dot, `END-OF-MESSAGE` after it. */
    | { readonly says: 'lost'; readonly session: string; readonly phase: string }
    /** The session's sum; `tried` counts its DATA commands, `done` those that were answered with 250. */
    | { readonly says: 'disconnected'; readonly session: string; readonly tried: number; readonly done: number }
    /** The logging service threw lines away, so what is missing proves nothing. */
    | { readonly says: 'dropped' }
    | { readonly says: 'other' }
  );

const CLASSIC = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) \S+ (.*)$/s;
const RFC_3339 = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)) \S+ (.*)$/s;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `postfix/smtpd[17]: `, `postfix-out/submission/smtpd[17]: `: the last part is the program, the rest is syslog_name. */
const PROGRAM = /^((?:[\w.-]+\/)*([\w.-]+)\[\d+\]): (.*)$/s;
/** Short ids are hexadecimal; long ones (enable_long_queue_ids) letters and digits without vowels. */
const OF_MESSAGE = /^([0-9A-Za-z]{6,20}): (.*)$/s;
/** journald, rsyslog's imuxsock and its rate limits say so in words of their own. */
const DROPPED = /\b(?:suppressed \d+|lost \d+|messages? (?:lost|dropped|discarded)|rate.?limit(?:ed|ing)?)\b/i;
const LOGGERS = new Set([
  'systemd-journald',
  'rsyslogd',
  'rsyslogd-2177',
  'imuxsock',
  'syslog-ng',
  'syslogd',
  'postlogd',
]);
const DAY_MS = 86_400_000;

/**
 * Reads one line of Postfix's log (postlogd, syslog or rsyslog; classic or RFC 3339 stamps).
 * @param now milliseconds since 1970: a classic stamp has no year and takes the latest one that does not lie ahead of it
 * @returns undefined for what is no log line
 */
export function readPostfixLine(line: string, now: number): PostfixLine | undefined {
  const stamped = stampOf(line, now);
  if (!stamped) return undefined;
  const { at, coarseMs, rest } = stamped;
  return { at, coarseMs, ...contentOf(rest) };
}

/** The time of a log line alone. */
export function timeOfLine(line: string, now: number): number | undefined {
  return stampOf(line, now)?.at;
}

function stampOf(line: string, now: number): (Stamped & { readonly rest: string }) | undefined {
  const exact = RFC_3339.exec(line);
  if (exact) {
    const [, stamp = '', fraction, rest = ''] = exact;
    const at = Date.parse(stamp.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return Number.isNaN(at) ? undefined : { at, coarseMs: fraction ? 1 : 1_000, rest };
  }
  const classic = CLASSIC.exec(line);
  if (!classic) return undefined;
  const [, month = '', day, hour, minute, second, rest = ''] = classic;
  const inYear = (year: number) =>
    new Date(year, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)).getTime();
  if (!MONTHS.includes(month)) return undefined;
  const year = new Date(now).getFullYear();
  const at = inYear(year);
  return { at: at > now + DAY_MS ? inYear(year - 1) : at, coarseMs: 1_000, rest };
}

type Content = PostfixLine extends infer Line ? (Line extends Stamped ? Omit<Line, keyof Stamped> : never) : never;

function contentOf(rest: string): Content {
  const [, session = '', program = '', text = ''] = PROGRAM.exec(rest) ?? [];
  if (program === 'smtpd') return ofSession(session, text);
  const [, queueId = '', about = ''] = OF_MESSAGE.exec(text) ?? [];
  if (program === 'cleanup' && about.startsWith('message-id=<'))
    return { says: 'identified', queueId, messageId: /^message-id=<([^>]*)>/.exec(about)?.[1] ?? '' };
  // the whole end of the line: a sender's address may contain anything, brackets too
  if (program === 'qmgr' && /^from=<.*>, size=\d+, nrcpt=\d+ \(queue active\)$/.test(about))
    return { says: 'queued', queueId };
  const logger = program || (/^([\w-]+)(?:\[\d+\])?:/.exec(rest)?.[1] ?? '');
  return { says: LOGGERS.has(logger) && DROPPED.test(rest) ? 'dropped' : 'other' };
}

function ofSession(session: string, text: string): Content {
  if (text.startsWith('connect from ')) return { says: 'connected', session };
  const [, queueId = '', about = ''] = OF_MESSAGE.exec(text) ?? [];
  if (about.startsWith('client=') && queueId !== 'NOQUEUE') return { says: 'opened', session, queueId };
  const lost = /^(?:lost connection|timeout) after ([A-Z-]+)(?: \(\d+ bytes\))? from /.exec(text);
  if (lost) return { says: 'lost', session, phase: lost[1] ?? '' };
  if (!text.startsWith('disconnect from ')) return { says: 'other' };
  const [, done, tried] = / data=(\d+)(?:\/(\d+))?(?: |$)/.exec(text) ?? [];
  return { says: 'disconnected', session, done: Number(done ?? 0), tried: Number(tried ?? done ?? 0) };
}
