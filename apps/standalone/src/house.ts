import { Accounts } from '#libs/accounts';
import { Assets, Kits } from '#libs/assets';
import { AuditLog, AuditViews } from '#libs/audit';
import { Contacts } from '#libs/contacts';
import { Letters } from '#libs/delivery';
import { Desk } from '#libs/desk';
import { Embargoes, StopButton } from '#libs/embargo';
import { Database, Problem, Secrets, type Actor, type Settings, type Tx } from '#libs/kernel';
import { migrate } from '#libs/ops';
import { ReleaseStore, Releases } from '#libs/releases';
import { quarantineIfCopied } from './copied-folder.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

/** Everything the command line acts through, opened on one database. */
export class House {
  readonly audit = new AuditLog();
  readonly accounts = new Accounts();
  readonly releases = new Releases(new ReleaseStore(), this.audit);
  readonly embargoes = new Embargoes(this.releases, this.audit);
  readonly stopButton = new StopButton(this.audit);
  readonly contacts: Contacts;
  readonly assets: Assets;
  readonly letters: Letters;
  readonly desk: Desk;
  readonly auditViews: AuditViews;

  private constructor(
    readonly settings: Settings,
    readonly db: Database,
    private readonly closeServer: () => Promise<void>,
  ) {
    const newsroomUrl = settings.text('NEWSROOM_URL').replace(/\/$/, '');
    this.contacts = new Contacts(Secrets.from(settings));
    this.assets = Assets.from(settings);
    this.letters = new Letters(this.accounts, this.releases, this.assets, newsroomUrl);
    this.desk = new Desk({
      releases: this.releases,
      embargoes: this.embargoes,
      contacts: this.contacts,
      letters: this.letters,
      assets: this.assets,
      kits: Kits.from(settings),
      audit: this.audit,
    });
    this.auditViews = new AuditViews(db);
  }

  /** Starts the embedded PostgreSQL where no DATABASE_URL is given, brings the schema up to date, and opens a pool as the app. */
  static async open(settings: Settings): Promise<House> {
    if (settings.isSet('DATABASE_URL')) return House.on(settings, async () => undefined);
    const server = await startEmbeddedPostgres({ folder: settings.text('DATELINE_DATA') });
    try {
      const house = await House.on(settings.with({ DATABASE_URL: server.url }), () => server.stop());
      await quarantineIfCopied(house.db, settings.text('DATELINE_DATA'));
      return house;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private static async on(settings: Settings, closeServer: () => Promise<void>): Promise<House> {
    const url = settings.text('DATABASE_URL');
    await migrate(url).catch((cause: unknown) => Promise.reject(unreachable(cause)));
    const db = await Database.open({ url, role: 'dateline_app', applicationName: 'dateline command line' });
    return new House(settings, db, closeServer);
  }

  async close(): Promise<void> {
    await this.db.close();
    await this.closeServer();
  }

  /**
   * The officer who acts: `slug/address`, or an address alone when there is one organisation.
   * @throws Problem that lists what there is when it does not say who
   */
  async actor(tx: Pick<Tx, 'first' | 'rows'>, who: string | undefined): Promise<Actor> {
    const [first, second] = (who ?? '').split('/', 2);
    const organisations = await this.accounts.organisations(tx);
    const organisation = second === undefined ? organisations[0] : organisations.find((one) => one.slug === first);
    const address = second ?? first;
    if (!organisation || !address || (second === undefined && organisations.length > 1)) {
      const known = organisations.map((one) => one.slug).join(', ') || 'none yet';
      throw new Problem({
        code: 'cli.actor',
        field: '--as',
        message: `It is not clear who acts. Organisations here: ${known}.`,
        remedy:
          'Give --as ORGANISATION/ADDRESS, for example --as harbour/ada@press.example.org, or set DATELINE_AS in the shell.',
      });
    }
    return this.accounts.actor(tx, organisation.id, address);
  }
}

function unreachable(cause: unknown): unknown {
  const code = (cause as { code?: unknown }).code;
  if (typeof code !== 'string' || !/^(ECONN|ENOTFOUND|EAI_|28|3D000|57P)/.test(code)) return cause;
  return new Problem({
    code: 'database.unreachable',
    field: 'DATABASE_URL',
    message: `PostgreSQL cannot be reached or refuses this login (${code}).`,
    remedy: 'Check DATABASE_URL, or leave it empty to use the embedded database.',
    cause,
  });
}
