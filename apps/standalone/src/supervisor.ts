import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Problem, type Clock, type Settings, type SettingName } from '#libs/kernel';

export type AppName = 'api' | 'newsroom' | 'worker';

const SHARED = ['DATABASE_URL', 'DATELINE_DATA', 'DATELINE_KEY', 'NEWSROOM_URL', 'LISTEN_HOST', 'LOG_LEVEL'] as const;

/** Each process is told only what it needs; the relay and the keys of mails are known to the worker alone (gate G5). */
export const TOLD: Record<AppName, readonly SettingName[]> = {
  api: [...SHARED, 'REDIS_URL', 'API_PORT'],
  newsroom: [...SHARED, 'NEWSROOM_PORT'],
  worker: [
    ...SHARED,
    'REDIS_URL',
    'SMTP_URL',
    'SMTP_CONNECTIONS',
    'LANE_RULES',
    'RELAY_LOG',
    'DKIM_KEY',
    'DKIM_SELECTOR',
    'MESSAGE_KEY',
    'WORKER_PORT',
    'PREPARE_LEAD_SECONDS',
    'CLOCK_SKEW_LIMIT_MS',
  ],
};

const READY_WITHIN_MS = 60_000;
const RESTART_AFTER_MS = 1_000;
const STOP_WITHIN_MS = 20_000;

/** One running app of ours: its process, restarted when it dies unasked. */
export class Supervised {
  private child: ChildProcess | undefined;
  private leaving = false;
  restarts = 0;
  /** Where it listens, once ready. */
  port = 0;

  private constructor(
    readonly app: AppName,
    private readonly settings: Settings,
    private readonly logFile: string,
    private readonly clock: Clock,
  ) {}

  /** Starts it and resolves when it says that it is ready. Throws a Problem with its last words when it does not. */
  static async start(app: AppName, number: number, settings: Settings, clock: Clock): Promise<Supervised> {
    const logs = join(settings.text('DATELINE_DATA'), 'logs');
    mkdirSync(logs, { recursive: true });
    const one = new Supervised(app, settings, join(logs, `${app}-${number}.log`), clock);
    await one.run();
    return one;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** SIGTERM, and SIGKILL when it has not left in 20 s. */
  async stop(): Promise<void> {
    this.leaving = true;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const late = new AbortController();
    await Promise.race([gone, this.clock.sleep(STOP_WITHIN_MS, late.signal).then(() => child.kill('SIGKILL'))]);
    late.abort();
    await gone;
  }

  private async run(): Promise<void> {
    const main = join(dirname(fileURLToPath(import.meta.url)), '..', '..', this.app, 'src', 'main.js');
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      // its own group: Ctrl-C reaches us first, and we stop it in order
      detached: true,
      // the channel carries nothing: when it closes, the child knows that we died and leaves too
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: this.settings.environment(TOLD[this.app]),
    });
    this.child = child;
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once('exit', () => {
      log.end();
      if (!this.leaving) void this.restart();
    });
    await this.ready(child);
  }

  private async restart(): Promise<void> {
    this.restarts += 1;
    await this.clock.sleep(Math.min(RESTART_AFTER_MS * this.restarts, 10_000));
    if (!this.leaving) await this.run().catch(() => undefined);
  }

  private async ready(child: ChildProcess): Promise<void> {
    const last: string[] = [];
    const late = new AbortController();
    const outcome = await new Promise<'ready' | 'gone' | 'late'>((resolve) => {
      const read = (line: string) => {
        last.splice(0, Math.max(0, last.length - 8));
        last.push(line);
        const port = /"port":(\d+)/.exec(line)?.[1];
        if (port && /ready|listening/.test(line)) {
          this.port = Number(port);
          resolve('ready');
        }
      };
      if (child.stdout) createInterface({ input: child.stdout }).on('line', read);
      if (child.stderr) createInterface({ input: child.stderr }).on('line', read);
      child.once('exit', () => resolve('gone'));
      void this.clock.sleep(READY_WITHIN_MS, late.signal).then(() => resolve('late'));
    });
    late.abort();
    if (outcome === 'ready') return;
    this.leaving = true;
    throw new Problem({
      code: `start.${this.app}`,
      field: this.app,
      message: `The ${this.app} did not start (${outcome}): ${last.join(' ').slice(-600)}`,
      remedy: `Read ${this.logFile}; "dateline doctor" checks what it needs.`,
    });
  }
}
