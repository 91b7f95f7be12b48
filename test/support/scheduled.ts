import { AuditLog } from '#libs/audit';
import { Embargoes, resolveInstant } from '#libs/embargo';
import { newId, type Database, type DeliveryId, type Language, type ReleaseId, type Tx } from '#libs/kernel';
import { ReleaseStore, Releases, type Release, type VersionContent } from '#libs/releases';
import type { Officers } from './cast.js';

/**
 * A release written by Ada, approved by Bo, scheduled by Chen, an hour ahead; nobody is in its audience.
 * @param written runs after the draft is saved, for what must be bound to its version
 */
export async function scheduledRelease(
  db: Database,
  { ada, bo, chen }: Officers,
  content: VersionContent,
  written: (tx: Tx, release: Release) => Promise<void> = () => Promise.resolve(),
): Promise<Release> {
  const audit = new AuditLog();
  const releases = new Releases(new ReleaseStore(), audit);
  const embargoes = new Embargoes(releases, audit);
  return db.transaction(async (tx) => {
    const draft = await releases.create(tx, ada, content);
    await written(tx, draft);
    const wall = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19);
    const instant = resolveInstant({ wall, zone: 'UTC' });
    await embargoes.set(tx, ada, draft.id, instant);
    const submitted = await releases.submit(tx, ada, draft.id, []);
    await releases.approve(tx, bo, draft.id, {
      versionSha256: submitted.versionSha256,
      audienceSha256: submitted.audienceSha256 ?? Buffer.alloc(32),
      liftsAt: new Date(instant.utcMs),
    });
    await embargoes.schedule(tx, chen, draft.id);
    return releases.get(tx, ada.organisation, draft.id);
  });
}

/** Moves the data, not the clock: T and the approval of it become so many seconds from now (negative: ago). */
export async function moveEmbargo(owner: Database, release: ReleaseId, seconds: number): Promise<void> {
  await owner.transaction(async (tx) => {
    await tx.rows(`alter table approval disable trigger approval_append_only`);
    await tx.rows(
      `update embargo set lifts_at = date_trunc('milliseconds', clock_timestamp() + make_interval(secs => $2)) where release_id = $1`,
      [release, seconds],
    );
    await tx.rows(
      `update approval a set lifts_at = e.lifts_at from embargo e where a.release_id = e.release_id and e.release_id = $1`,
      [release],
    );
    await tx.rows(`alter table approval enable trigger approval_append_only`);
  });
}

export interface SeededDelivery {
  readonly delivery: DeliveryId;
  readonly journalist: string;
  readonly addressKey: Buffer;
}

/** A journalist and a delivery to them that waits for T. */
export async function seedDelivery(
  owner: Database,
  release: Release,
  who: { readonly address: string; readonly language: Language; readonly addressKey: Buffer },
): Promise<SeededDelivery> {
  const journalist = newId();
  const delivery = newId<DeliveryId>();
  await owner.rows(
    `insert into journalist (organisation_id, id, canonical_address, address, address_key, name, language, zone, consent_source)
     values ($1, $2, $3, $3, $4, 'Mei', $5, 'Asia/Hong_Kong', 'a business card')`,
    [release.organisation, journalist, who.address, who.addressKey, who.language],
  );
  const distribution = await owner.first<{ id: string }>(
    `insert into distribution (organisation_id, id, release_id, epoch, kind, version_sha256, audience_sha256, lifts_at, unknown_policy, seed)
     values ($1, gen_random_uuid(), $2, $3, 'release', $4, $5, now(), 'hold', 1)
     on conflict (organisation_id, release_id, epoch, kind) do update set seed = 1 returning id`,
    [release.organisation, release.id, release.epoch, release.versionSha256, release.audienceSha256],
  );
  await owner.rows(
    `insert into delivery (organisation_id, distribution_id, id, release_id, epoch, journalist_id, canonical_address, address_key,
                           name, language, shard, position, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'Mei', $9, 0, 0, 'ready')`,
    [
      release.organisation,
      distribution?.id,
      delivery,
      release.id,
      release.epoch,
      journalist,
      who.address,
      who.addressKey,
      who.language,
    ],
  );
  return { delivery, journalist, addressKey: who.addressKey };
}
