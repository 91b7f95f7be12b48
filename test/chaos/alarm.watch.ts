import { until } from '../support/world.js';
import type { ChaosRoom } from './chaos.room.js';
import type { WorkerProcess } from './processes.js';

const ALARM_WITHIN_MS = 10_000;

/** How soon people hear of a wrong clock. */
export class AlarmWatch {
  private slowest = 0;
  private missed = 0;
  private raised = 0;

  constructor(private readonly room: ChaosRoom) {}

  /** Waits until the alarm about this worker's clock stands. */
  async raisedBy(worker: WorkerProcess): Promise<void> {
    const began = performance.now();
    const stands = async () => {
      const row = await this.room.world.owner.first(
        `select from alarm where code = 'clock.skew' and subject like $1 and cleared_at is null`,
        [`%-${worker.pid}`],
      );
      return row !== undefined;
    };
    await until(`an alarm of ${worker.pid}`, stands, ALARM_WITHIN_MS).catch(() => (this.missed += 1));
    this.raised += 1;
    this.slowest = Math.max(this.slowest, performance.now() - began);
  }

  get ok(): boolean {
    return this.missed === 0;
  }

  get note(): string {
    const missed = this.missed > 0 ? `, ${this.missed} missed` : '';
    return `${this.raised} alarms, the slowest after ${Math.round(this.slowest)} ms${missed}`;
  }
}
