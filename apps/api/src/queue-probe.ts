import { openWakeUps, type QueueOptions, type WakeUps } from '#libs/kernel';

/** Asks the wake-up queue whether it is there. Opened at the first question, so that a dead queue never keeps the API down. */
export class QueueProbe {
  private opened: Promise<WakeUps> | undefined;

  constructor(private readonly options: QueueOptions) {}

  /** Counts what waits; throws when the queue does not answer. The next question tries anew. */
  async ask(): Promise<void> {
    this.opened ??= openWakeUps(this.options);
    try {
      await (await this.opened).counts();
    } catch (error) {
      const failed = this.opened;
      this.opened = undefined;
      await failed.then((wakeUps) => wakeUps.close()).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.opened?.then((wakeUps) => wakeUps.close()).catch(() => undefined);
  }
}
