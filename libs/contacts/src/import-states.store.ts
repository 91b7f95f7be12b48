import type { JournalistId, OrganisationId, Secrets, Tx } from '#libs/kernel';
import { addressKey } from './address-key.js';
import type { JournalistState } from './import-merge.js';

/** A state as it stands in the database. */
export interface StoredState extends JournalistState {
  /** Timestamp as text, to the microsecond, so that an undo can put it back. */
  readonly updatedAt: string;
}

const LINKS = [
  ['journalist_outlet', 'outlet_id', 'outlets'],
  ['journalist_beat', 'beat_id', 'beats'],
  ['media_list_member', 'list_id', 'lists'],
] as const;

/** From here on a bad plan costs more than the tenth of a second that fresh statistics take. */
const MANY = 500;

/** Journalists of an organisation in sets of a few thousand, for imports and their undoing. */
export class ImportStates {
  private analyzed = false;

  constructor(
    private readonly tx: Tx,
    private readonly organisation: OrganisationId,
    private readonly secrets: Secrets,
  ) {}

  /** Those with these addresses. @param lock holds them until the transaction ends, in the order of the address */
  async withAddresses(canonicals: readonly string[], lock: boolean): Promise<StoredState[]> {
    // unique (organisation_id, canonical_address)
    return this.tx.rows<StoredState>(
      `${SELECT} and j.canonical_address = any($2) order by j.canonical_address ${lock ? LOCK : ''}`,
      [this.organisation, canonicals],
    );
  }

  /** Those with these ids, held until the transaction ends. */
  async withIds(ids: readonly JournalistId[]): Promise<StoredState[]> {
    return this.tx.rows<StoredState>(`${SELECT} and j.id = any($2::uuid[]) order by j.canonical_address ${LOCK}`, [
      this.organisation,
      ids,
    ]);
  }

  /** How many were added: fewer than given when someone else added one of the addresses at this moment. */
  async insert(states: readonly JournalistState[]): Promise<number> {
    if (states.length === 0) return 0;
    const added = await this.tx.run(
      `insert into journalist (organisation_id, id, canonical_address, address, address_key, name, language, zone,
                               consent_source, consent_date, note)
       select $1, v.*
         from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
                     $10::date[], $11::text[]) as v
       on conflict (organisation_id, canonical_address) do nothing`,
      [
        this.organisation,
        states.map((state) => state.id),
        states.map((state) => state.canonical),
        states.map((state) => state.address),
        states.map((state) => this.keyOf(state)),
        ...changeable(states),
      ],
    );
    if (added < states.length) return added;
    if (added >= MANY && !this.analyzed) await this.analyze();
    await this.link(states, 'new');
    return added;
  }

  /** Writes the fields of existing journalists, and the links that are new. @param updatedAt now when not given */
  async update(states: readonly JournalistState[], updatedAt?: readonly string[]): Promise<void> {
    if (states.length === 0) return;
    await this.tx.run(
      `update journalist j
          set name = v.name, language = v.language, zone = v.zone, consent_source = v.consent_source,
              consent_date = v.consent_date, note = v.note, updated_at = coalesce(v.updated_at, clock_timestamp())
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::timestamptz[])
              as v (id, name, language, zone, consent_source, consent_date, note, updated_at)
        where j.organisation_id = $1 and j.id = v.id`,
      [this.organisation, states.map((state) => state.id), ...changeable(states), updatedAt ?? states.map(() => null)],
    );
    await this.link(states, 'known');
  }

  /** Takes away every link of these journalists that their state does not name. */
  async unlink(states: readonly JournalistState[]): Promise<void> {
    for (const [table, column, set] of LINKS) {
      const pairs = pairsOf(states, set);
      await this.tx.run(
        `delete from ${table} l
          where l.organisation_id = $1 and l.journalist_id = any($2::uuid[])
            and not exists (select from unnest($3::uuid[], $4::uuid[]) as v (journalist_id, id)
                             where v.journalist_id = l.journalist_id and v.id = l.${column})`,
        [this.organisation, states.map((state) => state.id), pairs.journalists, pairs.ids],
      );
    }
  }

  /** Which of these addresses must not get mail. */
  async suppressedAmong(states: readonly JournalistState[]): Promise<string[]> {
    // primary key of suppression
    const rows = await this.tx.rows<{ canonical: string }>(
      `select v.canonical from unnest($2::bytea[], $3::text[]) as v (address_key, canonical)
         join suppression s on s.organisation_id = $1 and s.address_key = v.address_key`,
      [this.organisation, states.map((state) => this.keyOf(state)), states.map((state) => state.canonical)],
    );
    return rows.map((row) => row.canonical);
  }

  /** Tells the planner how large the tables have become: see the migration. */
  async analyze(): Promise<void> {
    this.analyzed = true;
    await this.tx.rows(`select contacts_analyze()`);
  }

  private async link(states: readonly JournalistState[], journalists: 'new' | 'known'): Promise<void> {
    for (const [table, column, set] of LINKS) {
      const pairs = pairsOf(states, set);
      if (pairs.ids.length === 0) continue;
      await this.tx.run(
        `insert into ${table} (organisation_id, journalist_id, ${column})
         select $1, v.journalist_id, v.id from unnest($2::uuid[], $3::uuid[]) as v (journalist_id, id)
         ${journalists === 'known' ? 'on conflict do nothing' : ''}`,
        [this.organisation, pairs.journalists, pairs.ids],
      );
    }
  }

  private keyOf(state: JournalistState): Buffer {
    return addressKey(this.secrets, this.organisation, state.canonical);
  }
}

const SELECT = `
  select j.id, j.canonical_address as canonical, j.address, j.name, j.language, j.zone,
         j.consent_source as "consentSource", j.consent_date::text as "consentDate", j.note,
         array(select l.outlet_id::text from journalist_outlet l
                where l.organisation_id = j.organisation_id and l.journalist_id = j.id order by l.outlet_id) as outlets,
         array(select l.beat_id::text from journalist_beat l
                where l.organisation_id = j.organisation_id and l.journalist_id = j.id order by l.beat_id) as beats,
         array(select l.list_id::text from media_list_member l
                where l.organisation_id = j.organisation_id and l.journalist_id = j.id order by l.list_id) as lists,
         j.updated_at::text as "updatedAt"
    from journalist j
   where j.organisation_id = $1`;
const LOCK = 'for no key update of j';

function changeable(states: readonly JournalistState[]): readonly (readonly (string | null)[])[] {
  return [
    states.map((state) => state.name),
    states.map((state) => state.language),
    states.map((state) => state.zone),
    states.map((state) => state.consentSource),
    states.map((state) => state.consentDate),
    states.map((state) => state.note),
  ];
}

function pairsOf(
  states: readonly JournalistState[],
  set: 'outlets' | 'beats' | 'lists',
): { journalists: string[]; ids: string[] } {
  const pairs = states.flatMap((state) => state[set].map((id) => [state.id, id] as const));
  return { journalists: pairs.map(([journalist]) => journalist), ids: pairs.map(([, id]) => id) };
}
