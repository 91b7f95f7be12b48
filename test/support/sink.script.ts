/** Where in a session a scripted answer can stand. `body`: on the first bytes after 354. `dot`: the answer to the message. */
export type SinkPhase =
  'greeting' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot' | 'rset' | 'quit';

/** What the sink does instead of its ordinary answer. Nothing at all: silence. */
export interface Answer {
  /** With `text` one reply line; the session goes on as this code says. */
  readonly code?: number;
  readonly text?: string;
  /** Bytes as they are, in place of code and text. */
  readonly raw?: string;
  /** Waits before doing anything. */
  readonly delayMs?: number;
  /** Writes so many bytes at a time, `everyMs` apart: a trickle, or a reply over several packets. */
  readonly chunk?: number;
  readonly everyMs?: number;
  /** After the answer, or instead of one: close both ways, reset, close only our own way, or stop reading. */
  readonly then?: 'fin' | 'rst' | 'half_close' | 'deaf';
  /** For `dot`: whether the message counts as accepted. By default it does when the answer is 2xx. */
  readonly accept?: boolean;
}

/** The first rule that fits answers. As JSON it can be given to a sink in another process. */
export interface Rule {
  readonly phase: SinkPhase;
  /** Only for envelopes with this recipient, a text it contains. */
  readonly to?: string;
  /** Only so many times in all. */
  readonly times?: number;
  /** Not for the first so many occasions that would fit. */
  readonly after?: number;
  /** Only on connections by number, from 1. */
  readonly connections?: readonly number[];
  readonly answer: Answer;
}

export interface Occasion {
  readonly phase: SinkPhase;
  readonly connection: number;
  readonly to?: string;
}

/** Rules with their counts. */
export class SinkScript {
  private rules: { readonly rule: Rule; met: number; used: number }[] = [];

  constructor(rules: readonly Rule[] = []) {
    this.set(rules);
  }

  /** Replaces all rules; counts begin anew. */
  set(rules: readonly Rule[]): void {
    this.rules = rules.map((rule) => ({ rule, met: 0, used: 0 }));
  }

  answer(occasion: Occasion): Answer | undefined {
    for (const entry of this.rules) {
      const { rule } = entry;
      if (rule.phase !== occasion.phase) continue;
      if (rule.to !== undefined && !occasion.to?.includes(rule.to)) continue;
      if (rule.connections && !rule.connections.includes(occasion.connection)) continue;
      entry.met += 1;
      if (entry.met <= (rule.after ?? 0) || entry.used >= (rule.times ?? Infinity)) continue;
      entry.used += 1;
      return rule.answer;
    }
    return undefined;
  }
}
