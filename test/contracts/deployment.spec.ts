import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import { SETTINGS, type SettingName, Settings } from '#libs/kernel';
import { migrate } from '#libs/ops';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../apps/standalone/src/embedded-postgres.js';
import { TOLD } from '../../apps/standalone/src/supervisor.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas: number };
  readonly container_name?: string;
  readonly read_only?: boolean;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const all = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] ?? {};
const OURS = ['migrate', 'api', 'newsroom', 'worker'] as const;
const APPS = ['api', 'newsroom', 'worker'] as const;

const plainName = (variable: string) => variable.replace(/_FILE$/, '');
const variables = (name: string) => Object.keys(service(name).environment ?? {});
const told = (name: string) => variables(name).map(plainName);

describe('docker-compose.yml', () => {
  test.each(OURS)('gives %s only settings that exist, and secrets only as files it was granted', (name) => {
    for (const variable of variables(name)) {
      expect(Object.keys(SETTINGS)).toContain(plainName(variable));
      if (!variable.endsWith('_FILE')) continue;
      expect(SETTINGS[plainName(variable) as SettingName].secret).toBe(true);
      const secret = String(service(name).environment?.[variable]).replace('/run/secrets/', '');
      expect(service(name).secrets).toContain(secret);
    }
  });

  test('writes no password or key into itself', () => {
    for (const [, { environment = {} }] of all) {
      for (const [variable, value] of Object.entries(environment)) {
        expect(`${variable}=${value}`).not.toMatch(/(PASSWORD|KEY|DATABASE_URL|SMTP_URL)=|:[^/@\s]+@/);
      }
    }
    for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).toBe(`./secrets/${name}`);
    expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain('secrets/');
    expect(readFileSync('.dockerignore', 'utf8').split('\n')).toContain('secrets');
  });

  test('lets only the worker know the mail relay and the keys of mails, and speak to a mail server', () => {
    for (const [name, { secrets = [], networks = [] }] of all) {
      const mayMail = name === 'worker';
      expect([name, told(name).includes('SMTP_URL')]).toEqual([name, mayMail]);
      for (const key of ['DKIM_KEY', 'MESSAGE_KEY'])
        expect([name, key, told(name).includes(key)]).toEqual([name, key, mayMail]);
      for (const secret of ['smtp_url', 'dkim_key', 'message_key'])
        expect([name, secret, secrets.includes(secret)]).toEqual([name, secret, mayMail]);
      if (name !== 'mailbox') expect([name, networks.includes('mail')]).toEqual([name, mayMail]);
    }
  });

  test('lets nothing but the api and the newsroom be reached from outside, and those on loopback', () => {
    const published = all.filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name).sort()).toEqual(['api', 'newsroom']);
    for (const [, { ports = [] }] of published)
      expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
    for (const name of ['store', 'queue']) expect(compose.networks[name]).toEqual({ internal: true });
    expect(service('postgres').networks).toEqual(['store']);
    expect(service('redis').networks).toEqual(['queue']);
  });

  test('gives each process the narrowest login to the database', () => {
    const login = (name: string) => service(name).environment?.['DATABASE_URL_FILE'];
    expect(login('migrate')).toBe('/run/secrets/owner_database_url');
    expect(login('api')).toBe('/run/secrets/app_database_url');
    expect(login('worker')).toBe('/run/secrets/app_database_url');
    expect(login('newsroom')).toBe('/run/secrets/newsroom_database_url');
    expect(service('newsroom').networks).not.toContain('queue');
  });

  test('runs a Redis that never evicts, keeps its file and wakes on time', () => {
    const command = service('redis').command?.join(' ') ?? '';
    for (const option of ['--maxmemory-policy noeviction', '--appendonly yes', '--hz 100']) {
      expect(command).toContain(option);
    }
    expect(service('redis').volumes).toEqual(['queue:/data']);
  });

  test.each(APPS)('starts %s after the migration, watched, without a name or port that two would share', (name) => {
    const { command = [], depends_on, healthcheck, container_name, read_only } = service(name);
    expect(depends_on?.['migrate']).toEqual({ condition: 'service_completed_successfully' });
    expect(healthcheck?.test).toEqual(['CMD', 'node', 'bin/healthy.mjs']);
    expect({ container_name, read_only }).toEqual({ container_name: undefined, read_only: true });
    const main = command.at(-1) ?? '';
    expect(main).toBe(`dist/apps/${name}/src/main.js`);
    expect(existsSync(main.replace(/^dist\//, '').replace(/\.js$/, '.ts'))).toBe(true);
  });

  test('watches everything that stays, and runs two workers', () => {
    for (const [name, { healthcheck }] of all) {
      expect([name, healthcheck?.disable ?? healthcheck?.test?.[0]]).toEqual([name, name === 'migrate' ? true : 'CMD']);
    }
    expect(service('worker').deploy?.replicas).toBe(2);
    expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });
});

describe('everything on one machine', () => {
  test('tells the relay and the keys of mails to the worker alone', () => {
    for (const app of APPS) {
      for (const name of ['SMTP_URL', 'DKIM_KEY', 'MESSAGE_KEY'] as const)
        expect([app, name, TOLD[app].includes(name)]).toEqual([app, name, app === 'worker']);
    }
  });
});

describe('the image', () => {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  test('is built from the lock file and runs as nobody special, without compilers or sources', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toHaveLength(2);
    expect(lines.join('\n')).toContain('npm ci');
    expect(lines.join('\n')).toContain('npm prune --omit=dev');
    expect(last).toContain('USER node');
    expect(last.findIndex((line) => line.startsWith('RUN '))).toBeLessThan(last.indexOf('USER node'));
    expect(last.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
    expect(last.some((line) => /^COPY (?!--from=build)/.test(line))).toBe(false);
  });

  test('keeps what it copies in step with the house', () => {
    const copied = last.flatMap((line) => /^COPY --from=build \/app\/(\S+)/.exec(line)?.[1] ?? []);
    for (const path of copied) expect(['dist', 'node_modules'].includes(path) || existsSync(path)).toBe(true);
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    for (const kept of ['apps', 'libs', 'scripts', 'bin', 'tsconfig.json']) expect(ignored).not.toContain(kept);
  });
});

describe('the logins made with a new database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-logins-'));
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    server = await startEmbeddedPostgres({ folder });
    const script = readFileSync('deploy/postgres/logins.sh', 'utf8');
    const sql = /<<'SQL'\n([\s\S]*)\nSQL/.exec(script)?.[1] ?? '';
    await query(server.url, sql.replace(/:'(app|newsroom)_password'/g, `'$1 password'`));
    await migrate(server.url);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function query(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }
  function urlOf(login: string): string {
    const url = new URL(server.url);
    url.username = login;
    url.password = `${login} password`;
    return url.href;
  }

  test.each([
    ['app', 'dateline_app'],
    ['newsroom', 'dateline_newsroom'],
  ])('work as their narrow role, and cannot leave it for a wider one (%s)', async (login, role) => {
    expect(await query(urlOf(login), 'select current_user::text as me')).toEqual([{ me: role }]);
    await expect(query(urlOf(login), 'create table mine ()')).rejects.toThrow('permission denied');
    await expect(query(urlOf(login), 'set role postgres')).rejects.toThrow('permission denied');
    await expect(query(urlOf(login), 'set role none; select * from delivery')).rejects.toThrow('permission denied');
  });

  test('let the app read the ledger and the newsroom not', async () => {
    expect(await query(urlOf('app'), 'select count(*)::int as n from delivery')).toEqual([{ n: 0 }]);
    await expect(query(urlOf('newsroom'), 'select * from delivery')).rejects.toThrow('permission denied');
  });
});

describe('npm run secrets', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'dateline-secrets-')), 'secrets');
  afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  test('makes every secret once, in a folder closed to others', async () => {
    const { makeSecrets } = (await import(resolve('scripts/make-secrets.mjs'))) as {
      makeSecrets(folder: string): string[];
    };
    expect(makeSecrets(folder).sort()).toEqual(Object.keys(compose.secrets).sort());
    const before = readFileSync(join(folder, 'dateline_key'), 'utf8');
    expect(makeSecrets(folder)).toEqual([]);
    expect(readFileSync(join(folder, 'dateline_key'), 'utf8')).toBe(before);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(compose.secrets).sort());
  });

  test.each(OURS)('makes secrets that fit the settings of %s', (name) => {
    const environment = Object.fromEntries(
      variables(name)
        .filter((variable) => variable.endsWith('_FILE'))
        .map((variable) => [variable, String(service(name).environment?.[variable]).replace('/run/secrets', folder)]),
    );
    const settings = Settings.from(environment);
    for (const variable of Object.keys(environment))
      expect(settings.isSet(plainName(variable) as SettingName)).toBe(true);
    expect(Buffer.from(settings.text('DATELINE_KEY'), 'base64')).toHaveLength(32);
  });
});
