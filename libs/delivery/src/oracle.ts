import { errorFacts, type Clock, type Database, type Log } from '#libs/kernel';
import { readPostfixLine } from './postfix.log.js';
import { RelayEvidence } from './relay.evidence.js';
import type { RelayLog } from './relay.log.js';
import type { Answer, AskedDelivery, OracleStore } from './oracle.store.js';

export interface OracleTools {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** This machine, as the names of its workers begin: the log tells of what was sent from here. */
  readonly host: string;
}

/** The worker's clock and the database's may differ by so much while it sends (CLOCK_SKEW_LIMIT_MS). */
const SKEW_MS = 250;
/** A contradiction that the logger still holds back comes within this. */
const SETTLED_MS = 5_000;
/** A session opens before T and lives on; its beginning is needed, because its sum counts from there. */
const BEFORE_DOT_MS = 120_000;
/** A body and its group of dots take seconds. */
const OPEN_BEFORE_DOT_MS = 300_000;
/** Read in one step, about 12,000 messages; the rest in the next, so that sending goes on beside it. */
const BUDGET = 8 * 1024 * 1024;
/** Rows that become unknown one after the other do not make us read the same again each second. */
const REREAD_AFTER_MS = 5_000;

/**
 * Decides about one message.
 *
 * `accepted`: only `qmgr … (queue active)` for a queue id that carries its Message-ID. smtpd answers 250 after cleanup has
 * synced the queue file, and the queue manager takes up nothing before that. `message-id=` alone is logged for bodies
 * whose dot never came, too (measured: dot missing, dot then RST, normal).
 *
 * `not_accepted` never rests on what the log does *not* say. A missing `queue active` proves nothing: above
 * qmgr_message_active_limit (20,000) accepted messages wait for hours without that line, journald and rsyslog drop lines
 * beyond their rate limits, and another machine has another log. It rests on what it *does* say, which no delay of the log
 * can turn into a second copy:
 *  - the session that carried it was lost or timed out in DATA, before its dot, and has ended: not even a worker that was
 *    suspended can still send the dot into it;
 *  - its sum of DATA commands equals the queue ids we saw opened in it, so the lost one is this one and no line is missing;
 *  - that was not before the row's last dot was let go, so it is this attempt and not an earlier one;
 *  - the attempt was made from this machine, and no message without a name was opened meanwhile that could be it.
 * Everything else stays unknown, for an officer or the policy.
 */
export function answerFor(row: AskedDelivery, evidence: RelayEvidence, host: string, now: number): Answer {
  const carriers = evidence.about(row.id);
  if (carriers.some((one) => one.lost && one.queuedAt !== undefined)) return { word: 'unknown' };
  const queued = carriers.find((one) => one.queuedAt !== undefined);
  if (queued?.queuedAt !== undefined) return { word: 'accepted', queueId: queued.queueId, at: queued.queuedAt };
  const dot = row.dotAt?.getTime();
  if (dot === undefined || now < dot + SETTLED_MS || !row.worker?.startsWith(`${host}-`)) return { word: 'unknown' };
  const last = carriers.at(-1);
  if (!last?.lost || carriers.some((one) => !one.lost)) return { word: 'unknown' };
  if (last.lost.at + last.lost.coarseMs < dot - SKEW_MS) return { word: 'unknown' };
  if (evidence.doubtful(dot - OPEN_BEFORE_DOT_MS, dot + SETTLED_MS)) return { word: 'unknown' };
  return { word: 'not_accepted', queueId: last.queueId, at: last.lost.at };
}

/** Settles unknown and held rows from the log of the relay, where that is a Postfix whose log we can read. */
export class Oracle {
  private evidence = new RelayEvidence(new Set());
  private soughtAt = -Infinity;

  constructor(
    private readonly tools: OracleTools,
    private readonly store: OracleStore,
    private readonly relayLog: RelayLog,
  ) {}

  /** One step: reads what is new in the log and settles what it decides. Returns how many of each. */
  async settle(): Promise<{ accepted: number; resent: number }> {
    const { db, clock } = this.tools;
    const asked = await this.store.asked(db);
    if (asked.length === 0) {
      await this.close();
      return { accepted: 0, resent: 0 };
    }
    await this.follow(asked);
    const whole = await this.readOn();
    const done = { accepted: 0, resent: 0 };
    for (const row of asked) {
      const answer = answerFor(row, this.evidence, this.tools.host, clock.now());
      if (answer.word === 'unknown' || (answer.word === 'not_accepted' && !whole)) continue;
      const settled = await db.transaction((tx) => this.store.settle(tx, row, answer));
      if (settled) done[answer.word === 'accepted' ? 'accepted' : 'resent'] += 1;
    }
    if (done.accepted + done.resent > 0) this.tools.log.info(done, 'settled unknown messages from the relay’s log');
    return done;
  }

  /** Lets the log go; the next step begins where it has to. */
  async close(): Promise<void> {
    this.evidence = new RelayEvidence(new Set());
    this.soughtAt = -Infinity;
    await this.relayLog.close();
  }

  /** Rows that are new to us may have left before what we have read: go back to where the first of them was sent. */
  private async follow(asked: readonly AskedDelivery[]): Promise<void> {
    const now = this.tools.clock.monotonic();
    if (asked.every((row) => this.evidence.knows(row.id)) || now < this.soughtAt + REREAD_AFTER_MS) return;
    this.soughtAt = now;
    this.evidence = new RelayEvidence(new Set(asked.map((row) => row.id)));
    const first = Math.min(...asked.map((row) => row.since.getTime()));
    await this.relayLog.seek(first - BEFORE_DOT_MS);
  }

  /** @returns whether the log was read to its end */
  private async readOn(): Promise<boolean> {
    const { clock, log } = this.tools;
    const { evidence } = this;
    const take = (text: string) => {
      const now = clock.now();
      const line = readPostfixLine(text, now);
      if (line) evidence.take(line, now);
    };
    try {
      return await this.relayLog.read(BUDGET, take, () => evidence.doubt());
    } catch (error) {
      log.error({ path: this.relayLog.path, ...errorFacts(error) }, 'the relay’s log cannot be read');
      return false;
    }
  }
}
