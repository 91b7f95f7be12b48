import { zoneNamed, zoneTable } from '#libs/embargo';
import { fail, gravest, ok, warn, type Finding, type Verdict } from './finding.js';
import type { PastRate, UpcomingRow } from './upcoming.views.js';

/** A release near its T, as the doctor tells it. */
export interface Upcoming {
  readonly organisation: string;
  readonly number: string;
  readonly state: string;
  readonly verdict: Verdict;
  /** RFC 3339, UTC. */
  readonly liftsAt: string;
  /** T as clocks show it: in the zone it was set in, then UTC. */
  readonly clocks: readonly string[];
  readonly msToT: number;
  readonly prepared: number | null;
  readonly planned: number | null;
  readonly accepted: number;
  readonly audience: number | null;
  readonly approvalBinds: boolean;
  /** Seconds from T until 95 % of the audience has it, by the last distribution; null when there was none to tell. */
  readonly drainSeconds: number | null;
  readonly findings: readonly Finding[];
}

export interface Pace {
  /** PREPARE_LEAD_SECONDS. */
  readonly leadSeconds: number;
  readonly past: PastRate | undefined;
}

/** Later than this nothing may be left to prepare. */
const PREPARED_BEFORE_MS = 60_000;
/** A worker's ticker comes by every second; after this somebody should have begun. */
const BEGUN_AFTER_MS = 10_000;
/** A T that passed this long ago without anybody scheduling it is history, not news. */
const FORGOTTEN_MS = 24 * 3_600_000;

/** What stands between this release and leaving at T. */
export function judgeUpcoming(row: UpcomingRow, pace: Pace): Upcoming {
  const findings = row.state === 'releasing' ? sendingNow(row) : [...notOnItsWay(row), ...onItsWay(row, pace)];
  const rate = pace.past?.perSecond;
  return {
    organisation: row.organisation,
    number: row.number,
    state: row.state,
    verdict: gravest(findings.map((one) => one.verdict)),
    liftsAt: row.liftsAt.toISOString(),
    clocks: clocksAt(row.liftsAt.getTime(), row.zone),
    msToT: Math.round(row.msToT),
    prepared: row.planned === null ? null : row.prepared,
    planned: row.planned,
    accepted: row.accepted,
    audience: row.audience,
    approvalBinds: row.approvalBinds,
    drainSeconds: rate && row.audience !== null ? Math.ceil((row.audience / rate) * 10) / 10 : null,
    findings,
  };
}

/** Whether to speak of it at all: drafts whose T has long passed are left alone. */
export function isUpcoming(row: UpcomingRow): boolean {
  return WAITS[row.state] === undefined || row.msToT > -FORGOTTEN_MS;
}

const WAITS: Partial<Record<string, readonly [says: string, remedy: string]>> = {
  draft: ['is a draft: nobody has been asked to approve it', 'Submit it, have it approved, then schedule it.'],
  in_review: ['waits for approval', 'Have another officer approve it, then schedule it.'],
  approved: ['is approved but not scheduled: it will not leave by itself', 'Schedule it.'],
};

function notOnItsWay(row: UpcomingRow): Finding[] {
  const waits = WAITS[row.state];
  if (!waits) return [];
  const passed = row.msToT <= 0 ? ' Its T has passed: move it first.' : '';
  return [warn('upcoming.waits', `${row.number} ${waits[0]}.`, `${waits[1]}${passed}`)];
}

function onItsWay(row: UpcomingRow, pace: Pace): Finding[] {
  if (WAITS[row.state]) return [];
  const stopped = row.stops.map((reason) =>
    fail(
      'upcoming.stopped',
      `A stop button holds ${row.number}: ${reason}`,
      'Raise it with "dateline resume" when it is safe.',
    ),
  );
  const unapproved = row.approvalBinds
    ? []
    : [
        fail(
          'upcoming.approval',
          `${row.number} has no approval for its present text, audience and T: it will not leave.`,
          'Have exactly this approved by another officer and schedule it again.',
        ),
      ];
  return [...stopped, ...unapproved, ...preparation(row, pace), ...overdue(row, stopped.length > 0)];
}

function preparation(row: UpcomingRow, { leadSeconds }: Pace): Finding[] {
  if (row.distribution === 'prepared')
    return [ok('upcoming.prepared', `All ${row.planned} messages are composed and signed.`)];
  const done = row.distribution === null ? 'nothing' : `${row.prepared} of ${row.planned} messages`;
  if (row.msToT <= PREPARED_BEFORE_MS)
    return [
      fail(
        'upcoming.prepared',
        `${row.number} is not prepared: ${done}, ${Math.max(0, Math.round(row.msToT / 1000))} s before T.`,
        'See that a worker runs and read its log; if it cannot be in time, move T with "dateline release embargo".',
      ),
    ];
  if (row.distribution === null && row.msToT < leadSeconds * 1000 - BEGUN_AFTER_MS)
    return [
      warn(
        'upcoming.prepared',
        `The preparation of ${row.number} has not begun.`,
        'See that a worker runs: "npm start".',
      ),
    ];
  if (row.distribution === null) return [ok('upcoming.prepared', `Preparation begins ${leadSeconds} s before T.`)];
  return [ok('upcoming.prepared', `Being prepared: ${done}.`)];
}

function overdue(row: UpcomingRow, stopped: boolean): Finding[] {
  if (row.msToT > -BEGUN_AFTER_MS || stopped) return [];
  const late = Math.round(-row.msToT / 1000);
  return [
    fail(
      'upcoming.overdue',
      `T of ${row.number} passed ${late} s ago and it has not left.`,
      'See that a worker runs and that the relay can be reached; what is due leaves as soon as both are true.',
    ),
  ];
}

function sendingNow(row: UpcomingRow): Finding[] {
  if (row.stops.length > 0)
    return [
      fail(
        'upcoming.stopped',
        `${row.number} was stopped while sending: ${row.stops.join('; ')}`,
        'Raise it with "dateline resume" when it is safe.',
      ),
    ];
  return [ok('upcoming.sending', `${row.number} is being sent; watch it with "dateline release watch ${row.number}".`)];
}

/** `Tue 2026-11-24 00:01 Hong Kong (UTC+08:00)`, then UTC. A zone whose name is gone is told by the check of the clocks. */
function clocksAt(utcMs: number, zone: string): string[] {
  const named = zoneStillKnown(zone) ? [zone] : [];
  const table = zoneTable(utcMs, [...named, 'UTC']);
  return [...new Set([...named, 'UTC'])]
    .flatMap((name) => table.find((row) => row.zone === name) ?? [])
    .map((row) => {
      const where = row.zone === 'UTC' ? 'UTC' : `${row.place.en} (UTC${row.offset})`;
      return `${row.weekday.en.slice(0, 3)} ${row.date} ${row.time} ${where}`;
    });
}

function zoneStillKnown(zone: string): boolean {
  try {
    return zoneNamed(zone) !== '';
  } catch {
    return false;
  }
}
