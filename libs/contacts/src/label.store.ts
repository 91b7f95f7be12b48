import { newId, type OrganisationId, type ImportBatchId, type Tx } from '#libs/kernel';
import type { Label } from './label.js';

/** The tables whose rows are known by a name. */
export type LabelTable = 'outlet' | 'beat' | 'media_list';

/**
 * The ids behind names, by key; names not seen before are made. Lists made here are picked ones.
 * @param madeBy the import that brings them, so that undoing it can take them away again
 */
export async function labelIds(
  tx: Tx,
  organisation: OrganisationId,
  table: LabelTable,
  labels: readonly Label[],
  madeBy?: ImportBatchId,
): Promise<ReadonlyMap<string, string>> {
  if (labels.length === 0) return new Map();
  const keys = labels.map((label) => label.key);
  // unique (organisation_id, name_key); waits for whoever makes the same name at this moment
  await tx.run(
    `insert into ${table} (organisation_id, id, name, name_key, made_by_import${table === 'media_list' ? ', kind' : ''})
     select $1, v.id, v.name, v.name_key, $5::uuid${table === 'media_list' ? `, 'picked'` : ''}
       from unnest($2::uuid[], $3::text[], $4::text[]) as v (id, name, name_key)
     on conflict (organisation_id, name_key) do nothing`,
    [organisation, labels.map(() => newId()), labels.map((label) => label.name), keys, madeBy ?? null],
  );
  const rows = await tx.rows<{ id: string; name_key: string }>(
    `select id, name_key from ${table} where organisation_id = $1 and name_key = any($2)`,
    [organisation, keys],
  );
  return new Map(rows.map((row) => [row.name_key, row.id]));
}
