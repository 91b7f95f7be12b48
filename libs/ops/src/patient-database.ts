import { Database, errorFacts, Problem, type Clock, type DatabaseOptions, type Log } from '#libs/kernel';

export interface Patience {
  readonly clock: Clock;
  readonly log: Log;
  /** How long to try; 30 s when not given, which outlasts a PostgreSQL that recovers from a crash beside us. */
  readonly forMs?: number;
}

const BETWEEN_TRIES_MS = 500;

/** Wrong password, no such login, no such database: waiting mends none of them. */
const HOPELESS = ['28P01', '28000', '3D000'];

/**
 * Opens the database, waiting for it when it starts later than we do or has no role for us before it is migrated.
 * @throws Problem naming DATABASE_URL when it has not answered in time or refuses the login
 */
export async function openPatiently(options: DatabaseOptions, { clock, log, forMs }: Patience): Promise<Database> {
  const until = clock.monotonic() + (forMs ?? 30_000);
  for (let tries = 1; ; tries++) {
    try {
      return await Database.open(options);
    } catch (error) {
      const code = codeOf(error);
      if (HOPELESS.includes(code) || clock.monotonic() >= until) throw unreachable(code, error);
      if (tries === 1) log.warn(errorFacts(error), 'waiting for the database');
      await clock.sleep(BETWEEN_TRIES_MS);
    }
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : '';
}

function unreachable(code: string, cause: unknown): Problem {
  const refused = HOPELESS.includes(code);
  return new Problem({
    code: refused ? 'database.refused' : 'database.unreachable',
    field: 'DATABASE_URL',
    status: 503,
    message: refused
      ? `PostgreSQL refuses the login or database in DATABASE_URL (${code}).`
      : `PostgreSQL does not answer at DATABASE_URL${code ? ` (${code})` : ''}.`,
    remedy: refused
      ? 'Check user, password and database name.'
      : 'Check that it runs, that host and port are right, and that "dateline migrate" has run once.',
    cause,
  });
}
