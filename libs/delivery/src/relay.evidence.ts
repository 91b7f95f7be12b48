import type { PostfixLine } from './postfix.log.js';

/** What the log shows of one queue id that carries a Message-ID we ask about. */
export interface Carrier {
  readonly queueId: string;
  /** When the queue manager had it, by the log; absent while nothing says so. */
  queuedAt?: number;
  /** When its session ended in the middle of its body, and how much later that may really have been. */
  lost?: { readonly at: number; readonly coarseMs: number };
}

interface Transaction extends Carrier {
  readonly openedAt: number;
  messageId?: string;
}

interface Session {
  /** Queue ids it was given, and the last of them. */
  opened: number;
  last: Transaction | undefined;
  lost: { readonly phase: string; readonly at: number; readonly coarseMs: number } | undefined;
}

/** Transactions that wait for their header line; a relay has one per connection, hundreds at most. */
const MOST_NAMELESS = 20_000;
/** A log whose newest line lies this far ahead of our clock is stamped in another zone: its times prove nothing. */
const AHEAD_MS = 2_000;

/**
 * Gathers from the lines of the relay's log what became of the messages asked about. Bounded: keeps those, one entry per
 * open session, and transactions whose header has not been logged yet.
 */
export class RelayEvidence {
  private readonly found = new Map<string, Carrier[]>();
  private readonly sessions = new Map<string, Session>();
  private readonly byQueueId = new Map<string, Transaction>();
  private doubted = false;

  /** @param asked delivery ids: what stands before the @ of a Message-ID of ours */
  constructor(private readonly asked: ReadonlySet<string>) {}

  knows(id: string): boolean {
    return this.asked.has(id);
  }

  /** @param now milliseconds since 1970, when the line was read */
  take(line: PostfixLine, now: number): void {
    if (line.at > now + AHEAD_MS || line.says === 'dropped') this.doubted = true;
    if (line.says === 'connected') this.sessions.set(line.session, { opened: 0, last: undefined, lost: undefined });
    else if (line.says === 'opened') this.open(line.session, line.queueId, line.at);
    else if (line.says === 'identified') this.identify(line.queueId, line.messageId.split('@', 1)[0] ?? '', line.at);
    else if (line.says === 'queued') this.queue(line.queueId, line.at);
    else if (line.says === 'lost') this.lose(line.session, line);
    else if (line.says === 'disconnected') this.close(line.session, line.tried);
  }

  /** Lines may be missing from here back: what is not in the log is no evidence. */
  doubt(): void {
    this.doubted = true;
  }

  about(id: string): readonly Carrier[] {
    return this.found.get(id) ?? [];
  }

  /** Whether a message opened between these instants went by without a name: it might be any of those asked about. */
  doubtful(from: number, to: number): boolean {
    if (this.doubted) return true;
    return [...this.byQueueId.values()].some(
      (one) => one.messageId === undefined && !one.lost && one.openedAt >= from && one.openedAt <= to,
    );
  }

  private open(name: string, queueId: string, at: number): void {
    // short queue ids come again: a new client line begins a new life
    const one: Transaction = { queueId, openedAt: at };
    this.byQueueId.delete(queueId);
    this.byQueueId.set(queueId, one);
    this.forgetOldest();
    const session = this.sessions.get(name);
    if (!session) return;
    session.opened += 1;
    session.last = one;
  }

  private identify(queueId: string, id: string, at: number): void {
    const known = this.byQueueId.get(queueId);
    if (!this.asked.has(id)) return void this.byQueueId.delete(queueId);
    const one = known && known.messageId === undefined ? known : { queueId, openedAt: at };
    one.messageId = id;
    this.byQueueId.set(queueId, one);
    this.found.set(id, [...(this.found.get(id) ?? []), one]);
  }

  private queue(queueId: string, at: number): void {
    const one = this.byQueueId.get(queueId);
    if (one) one.queuedAt ??= at;
  }

  private lose(name: string, line: Extract<PostfixLine, { says: 'lost' }>): void {
    const session = this.sessions.get(name);
    if (session) session.lost = { phase: line.phase, at: line.at, coarseMs: line.coarseMs };
  }

  /**
   * The session's end. Its sum says how many DATA commands it had: when we saw a queue id for each, none of its lines is
   * missing, and the one that was lost in DATA is the last. A session lost before DATA (RCPT) leaves its last without any.
   */
  private close(name: string, tried: number): void {
    const session = this.sessions.get(name);
    this.sessions.delete(name);
    if (!session?.lost || !session.last) return;
    const { phase, at, coarseMs } = session.lost;
    const inBody = phase === 'DATA' && session.opened === tried;
    const beforeBody = phase === 'RCPT' && session.opened === tried + 1;
    if (inBody || beforeBody) session.last.lost = { at, coarseMs };
  }

  private forgetOldest(): void {
    if (this.byQueueId.size <= MOST_NAMELESS) return;
    for (const [queueId, one] of this.byQueueId) {
      if (one.messageId !== undefined) continue;
      this.byQueueId.delete(queueId);
      if (!one.lost) this.doubted = true;
      return;
    }
  }
}
