import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNewsroom } from '../../apps/newsroom/src/newsroom.js';
import { Database, Settings, systemClock, type Log } from '#libs/kernel';
import { castOfficers, type Officers } from './cast.js';
import { freshDatabase } from './database.js';

/** A newsroom on a free port, with a database and a data folder of its own. */
export interface RunningNewsroom {
  readonly origin: string;
  /** NEWSROOM_URL is its origin. */
  readonly settings: Settings;
  readonly officers: Officers;
  /** The database as its owner, for seeding and for looking. */
  readonly owner: Database;
  /** What it wrote to its log, a line each. */
  readonly logged: string[];
  /** A second newsroom over the same data. @returns its origin */
  open(): Promise<{ readonly origin: string; readonly app: NestExpressApplication; readonly db: Database }>;
  stop(): Promise<void>;
}

export async function startNewsroom(): Promise<RunningNewsroom> {
  const database = await freshDatabase();
  const owner = await Database.open({ url: database.url });
  const folder = await mkdtemp(join(tmpdir(), 'dateline-newsroom-'));
  const settings = Settings.from({ DATELINE_DATA: folder, DATELINE_KEY: Buffer.alloc(32, 5).toString('base64') });
  const logged: string[] = [];
  const keep = (facts: unknown, says: string) => void logged.push(`${says} ${JSON.stringify(facts)}`);
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
  const open = async () => {
    const db = await Database.open({ url: database.url, role: 'dateline_newsroom' });
    const app = await openNewsroom({ settings, db, clock: systemClock, log });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    return { origin: `http://127.0.0.1:${port}`, app, db };
  };
  const first = await open();
  return {
    origin: first.origin,
    settings: settings.with({ NEWSROOM_URL: first.origin }),
    officers: await castOfficers(owner),
    owner,
    logged,
    open,
    stop: async () => {
      await first.app.close();
      await owner.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A whole answer, head and body, without the one line that differs in any two answers: its date. */
export async function rawAnswer(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers: { connection: 'close', ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const lines = answer.rawHeaders.flatMap((text, at, all) => (at % 2 === 0 ? [`${text}: ${all[at + 1]}`] : []));
        const head = [
          `${answer.statusCode} ${answer.statusMessage}`,
          ...lines.filter((line) => !line.startsWith('Date:')),
        ];
        resolve([...head, '', Buffer.concat(parts).toString('latin1')].join('\n'));
      });
    });
    asking.on('error', reject).end();
  });
}
