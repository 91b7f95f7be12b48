import type { Release } from '#libs/releases';
import { takenIds, type RaceGround } from './race.ground.js';

/** What the headline of a version says, by the version's SHA-256 in hex. */
export type Marks = Map<string, string>;

interface LetGo {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly version: string;
  /** An approval of this epoch stands for this version, audience and T, from before the dot, by somebody else. */
  readonly approved: boolean;
  readonly invited: boolean;
  /** The release still is what left: same version, same epoch. */
  readonly same: boolean;
}

/** Everything of these releases that passed its dot, as the tables tell it. */
const LET_GO = `
  select d.id, r.number, d.state, encode(n.version_sha256, 'hex') as version,
         exists (select from approval a
                  where a.organisation_id = n.organisation_id and a.release_id = n.release_id and a.epoch = n.epoch
                    and a.version_sha256 = n.version_sha256 and a.audience_sha256 = n.audience_sha256
                    and a.lifts_at = n.lifts_at and a.approved_at < e.at) as approved,
         exists (select from audience_member m
                  where m.organisation_id = n.organisation_id and m.release_id = n.release_id and m.epoch = n.epoch
                    and m.canonical_address = d.canonical_address) as invited,
         r.epoch = n.epoch and r.version_sha256 = n.version_sha256 as same
    from delivery d
    join distribution n on n.organisation_id = d.organisation_id and n.id = d.distribution_id
    join release r on r.organisation_id = n.organisation_id and r.id = n.release_id
    join lateral (select min(v.at) as at from delivery_event v
                   where v.organisation_id = d.organisation_id and v.distribution_id = d.distribution_id
                     and v.delivery_id = d.id and v.state = 'dot_pending') e on e.at is not null
   where d.release_id = any($1)`;

/** An approval by whoever wrote the release first, or the approved version. */
const SELF_APPROVED = `
  select r.number
    from approval a
    join release r on r.organisation_id = a.organisation_id and r.id = a.release_id
   where a.release_id = any($1)
     and (a.approver_id = r.author_id
          or a.approver_id = (select v.created_by from release_version v
                               where v.organisation_id = a.organisation_id and v.release_id = a.release_id
                                 and v.sha256 = a.version_sha256 order by v.seq desc limit 1))`;

/** Whether what left was exactly what somebody else had approved, down to the words in the mail. */
export async function judgeEdits(
  ground: RaceGround,
  releases: readonly Release[],
  told: { readonly marks: Marks; readonly subjectOf: (delivery: string) => string | undefined },
): Promise<{ readonly breaches: readonly string[]; readonly note: string }> {
  const { owner } = ground.world;
  const ids = releases.map((release) => release.id);
  const breaches: string[] = [];
  const letGo = await owner.rows<LetGo>(LET_GO, [ids]);
  const taken = takenIds(ground);
  for (const row of letGo) {
    const breach = (what: string) => breaches.push(`${row.number}, ${row.id}: ${what}`);
    if (!row.approved) breach('left without an approval of its text, audience and T');
    if (!row.invited) breach('left for somebody who was not in its audience');
    if (!row.same) breach('left, and the release is another by now');
    const mark = told.marks.get(row.version);
    const subject = told.subjectOf(row.id);
    if (taken.has(row.id) && !(subject ?? '').includes(mark ?? 'buoys go live'))
      breach(`says “${subject ?? 'nothing'}” where “${mark ?? 'the first edition'}” was approved`);
    if (mark === undefined && /edition \d/.test(subject ?? '')) breach(`says “${subject}”, which nobody approved`);
  }
  const own = await owner.rows<{ number: string }>(SELF_APPROVED, [ids]);
  breaches.push(...own.map(({ number }) => `${number} was approved by whoever wrote it`));
  const left = new Set(letGo.map(({ number }) => number)).size;
  const marked = letGo.filter(({ version }) => told.marks.has(version)).length;
  const note = `${left} of them left, ${letGo.length} messages, ${marked} of a later edition, ${own.length} self-approvals`;
  return { breaches, note };
}
