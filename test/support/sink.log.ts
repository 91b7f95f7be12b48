import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

/** Lines that are on disk before anybody is told about them. Lines that come while one sync runs share the next. */
export class SyncedLog {
  private readonly file: number;
  private waiting: { readonly line: string; readonly done: () => void }[] = [];
  private running: Promise<void> | undefined;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  append(facts: object): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ line: `${JSON.stringify(facts)}\n`, done });
      this.running ??= this.flush();
    });
  }

  async close(): Promise<void> {
    await this.running;
    closeSync(this.file);
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      writeSync(this.file, group.map((entry) => entry.line).join(''));
      await sync(this.file);
      for (const entry of group) entry.done();
    }
    this.running = undefined;
  }
}
