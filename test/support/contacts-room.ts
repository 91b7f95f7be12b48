import {
  Contacts,
  readTable,
  settleMapping,
  type ImportReport,
  type ImportRequest,
  type JournalistForm,
} from '#libs/contacts';
import {
  Database,
  Secrets,
  type Actor,
  type ImportBatchId,
  type JournalistId,
  type OrganisationId,
  type Tx,
} from '#libs/kernel';
import { castOfficers } from './cast.js';
import { freshDatabase, type FreshDatabase } from './database.js';

/** What a journalist or an import gets when a test has no reason to say otherwise. */
export const USUAL = { language: 'zh-Hant', zone: 'Asia/Hong_Kong', consentSource: 'press club' } as const;

/** The room where journalists are kept, on a database of its own, with a new organisation whenever one is asked for. */
export class ContactsRoom {
  readonly contacts = new Contacts(new Secrets(Buffer.alloc(32, 1)));
  /** The author of the present organisation. */
  ada!: Actor;
  organisation!: OrganisationId;
  private slugs = 0;

  private constructor(
    private readonly fresh: FreshDatabase,
    /** As the app. */
    readonly db: Database,
    /** As the schema's owner. */
    readonly owner: Database,
  ) {}

  static async open(): Promise<ContactsRoom> {
    const fresh = await freshDatabase();
    const db = await Database.open({ url: fresh.url, role: 'dateline_app' });
    return new ContactsRoom(fresh, db, await Database.open({ url: fresh.url, poolSize: 1 }));
  }

  async close(): Promise<void> {
    await this.db.close();
    await this.owner.close();
    await this.fresh.drop();
  }

  /** Leaves what the last test did behind. */
  async newOrganisation(): Promise<void> {
    const cast = await this.stranger();
    this.ada = cast.ada;
    this.organisation = cast.organisation;
  }

  /** Another organisation and its author, who must not reach into ours. */
  async stranger(): Promise<{ readonly ada: Actor; readonly organisation: OrganisationId }> {
    const cast = await castOfficers(this.db, `house-${(this.slugs += 1)}`);
    return { ada: cast.ada, organisation: cast.organisation.id };
  }

  newsroom(): Promise<Database> {
    return Database.open({ url: this.fresh.url, role: 'dateline_newsroom', poolSize: 1 });
  }

  act<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.transaction(work);
  }

  add(address: string, form: Partial<JournalistForm> = {}): Promise<JournalistId> {
    return this.act((tx) => this.contacts.journalists.add(tx, this.ada, { ...USUAL, address, ...form }));
  }

  journalist(address: string) {
    return this.contacts.journalists.findByAddress(this.db, this.organisation, address);
  }

  suppress(address: string, reason: 'unsubscribed' | 'bounced' | 'complained' = 'unsubscribed') {
    return this.act((tx) =>
      this.contacts.suppressions.suppress(tx, this.organisation, address, { reason, by: 'test' }),
    );
  }

  /** A file as a person would import it who believes every guess. */
  async request(file: string | Buffer, more: Partial<ImportRequest> = {}): Promise<ImportRequest> {
    const bytes = Buffer.from(file);
    const table = await readTable(bytes, { fileName: 'list.csv' });
    return { bytes, table, mapping: settleMapping(table.columns), defaults: USUAL, ...more };
  }

  async import(file: string | Buffer, more: Partial<ImportRequest> = {}): Promise<ImportReport> {
    const request = await this.request(file, more);
    return this.act((tx) => this.contacts.imports.run(tx, this.ada, request));
  }

  undo(batch: ImportBatchId | null) {
    if (!batch) throw new Error('a dry run has no batch');
    return this.act((tx) => this.contacts.imports.undo(tx, this.ada, batch));
  }

  /** Everything an import may touch, as text: two of these are equal when nothing has changed. */
  async everything(): Promise<string> {
    const rows = await Promise.all(
      TOUCHED.map((table) =>
        this.db.rows<{ t: string }>(`select t::text as t from ${table} t where organisation_id = $1 order by 1`, [
          this.organisation,
        ]),
      ),
    );
    return JSON.stringify(rows);
  }

  async auditTypes(): Promise<string[]> {
    const rows = await this.db.rows<{ type: string }>(
      `select type from audit_line where organisation_id = $1 order by seq`,
      [this.organisation],
    );
    return rows.map((row) => row.type);
  }
}

const TOUCHED = [
  'journalist',
  'outlet',
  'beat',
  'media_list',
  'journalist_outlet',
  'journalist_beat',
  'media_list_member',
  'suppression',
];

/** Two journalists in two scripts, as officers keep them. */
export const MEDIA_LIST = `電郵,姓名,媒體,線口,語言,同意日期,名單,備註
may@example.com,陳美,晚潮日報,財經、科技,繁體中文,2026-01-02,港聞,"四時後,截稿"
zhang@example.com,张维,观点周刊,科技,简体,2026年1月3日,,
`;
