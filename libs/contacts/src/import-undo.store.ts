import type { ImportBatchId, JournalistId, OrganisationId, Secrets, Tx } from '#libs/kernel';
import { isSame, type JournalistState } from './import-merge.js';
import { ImportStates, type StoredState } from './import-states.store.js';

export interface UndoReport {
  /** Journalists the batch had brought and who are gone again. */
  readonly removed: number;
  /** Journalists the batch had changed and who are as before. */
  readonly restored: number;
  /** Journalists edited after the batch: nothing was done to them. */
  readonly kept: readonly { readonly journalist: JournalistId; readonly address: string; readonly name: string }[];
}

interface Change {
  readonly journalist_id: JournalistId;
  readonly before: StoredState | null;
  readonly after: JournalistState;
}

const SLICE = 2_000;

/** The work of `Imports.undo`, slice by slice. */
export async function undoBatch(
  tx: Tx,
  organisation: OrganisationId,
  secrets: Secrets,
  batch: ImportBatchId,
): Promise<UndoReport> {
  const states = new ImportStates(tx, organisation, secrets);
  await states.analyze();
  const kept: { journalist: JournalistId; address: string; name: string }[] = [];
  let removed = 0;
  let restored = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const changes = await slice(tx, organisation, batch, after);
    const last = changes.at(-1);
    if (!last) break;
    after = last.journalist_id;
    const now = new Map(
      (await states.withIds(changes.map((change) => change.journalist_id))).map((state) => [state.id, state]),
    );
    const isUntouched = (change: Change) => {
      const state = now.get(change.journalist_id);
      return state !== undefined && isSame(state, change.after);
    };
    const untouched = changes.filter(isUntouched);
    const done = new Set(untouched);
    removed += await remove(tx, organisation, untouched);
    restored += await restore(states, untouched);
    for (const change of changes) {
      const state = now.get(change.journalist_id);
      if (state && !done.has(change)) kept.push({ journalist: state.id, address: state.address, name: state.name });
    }
  }
  await sweepLabels(tx, organisation, batch);
  // personal data that has served its purpose
  await tx.run(`delete from import_change where organisation_id = $1 and batch_id = $2`, [organisation, batch]);
  return { removed, restored, kept };
}

async function slice(tx: Tx, organisation: OrganisationId, batch: ImportBatchId, after: string): Promise<Change[]> {
  // primary key of import_change
  return tx.rows<Change>(
    `select journalist_id, before, after from import_change
      where organisation_id = $1 and batch_id = $2 and journalist_id > $3
      order by journalist_id limit ${SLICE}`,
    [organisation, batch, after],
  );
}

async function remove(tx: Tx, organisation: OrganisationId, changes: readonly Change[]): Promise<number> {
  const created = changes.filter((change) => change.before === null).map((change) => change.journalist_id);
  if (created.length === 0) return 0;
  return tx.run(`delete from journalist where organisation_id = $1 and id = any($2::uuid[])`, [organisation, created]);
}

async function restore(states: ImportStates, changes: readonly Change[]): Promise<number> {
  const before = changes.flatMap((change) => (change.before ? [change.before] : []));
  if (before.length === 0) return 0;
  await states.update(
    before,
    before.map((state) => state.updatedAt),
  );
  await states.unlink(before);
  return before.length;
}

/** Outlets, beats and lists that came with the batch and that no journalist and no filter uses any more. */
async function sweepLabels(tx: Tx, organisation: OrganisationId, batch: ImportBatchId): Promise<void> {
  for (const [table, links, column] of [
    ['outlet', 'journalist_outlet', 'outlet_id'],
    ['beat', 'journalist_beat', 'beat_id'],
    ['media_list', 'media_list_member', 'list_id'],
  ] as const) {
    await tx.run(
      `delete from ${table} t
        where t.organisation_id = $1 and t.made_by_import = $2
          and not exists (select from ${links} l where l.organisation_id = t.organisation_id and l.${column} = t.id)
          and not exists (select from media_list f where f.organisation_id = t.organisation_id and f.filter::text like '%' || t.id || '%')`,
      [organisation, batch],
    );
  }
}
