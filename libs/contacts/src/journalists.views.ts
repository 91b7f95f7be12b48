import {
  Problem,
  type JournalistId,
  type Language,
  type MediaListId,
  type OrganisationId,
  type Tx,
} from '#libs/kernel';
import type { Journalist } from './journalist.js';
import { LISTED } from './media-list.js';

/** Everything about a journalist in one row. */
export const SELECT_JOURNALIST = `
  select j.id, j.canonical_address as "canonicalAddress", j.address, j.name, j.language, j.zone,
         array(select o.name from journalist_outlet l join outlet o on o.organisation_id = l.organisation_id and o.id = l.outlet_id
                where l.organisation_id = j.organisation_id and l.journalist_id = j.id order by o.name_key) as outlets,
         array(select b.name from journalist_beat l join beat b on b.organisation_id = l.organisation_id and b.id = l.beat_id
                where l.organisation_id = j.organisation_id and l.journalist_id = j.id order by b.name_key) as beats,
         array(select m.name from media_list_member l join media_list m on m.organisation_id = l.organisation_id and m.id = l.list_id
                where l.organisation_id = j.organisation_id and l.journalist_id = j.id order by m.name_key) as lists,
         j.consent_source as "consentSource", j.consent_date::text as "consentDate", j.note, s.reason as suppressed,
         j.created_at as "createdAt", j.updated_at as "updatedAt"
    from journalist j
    left join suppression s on s.organisation_id = j.organisation_id and s.address_key = j.address_key`;

export interface JournalistFilter {
  /** Part of the name, the address or the name of an outlet, in any case. */
  readonly search?: string;
  readonly language?: Language;
  /** Members of this list, picked or by filter. */
  readonly list?: MediaListId;
  readonly suppressed?: boolean;
}

export interface JournalistPage {
  readonly journalists: readonly Journalist[];
  /** Give it as `after` for the next page; null on the last. An id, as an address must not stand in a URL. */
  readonly next: JournalistId | null;
}

/**
 * Journalists in order of address, a page at a time.
 * Throws a Problem when the journalist the page would begin after is gone.
 */
export async function listJournalists(
  tx: Pick<Tx, 'rows' | 'first'>,
  organisation: OrganisationId,
  filter: JournalistFilter = {},
  { after, limit = 100 }: { readonly after?: JournalistId; readonly limit?: number } = {},
): Promise<JournalistPage> {
  const begins = after === undefined ? '' : await addressOf(tx, organisation, after);
  // unique (organisation_id, canonical_address) gives the order
  const rows = await tx.rows<Journalist>(`${LIST} limit $8`, [
    organisation,
    filter.list ? [filter.list] : [],
    begins,
    filter.search ? `%${filter.search.normalize('NFC').replace(/[\\%_]/g, '\\$&')}%` : null,
    filter.language ?? null,
    filter.list !== undefined,
    filter.suppressed ?? null,
    limit + 1,
  ]);
  const journalists = rows.slice(0, limit);
  return { journalists, next: rows.length > limit ? (journalists.at(-1)?.id ?? null) : null };
}

const LIST = `
  with listed as (${LISTED})
  ${SELECT_JOURNALIST}
   where j.organisation_id = $1
     and j.canonical_address > $3
     and ($4::text is null or j.name ilike $4 or j.canonical_address ilike $4
          or exists (select from journalist_outlet l join outlet o on o.organisation_id = l.organisation_id and o.id = l.outlet_id
                      where l.organisation_id = j.organisation_id and l.journalist_id = j.id and o.name ilike $4))
     and ($5::text is null or j.language = $5)
     and (not $6::boolean or j.id in (select journalist_id from listed))
     and ($7::boolean is null or (s.reason is not null) = $7)
   order by j.canonical_address`;

async function addressOf(tx: Pick<Tx, 'first'>, organisation: OrganisationId, id: JournalistId): Promise<string> {
  const row = await tx.first<{ canonical_address: string }>(
    `select canonical_address from journalist where organisation_id = $1 and id = $2`,
    [organisation, id],
  );
  if (row) return row.canonical_address;
  throw new Problem({
    code: 'contacts.page.gone',
    field: 'after',
    status: 410,
    message: 'The journalist this page begins after has been removed.',
    remedy: 'Begin again with the first page.',
  });
}
