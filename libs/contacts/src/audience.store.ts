import { Problem, type JournalistId, type Language, type OrganisationId, type Tx } from '#libs/kernel';
import { AudienceSelection, LISTED } from './media-list.js';
import { unknownList } from './media-lists.store.js';
import type { SuppressionReason } from './suppression.js';

export interface AudienceMember {
  readonly journalist: JournalistId;
  readonly canonicalAddress: string;
  /** Pseudonym, 32 bytes. */
  readonly addressKey: Buffer;
  readonly name: string;
  readonly language: Language;
  /** The first outlet by name; null for freelances. */
  readonly outlet: string | null;
  /** Gets no mail, and why; shown so that the count explains itself. */
  readonly suppressed: SuppressionReason | null;
}

/**
 * Everybody a selection means now, each once however many lists they are on, in order of journalist id. Suppressed
 * ones are among them, marked. Included journalists who are gone are left out.
 * Throws a Problem when the selection does not fit or a list of it does not exist.
 */
export async function resolveAudience(
  tx: Pick<Tx, 'rows' | 'first'>,
  organisation: OrganisationId,
  selection: AudienceSelection,
): Promise<AudienceMember[]> {
  const parsed = AudienceSelection.safeParse(selection);
  if (!parsed.success) throw misfit(parsed.error.issues[0]?.path.join('.') ?? 'selection');
  const { lists, include = [], exclude = [] } = parsed.data;
  await mustExist(tx, organisation, [...new Set(lists)]);
  return tx.rows<AudienceMember>(AUDIENCE, [organisation, lists, include, exclude]);
}

const AUDIENCE = `
  with chosen as (${LISTED}
   union
  select unnest($3::uuid[]))
  select j.id as journalist, j.canonical_address as "canonicalAddress", j.address_key as "addressKey", j.name, j.language,
         (select o.name from journalist_outlet l join outlet o on o.organisation_id = l.organisation_id and o.id = l.outlet_id
           where l.organisation_id = j.organisation_id and l.journalist_id = j.id order by o.name_key limit 1) as outlet,
         s.reason as suppressed
    from chosen c
    join journalist j on j.organisation_id = $1 and j.id = c.journalist_id
    left join suppression s on s.organisation_id = j.organisation_id and s.address_key = j.address_key
   where j.id <> all($4::uuid[])
   order by j.id`;

async function mustExist(tx: Pick<Tx, 'first'>, organisation: OrganisationId, lists: readonly string[]): Promise<void> {
  const row = await tx.first<{ known: number }>(
    `select count(*)::int as known from media_list where organisation_id = $1 and id = any($2::uuid[])`,
    [organisation, lists],
  );
  if (row?.known !== lists.length) throw unknownList();
}

function misfit(field: string): Problem {
  return new Problem({
    code: 'contacts.audience.form',
    field,
    message: `The audience does not fit: "${field}" must be a list of ids.`,
    remedy: 'Choose lists and journalists again.',
  });
}
