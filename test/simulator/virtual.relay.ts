import {
  verdictOfLoss,
  verdictOfReply,
  type Gate,
  type OutgoingMessage,
  type Relay,
  type Verdict,
} from '#libs/delivery';
import type { Chance } from '../chaos/chance.js';
import { never, type VirtualTime } from './virtual.time.js';

/** How a hand-over goes, as drawn for each. */
type Fate =
  | 'taken'
  | 'slow'
  | 'refused'
  | 'greylisted'
  | 'lane'
  | 'lost_before_dot'
  | 'lost_after_dot_taken'
  | 'lost_after_dot_not_taken'
  | 'refused_after_dot'
  | 'deferred_after_dot';

const FATES: readonly Fate[] = [
  'slow',
  'refused',
  'greylisted',
  'lane',
  'lost_before_dot',
  'lost_after_dot_taken',
  'lost_after_dot_not_taken',
  'refused_after_dot',
  'deferred_after_dot',
];

export interface RelayLife {
  alive(): boolean;
  /** Named points where a process may be made to die. */
  passing(point: 'data.mid' | 'dot.before' | 'dot.after'): void;
  /** The server took a message: the instant is the one at which the dot left. */
  took(delivery: string): void;
}

/** The weather, shared by all workers: how many hand-overs in a hundred go wrong. */
export interface Weather {
  trouble: number;
}

const AT_ONCE = 4;

/**
 * A mail server behind a connection, as the product's Relay: asks the gate when only the final dot is missing, and turns
 * what it says, or that it says nothing, into verdicts by the product's own rules.
 */
export class VirtualRelay implements Relay {
  private free = AT_ONCE;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly chance: Chance,
    private readonly weather: Weather,
    private readonly life: RelayLife,
  ) {}

  get onWire(): number {
    return AT_ONCE - this.free;
  }

  arm(count: number): Promise<{ readonly ready: number }> {
    return Promise.resolve({ ready: count });
  }

  room(): Promise<void> {
    return new Promise((resolve) => {
      this.queue.push(resolve);
      this.grant();
    });
  }

  giveRoomBack(): void {
    this.free += 1;
    this.grant();
  }

  async close(): Promise<void> {
    for (const resolve of this.queue.splice(0)) resolve();
  }

  async send(message: OutgoingMessage, gate: Gate): Promise<Verdict> {
    try {
      return await this.handOver(message.to.split('@', 1)[0] ?? '', gate);
    } finally {
      this.giveRoomBack();
    }
  }

  private async handOver(delivery: string, gate: Gate): Promise<Verdict> {
    const fate = this.draw();
    await this.wait(1, 5);
    if (fate === 'refused')
      return verdictOfReply({ code: 550, status: '5.1.1', text: '550 5.1.1 No such user' }, 'rcpt');
    if (fate === 'greylisted') return verdictOfReply({ code: 450, text: '450 Greylisted, try again later' }, 'rcpt');
    if (fate === 'lane')
      return verdictOfReply({ code: 535, status: '5.7.8', text: '535 5.7.8 Authentication failed' }, 'mail');
    if (fate === 'lost_before_dot') return verdictOfLoss('body', 'reset');
    await this.pass('data.mid');
    let open: boolean;
    try {
      open = await gate();
    } catch {
      return { word: 'stopped', phase: 'body', why: 'The gate could not be asked.' };
    }
    if (!this.life.alive()) return never();
    if (!open) return { word: 'stopped', phase: 'body', why: 'The gate is closed.' };
    await this.pass('dot.before');
    return this.dot(delivery, fate);
  }

  /** From here on the server may have it. */
  private async dot(delivery: string, fate: Fate): Promise<Verdict> {
    const taken = fate === 'taken' || fate === 'slow' || fate === 'lost_after_dot_taken';
    if (taken) this.life.took(delivery);
    await this.pass('dot.after');
    await (fate === 'slow' ? this.wait(2_000, 20_000) : this.wait(1, 4));
    if (taken && fate !== 'lost_after_dot_taken')
      return verdictOfReply({ code: 250, status: '2.0.0', text: '250 2.0.0 Ok: queued' }, 'dot_sent');
    if (fate === 'refused_after_dot')
      return verdictOfReply({ code: 554, status: '5.6.0', text: '554 5.6.0 Bad content' }, 'dot_sent');
    if (fate === 'deferred_after_dot')
      return verdictOfReply({ code: 451, status: '4.2.2', text: '451 4.2.2 Mailbox full' }, 'dot_sent');
    return verdictOfLoss('dot_sent', 'reset');
  }

  private draw(): Fate {
    return this.chance.whole(1, 100) <= this.weather.trouble ? this.chance.one(FATES) : 'taken';
  }

  private async pass(point: 'data.mid' | 'dot.before' | 'dot.after'): Promise<void> {
    this.life.passing(point);
    if (!this.life.alive()) await never();
  }

  private async wait(from: number, to: number): Promise<void> {
    await this.time.sleep(this.chance.whole(from, to));
    if (!this.life.alive()) await never();
  }

  private grant(): void {
    while (this.free > 0 && this.queue.length > 0) {
      this.free -= 1;
      this.queue.shift()?.();
    }
  }
}
