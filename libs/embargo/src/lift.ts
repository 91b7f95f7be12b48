import type { OrganisationId, ReleaseId, Tx } from '#libs/kernel';

export interface Lift {
  readonly liftsAt: Date;
  readonly liftedAt: Date;
}

/**
 * Records that the embargo has passed, once, by the database's clock. Returns the lift, or undefined while the gate is shut;
 * the trigger on `lift` has the last word, so a wrong caller gets an error and never a lift.
 */
export async function liftIfOpen(
  tx: Tx,
  organisation: OrganisationId,
  release: ReleaseId,
  epoch: number,
): Promise<Lift | undefined> {
  const key = [organisation, release, epoch];
  await tx.run(
    `insert into lift (organisation_id, release_id, epoch, lifts_at, lifted_at, version_sha256)
     select o.organisation_id, o.release_id, o.epoch, o.lifts_at, clock_timestamp(), o.version_sha256
       from embargo_open o where o.organisation_id = $1 and o.release_id = $2 and o.epoch = $3
     on conflict (organisation_id, release_id) do nothing`,
    key,
  );
  return tx.first<Lift>(
    `select lifts_at as "liftsAt", lifted_at as "liftedAt"
       from lift where organisation_id = $1 and release_id = $2 and epoch = $3`,
    key,
  );
}
