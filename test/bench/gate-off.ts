import type { Database } from '#libs/kernel';

/** Verdicts are settled from rows that passed the gate; without it they must be settled from rows that wait. */
const SETTLE_CHANGES: readonly (readonly [from: string, to: string])[] = [
  [`d.lease_token = v.token`, `true`],
  [`d.state = 'dot_pending'`, `d.state in ('ready', 'claimed', 'dot_pending')`],
];

/**
 * Takes the final-dot gate (G3) out of one database of the bench's own, to measure what it costs: every dot may leave, and
 * nothing is written before it. The product has no switch for this and must not get one; only the schema's owner can do it.
 * @throws Error when the functions are not as they were when this was written
 */
export async function removeGate(owner: Database): Promise<void> {
  const open = await owner.first<{ takes: string }>(
    `select pg_get_function_arguments('delivery_open_dots'::regproc) as takes`,
  );
  if (!open?.takes.includes('in_ids uuid[]'))
    throw new Error('delivery_open_dots does not take ids: gate-off.ts is out of date');
  await owner.rows(
    `create or replace function delivery_open_dots(${open.takes}) returns setof uuid language sql as 'select unnest(in_ids)'`,
  );
  const settle = await owner.first<{ text: string }>(`select pg_get_functiondef('delivery_settle'::regproc) as text`);
  const changed = SETTLE_CHANGES.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`delivery_settle does not say "${from}": gate-off.ts is out of date`);
    return text.replaceAll(from, to);
  }, settle?.text ?? '');
  await owner.rows(changed);
}
