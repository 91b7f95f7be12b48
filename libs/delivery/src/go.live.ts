import type { InstanceStore, LiveChoice } from '#libs/embargo';
import { Problem, type Actor, type Tx } from '#libs/kernel';
import type { Ahead, HeldBack, MaybeSent, RestoredStore } from './restored.store.js';

/** `hold`: nothing that may have been sent already leaves by itself; `send`: somebody knows that it was not sent. */
export type MaybeSentChoice = Exclude<LiveChoice, 'nothing'>;

export interface WentLive extends HeldBack {
  /** Why it stood in quarantine. */
  readonly why: string;
  readonly maybeSent: readonly MaybeSent[];
  /** What leaves by itself, as this copy knows it. */
  readonly ahead: Ahead;
}

/** The end of a quarantine: an ops officer answers for this database, and for what its past may have sent. */
export class GoLive {
  constructor(
    private readonly instance: InstanceStore,
    private readonly restored: RestoredStore,
  ) {}

  /**
   * Opens the gate again. Nothing leaves before the transaction commits.
   * @param choice needed when there is anything whose T has passed and that is not finished here
   * @throws Problem with the numbers when it is needed and not given
   */
  async say(tx: Tx, by: Actor, reason: string, choice?: MaybeSentChoice): Promise<WentLive> {
    const { maybeSent, ahead } = await this.restored.survey(tx);
    if (maybeSent.length > 0 && !choice) throw choiceNeeded(maybeSent, (await this.instance.state(tx)).pulse);
    const { why } = await this.instance.live(tx, by, reason, maybeSent.length > 0 ? (choice ?? 'hold') : 'nothing');
    const back: HeldBack = choice === 'hold' ? await this.restored.hold(tx, maybeSent) : { held: 0, stopped: [] };
    return { ...back, why, maybeSent, ahead };
  }
}

function choiceNeeded(maybeSent: readonly MaybeSent[], pulse: Date | null): Problem {
  const since = pulse ? `since ${pulse.toISOString()}, the last sign of life in this database` : 'since it was made';
  const list = maybeSent
    .slice(0, 10)
    .map(
      (one) => `${one.slug} ${one.number} (${one.messages > 0 ? `${one.messages} messages` : 'no messages made yet'})`,
    );
  const more = maybeSent.length > list.length ? ` and ${maybeSent.length - list.length} more` : '';
  const messages = maybeSent.reduce((sum, one) => sum + one.messages, 0);
  return new Problem({
    code: 'quarantine.choice',
    status: 409,
    field: '--hold',
    message: `The T of ${counted(maybeSent.length, 'release')} with ${counted(messages, 'message')} has passed, and they are not finished here: ${list.join(', ')}${more}. What ran before may have sent them ${since}.`,
    remedy:
      'Add --hold: each message waits for the relay’s log or for you, and nothing goes twice. Or --send, when you know that nothing was sent since: they leave at once.',
  });
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
