import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, type JournalistId, type MediaListId, type ReleaseId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { World } from '../support/world.js';
import { until } from '../support/world.js';
import type { Chance } from './chance.js';
import type { Taken } from './history.js';

/** Where officers and journalists race against T: a desk, workers that run elsewhere, and what the mail server took. */
export interface RaceGround {
  readonly world: World;
  readonly chance: Chance;
  /** Everything it took so far. */
  taken(): readonly Taken[];
}

/** Around T: this long before it and after it. */
export const AROUND_MS = 50;

/** One person on a list of its own making. */
export interface Guest {
  readonly address: string;
  readonly journalist: JournalistId;
}

/** New journalists who read English, on a list of their own. Their addresses begin with its name. */
export async function inviteTo(
  { world }: RaceGround,
  name: string,
  count: number,
): Promise<{ readonly list: MediaListId; readonly guests: readonly Guest[] }> {
  const { ada } = world.cast;
  return world.db.transaction(async (tx) => {
    const list = await world.contacts.lists.createPicked(tx, ada, name);
    const guests: Guest[] = [];
    for (let n = 0; n < count; n += 1) {
      const address = `${name}.${n}@outlet-${n % 7}.example.com`;
      const journalist = await world.contacts.journalists.add(tx, ada, {
        address,
        name: `Guest ${n}`,
        language: 'en',
        zone: 'Asia/Hong_Kong',
        consentSource: 'met at a briefing',
        consentDate: '2026-01-05',
      });
      guests.push({ address, journalist });
    }
    await world.contacts.lists.pick(
      tx,
      ada,
      list,
      guests.map((guest) => guest.journalist),
    );
    return { list, guests };
  });
}

/** Scheduled half an hour ahead and prepared by a worker. */
export async function preparedReleases(
  { world }: RaceGround,
  lists: readonly MediaListId[],
  count: number,
): Promise<Release[]> {
  const releases: Release[] = [];
  for (let n = 0; n < count; n += 1) {
    const list = lists[n % lists.length];
    if (list) releases.push(await world.scheduled(list, undefined, { languages: ['en'] }));
  }
  for (const release of releases)
    await until(`${release.number} prepared`, async () => (await world.state(release.id)) === 'prepared', 60_000);
  return releases;
}

/**
 * Lets the T's of prepared releases follow one another: the data moves, not the clock.
 * @returns T of each, milliseconds since 1970
 */
export async function spreadOut(
  { world }: RaceGround,
  releases: readonly Release[],
  { firstInMs, everyMs }: { readonly firstInMs: number; readonly everyMs: number },
): Promise<number[]> {
  await world.owner.transaction(async (tx) => {
    await tx.rows(`alter table approval disable trigger approval_append_only`);
    await tx.rows(
      `update embargo e
          set lifts_at = date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => ($2 + $3 * (t.n - 1)) / 1000.0)
         from unnest($1::uuid[]) with ordinality as t (id, n) where e.release_id = t.id`,
      [releases.map((release) => release.id), firstInMs, everyMs],
    );
    for (const table of ['approval', 'distribution'])
      await tx.rows(
        `update ${table} a set lifts_at = e.lifts_at
           from embargo e, release r
          where a.release_id = e.release_id and r.id = e.release_id and a.epoch = r.epoch and e.release_id = any($1)`,
        [releases.map((release) => release.id)],
      );
    await tx.rows(`alter table approval enable trigger approval_append_only`);
  });
  return Promise.all(releases.map((release) => world.liftsAt(release)));
}

/** Does something at an instant of this machine's clock, at most `AROUND_MS` before or after T. */
export async function around<T>(ground: RaceGround, liftsAt: number, act: () => Promise<T>): Promise<T> {
  const instant = liftsAt - AROUND_MS + ground.chance.random() * 2 * AROUND_MS;
  await sleep(Math.max(0, instant - Date.now()));
  return act();
}

/** A row of the ledger with its life so far. */
export interface RacedRow {
  readonly id: string;
  readonly epoch: number;
  readonly address: string;
  readonly state: string;
  /** States in the ledger's order. */
  readonly life: readonly string[];
  /** When its last dot was let go; milliseconds since 1970. */
  readonly dotAt: number | null;
}

/** Index delivery_event_of. */
export async function rowsOf({ world }: RaceGround, release: ReleaseId): Promise<RacedRow[]> {
  return world.owner.rows<RacedRow>(
    `select d.id, d.epoch, d.canonical_address as address, d.state, e.life, e."dotAt"
       from delivery d
      cross join lateral (
        select array_agg(v.state order by v.id) as life,
               (extract(epoch from max(v.at) filter (where v.state = 'dot_pending')) * 1000)::float8 as "dotAt"
          from delivery_event v
         where v.organisation_id = d.organisation_id and v.distribution_id = d.distribution_id and v.delivery_id = d.id) e
      where d.release_id = $1`,
    [release],
  );
}

/** Waits until no row of these releases is on its way any more. */
export async function settled({ world }: RaceGround, releases: readonly Release[]): Promise<void> {
  const ids = releases.map((release) => release.id);
  await until(
    'nothing on its way',
    async () => {
      const row = await world.owner.first<{ n: number }>(
        `select count(*)::int as n
           from distribution n
           left join delivery d on d.organisation_id = n.organisation_id and d.distribution_id = n.id and d.state = 'dot_pending'
          where n.release_id = any($1) and (n.state not in ('finished', 'cancelled') or d.id is not null)`,
        [ids],
      );
      return row?.n === 0;
    },
    60_000,
  );
}

/** Ids of the deliveries that the mail server took. */
export function takenIds(ground: RaceGround): ReadonlySet<string> {
  return new Set(ground.taken().map(({ messageId }) => /^<?([^@>]+)@/.exec(messageId ?? '')?.[1] ?? ''));
}

/** The code of a refusal in our own words; undefined for anything else, which is a fault of the product. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Problem ? error.code : undefined;
}

/** What races came to. A sentence for each breach; none is what we hope for. */
export interface RaceFindings {
  readonly raced: number;
  readonly breaches: readonly string[];
  readonly note: string;
}
