import { readFileSync } from 'node:fs';
import { Problem } from './problem.js';

export interface SettingSpec {
  readonly kind: 'text' | 'url' | 'port' | 'number' | 'flag' | 'path';
  /** Text as it would stand in the environment; '' means "not set". */
  readonly default: string;
  readonly secret: boolean;
  /** One sentence for `.env.example` and docs/settings.md. */
  readonly says: string;
}

/**
 * Every setting there is. `.env.example` and docs/settings.md are printed from this list, and nothing else in the house
 * reads the environment. A secret NAME may also be given as NAME_FILE: a path whose trimmed content is the value.
 */
export const SETTINGS = {
  DATELINE_DATA: {
    kind: 'path',
    default: './var',
    secret: false,
    says: 'Folder for what must survive a restart: the embedded database, assets, generated keys, the local mailbox, exported ledger heads.',
  },
  DATABASE_URL: {
    kind: 'url',
    default: '',
    secret: true,
    says: 'PostgreSQL 15 or newer. Not set: Dateline starts its own PostgreSQL in the data folder.',
  },
  REDIS_URL: {
    kind: 'url',
    default: '',
    secret: true,
    says: 'Redis or Valkey for the wake-up queue, with maxmemory-policy noeviction. Not set: the queue lives in PostgreSQL.',
  },
  SMTP_URL: {
    kind: 'url',
    default: '',
    secret: true,
    says: 'Mail relay, smtp://user:password@host:587 or smtps://…:465; STARTTLS is required unless the host is loopback. Not set: a local mailbox that keeps the newest 3,000 mails and forwards none. `?tls=off` allows clear text to another host, never with a password. Read by the worker only.',
  },
  SMTP_CONNECTIONS: {
    kind: 'number',
    default: '10',
    secret: false,
    says: 'Open connections to the relay, per worker.',
  },
  RELAY_LOG: {
    kind: 'path',
    default: '',
    secret: false,
    says: 'Log file of the Postfix on this machine that SMTP_URL names (its maillog_file, or /var/log/mail.log): messages whose answer was lost are settled by what it says. Not set: they wait for an officer or the policy of their release. Read by the worker only.',
  },
  LANE_RULES: {
    kind: 'text',
    default: '',
    secret: false,
    says: 'Limits per recipient domain and worker, for example `gmail.com=concurrency:5,rate:20/s; qq.com=rate:2/s; *=concurrency:10`; * is for all others, a domain of a known family (gmail.com, googlemail.com) stands for the family. Not set: no limit until a domain asks for one. Read by the worker only.',
  },
  DATELINE_KEY: {
    kind: 'text',
    default: '',
    secret: true,
    says: 'Master key, at least 32 random bytes in base64; pseudonyms of suppressed addresses and signed links derive from it. Not set: made once and kept in the data folder. Lose it and suppressions can no longer be matched.',
  },
  DKIM_KEY: {
    kind: 'text',
    default: '',
    secret: true,
    says: 'RSA private key (PEM) that signs outgoing mail. Not set: made once and kept in the data folder. Read by the worker only.',
  },
  MESSAGE_KEY: {
    kind: 'text',
    default: '',
    secret: true,
    says: 'At least 32 random bytes in base64: prepared messages lie in the database encrypted under it until they are sent. The same on every worker, and read by workers only. Not set: made once and kept in the data folder. Lose it and what is prepared has to be prepared again.',
  },
  DKIM_SELECTOR: {
    kind: 'text',
    default: 'dateline',
    secret: false,
    says: 'DKIM selector: the TXT record is SELECTOR._domainkey.DOMAIN.',
  },
  NEWSROOM_URL: {
    kind: 'url',
    default: 'http://localhost:3001',
    secret: false,
    says: 'Public address of the newsroom: picture downloads, unsubscribe and web links in mails begin with it. HTTPS in production.',
  },
  API_PORT: { kind: 'port', default: '3000', secret: false, says: 'Port of the officers’ API.' },
  NEWSROOM_PORT: { kind: 'port', default: '3001', secret: false, says: 'Port of the public newsroom.' },
  WORKER_PORT: {
    kind: 'port',
    default: '3002',
    secret: false,
    says: 'Loopback port where a worker answers health checks; 0 takes a free one.',
  },
  MAILBOX_PORT: { kind: 'port', default: '1080', secret: false, says: 'Port where the local mailbox shows its mails.' },
  MAILBOX_SMTP_PORT: {
    kind: 'port',
    default: '1025',
    secret: false,
    says: 'Port where the local mailbox takes mails in.',
  },
  LISTEN_HOST: {
    kind: 'text',
    default: '127.0.0.1',
    secret: false,
    says: 'Address the api and newsroom listen on; 0.0.0.0 in a container.',
  },
  PREPARE_LEAD_SECONDS: {
    kind: 'number',
    default: '900',
    secret: false,
    says: 'How long before T a release is prepared.',
  },
  CLOCK_SKEW_LIMIT_MS: {
    kind: 'number',
    default: '250',
    secret: false,
    says: 'A worker whose clock differs more than this from the database holds everything and raises an alarm.',
  },
  DATELINE_AS: {
    kind: 'text',
    default: '',
    secret: false,
    says: 'Officer the command line acts for, as ORGANISATION/ADDRESS; the option --as overrides it.',
  },
  DATELINE_CRASH: {
    kind: 'text',
    default: '',
    secret: false,
    says: 'For fault tests only: the worker kills itself at a named point, such as dot.after:17. Leave it out.',
  },
  LOG_LEVEL: { kind: 'text', default: 'info', secret: false, says: 'debug, info, warn or error.' },
} as const satisfies Record<string, SettingSpec>;

