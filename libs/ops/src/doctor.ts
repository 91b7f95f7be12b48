import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from '#libs/accounts';
import { dkimKeyFrom, readRelayUrl } from '#libs/delivery';
import { Problem, type Clock, type Database, type Settings } from '#libs/kernel';
import { checkClock, checkTimeService, checkZones } from './check-clock.js';
import { checkDatabase } from './check-database.views.js';
import { checkRelayName, checkSenders, recordsToPublish, type Sender, type SigningKey } from './check-dns.js';
import { checkFolder } from './check-folder.js';
import { checkInstance } from './check-instance.views.js';
import { checkNewsroom, type NewsroomNeed } from './check-newsroom.js';
import { checkQueue } from './check-queue.js';
import { checkRelay } from './check-relay.js';
import { checkRelayLog } from './check-relay-log.js';
import { checkSettings } from './check-settings.js';
import { checkAlarms, checkStops, checkStuck, checkWorkers } from './check-work.views.js';
import { fail, gravest, ok, warn, type Finding, type Verdict } from './finding.js';
import type { Lookup } from './lookup.js';
import { isUpcoming, judgeUpcoming, type Upcoming } from './upcoming.js';
import { UpcomingViews } from './upcoming.views.js';

export interface DoctorTools {
  /** With the DATABASE_URL of the embedded database, where that is used. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly lookup: Lookup;
  /** As the login itself; what kept it from being opened, otherwise. */
  readonly database: Database | Problem;
  /** Whether the database is the one that Dateline starts itself. */
  readonly embedded: boolean;
}

export interface Examination {
  /** RFC 3339, by this machine's clock. */
  readonly at: string;
  readonly verdict: Verdict;
  /** Null when the database could not be asked. */
  readonly upcoming: readonly Upcoming[] | null;
  readonly groups: readonly { readonly name: string; readonly findings: readonly Finding[] }[];
  /** Secrets show only whether they are set. */
  readonly settings: Readonly<Record<string, string>>;
}

type Group = readonly [name: string, findings: () => Promise<readonly Finding[]> | readonly Finding[]];

/** What is near is shown and asks for everything to stand. */
const NEAR_SECONDS = 24 * 3_600;
/** Longer than any one check's own limits; a check that hangs is told, the others go on. */
const LIMIT_MS = 20_000;

/** Looks at everything that a release needs in order to leave at T. Changes nothing, and answers within half a minute. */
export class Doctor {
  constructor(private readonly tools: DoctorTools) {}

  async examine(): Promise<Examination> {
    const { clock, settings, database, embedded } = this.tools;
    const hasTables = !(database instanceof Problem) && (await this.hasTables(database));
    const upcoming =
      database instanceof Problem ? null : hasTables ? await this.upcoming(database).catch(() => null) : [];
    const isNear = (upcoming ?? []).some((one) => ON_ITS_WAY.includes(one.state));
    const checks: readonly Group[] = [
      ...this.aroundDatabase(hasTables, isNear),
      [
        'Mail relay',
        async () => [...(await checkRelay(settings, clock, embedded)), ...(await checkRelayLog(settings, clock))],
      ],
      ...(hasTables ? [['Senders', () => this.senders(database)] as Group] : []),
      ['Newsroom', () => checkNewsroom(settings, clock, { isNear, isPublic: this.isPublic() })],
      ['Data folder', () => checkFolder(settings)],
      ['Settings', () => checkSettings(settings)],
    ];
    const groups = await Promise.all(
      checks.map(async ([name, find]) => ({ name, findings: await this.within(name, find) })),
    );
    const verdicts: Verdict[] = [
      upcoming === null ? 'fail' : 'ok',
      ...(upcoming ?? []).map((one) => one.verdict),
      ...groups.flatMap(({ findings }) => findings.map((one) => one.verdict)),
    ];
    return {
      at: new Date(clock.now()).toISOString(),
      verdict: gravest(verdicts),
      upcoming,
      groups,
      settings: { ...settings.redacted(), ...(embedded ? { DATABASE_URL: '(embedded)' } : {}) },
    };
  }

  /** What leaves in the coming 24 hours, or should have left. */
  private async upcoming(db: Database): Promise<Upcoming[]> {
    const views = new UpcomingViews(db);
    const past = await views.pastRate();
    const leadSeconds = this.tools.settings.number('PREPARE_LEAD_SECONDS');
    const rows = await views.within(NEAR_SECONDS);
    return rows.filter(isUpcoming).map((row) => judgeUpcoming(row, { leadSeconds, past }));
  }

