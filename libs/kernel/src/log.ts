import { pino } from 'pino';

/** Facts are ids, counts and codes; never content, names or addresses. Levels are explained in CONTRIBUTING.md. */
export type LogFacts = Readonly<Record<string, unknown>>;

export interface Log {
  debug(facts: LogFacts, says: string): void;
  info(facts: LogFacts, says: string): void;
  warn(facts: LogFacts, says: string): void;
  error(facts: LogFacts, says: string): void;
}

/** One JSON line per entry on standard output. @param name the process, for example `worker` */
export function openLog(name: string, level: string): Log {
  return pino({ name, level, base: { name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** An error as facts: what it is called and says. PostgreSQL's `detail` is left out, because it quotes row values. */
export function errorFacts(error: unknown): LogFacts {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = (error as { code?: unknown }).code;
  return { error: error.name, says: error.message.slice(0, 500), ...(typeof code === 'string' ? { code } : {}) };
}