export type SettingName = keyof typeof SETTINGS;

/** Settings as read once at start: texts, checked against their kind. */
export class Settings {
  private constructor(private readonly values: ReadonlyMap<SettingName, string>) {}

  /** Reads and checks the whole list. Throws a Problem that names the first setting that does not fit. */
  static from(environment: Readonly<Record<string, string | undefined>>): Settings {
    const values = new Map<SettingName, string>();
    for (const [name, spec] of Object.entries(SETTINGS) as [SettingName, SettingSpec][]) {
      const value = read(name, spec, environment);
      check(name, spec, value);
      values.set(name, value);
    }
    return new Settings(values);
  }

  text(name: SettingName): string {
    return this.values.get(name) ?? '';
  }

  number(name: SettingName): number {
    return Number(this.text(name));
  }

  isSet(name: SettingName): boolean {
    return this.text(name) !== '';
  }

  /** The same settings with some replaced, for processes started with values found at run time. */
  with(changes: Partial<Record<SettingName, string>>): Settings {
    const values = new Map(this.values);
    for (const [name, value] of Object.entries(changes) as [SettingName, string][]) {
      check(name, SETTINGS[name], value);
      values.set(name, value);
    }
    return new Settings(values);
  }

  /** As environment variables for a process of ours; only the named ones, so that a secret goes where it is needed. */
  environment(names: readonly SettingName[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, this.text(name)]));
  }

  /** For `dateline settings` and logs: secrets show only whether they are set. */
  redacted(): Record<string, string> {
    return Object.fromEntries(
      (Object.entries(SETTINGS) as [SettingName, SettingSpec][]).map(([name, spec]) => [
        name,
        spec.secret ? (this.isSet(name) ? '(set)' : '(not set)') : this.text(name),
      ]),
    );
  }
}

function read(name: SettingName, spec: SettingSpec, environment: Readonly<Record<string, string | undefined>>): string {
  const plain = environment[name]?.trim();
  const file = spec.secret ? environment[`${name}_FILE`]?.trim() : undefined;
  if (plain && file) throw wrong(name, `${name} and ${name}_FILE are both set.`, 'Keep one of them.');
  if (!file) return plain || spec.default;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw wrong(
      `${name}_FILE`,
      `${name}_FILE points to ${file}, which cannot be read.`,
      'Check the path and its owner.',
      cause,
    );
  }
}

function check(name: SettingName, spec: SettingSpec, value: string): void {
  if (value === '') return;
  if (spec.kind === 'url' && !URL.canParse(value))
    throw wrong(name, `${name} is not a URL.`, 'Write it as scheme://host:port/…');
  if (spec.kind === 'number' && !/^\d+$/.test(value))
    throw wrong(name, `${name} must be a whole number.`, 'Write digits only.');
  if (spec.kind === 'port' && !(/^\d+$/.test(value) && Number(value) <= 65_535)) {
    throw wrong(name, `${name} must be a port from 0 to 65535.`, 'Write digits only; 0 takes a free port.');
  }
  if (spec.kind === 'flag' && !['yes', 'no'].includes(value))
    throw wrong(name, `${name} must be yes or no.`, 'Write yes or no.');
}

function wrong(field: string, message: string, remedy: string, cause?: unknown): Problem {
  return new Problem({ code: 'settings.invalid', field, message, remedy, cause });
}