  /** Before the first migration there is nothing to ask but the server itself. */
  private async hasTables(db: Database): Promise<boolean> {
    const row = await db
      .first<{ there: boolean }>(`select to_regclass('public.delivery_event') is not null as there`)
      .catch(() => undefined);
    return row?.there ?? false;
  }

  private aroundDatabase(hasTables: boolean, isNear: boolean): readonly Group[] {
    const { database: db, settings, clock, embedded } = this.tools;
    const queue: Group = ['Queue', () => checkQueue(settings)];
    if (db instanceof Problem) {
      return [
        ['Database', () => [fail('database.reachable', db.message, db.remedy)]],
        ['Clock', () => checkTimeService()],
        ...(settings.isSet('REDIS_URL') ? [queue] : []),
      ];
    }
    const server: Group = ['Database', () => checkDatabase(db, clock, embedded)];
    const clocks = async () => [
      ...(await checkClock(db, clock, settings.number('CLOCK_SKEW_LIMIT_MS'))),
      ...checkTimeService(),
    ];
    if (!hasTables) return [server, ['Clock', clocks]];
    return [
      ['Workers', () => checkWorkers(db, isNear)],
      [
        'Alarms',
        async () => [
          ...(await checkInstance(db, settings)),
          ...(await checkAlarms(db)),
          ...(await checkStops(db, isNear)),
        ],
      ],
      ['Ledger', () => checkStuck(db)],
      server,
      ['Clock', async () => [...(await clocks()), ...checkZones(await new UpcomingViews(db).scheduled())]],
      queue,
    ];
  }

  private async senders(db: Database): Promise<readonly Finding[]> {
    const { settings, lookup } = this.tools;
    const organisations = await new Accounts().organisations(db);
    const senders: Sender[] = organisations.map((one) => ({ organisation: one.slug, deskAddress: one.deskAddress }));
    const signing = this.signing();
    if (signing instanceof Problem) return [fail('dns.key', signing.message, signing.remedy)];
    const key = signing
      ? ok('dns.key', `Mail is signed as ${signing.selector}, RSA ${signing.key.asymmetricKeyDetails?.modulusLength}.`)
      : this.withoutKey();
    // nothing that leaves, nothing that anybody looks up
    if (!settings.isSet('SMTP_URL')) return [key, ...(signing ? recordsToPublish(senders, signing) : [])];
    return [key, ...(await checkSenders(senders, signing, lookup)), ...(await checkRelayName(settings, lookup))];
  }

  /** The key as the worker takes it; never made here, where it might not be the one the worker has. */
  private signing(): SigningKey | Problem | undefined {
    const { settings } = this.tools;
    const kept = join(settings.text('DATELINE_DATA'), 'keys', 'dkim.pem');
    if (!settings.isSet('DKIM_KEY') && !existsSync(kept)) return undefined;
    try {
      return dkimKeyFrom(settings);
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  private withoutKey(): Finding {
    const says = 'There is no DKIM key here yet: the first worker makes one and keeps it in its data folder.';
    if (!this.tools.settings.isSet('SMTP_URL')) return ok('dns.key', says);
    return warn('dns.key', says, 'Run the doctor with the worker’s settings and data folder, or set DKIM_KEY.');
  }

  /** A relay in clear is a mailbox for trying out, or a mail server on this machine. */
  private isPublic(): NewsroomNeed['isPublic'] {
    const { settings } = this.tools;
    if (!settings.isSet('SMTP_URL')) return 'no';
    try {
      return readRelayUrl(settings.text('SMTP_URL')).tls === 'off' ? 'maybe' : 'yes';
    } catch {
      return 'maybe'; // told by the check of the relay
    }
  }

  private async within(name: string, find: Group[1]): Promise<readonly Finding[]> {
    const check = `${name.toLowerCase().replace(' ', '_')}.checked`;
    const remedy = 'Look at it by hand; the other checks do not depend on it.';
    const done = new AbortController();
    const late = this.tools.clock
      .sleep(LIMIT_MS, done.signal)
      .then(() => [fail(check, `This could not be looked at within ${LIMIT_MS / 1000} s.`, remedy)]);
    try {
      return await Promise.race([find(), late]);
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      return [fail(check, `This could not be looked at: ${says}`, error instanceof Problem ? error.remedy : remedy)];
    } finally {
      done.abort();
    }
  }
}

const ON_ITS_WAY = ['scheduled', 'preparing', 'prepared', 'releasing'];
