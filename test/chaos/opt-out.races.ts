import type { Database, MediaListId, Tx } from '#libs/kernel';
import type { Release } from '#libs/releases';
import {
  around,
  codeOf,
  inviteTo,
  preparedReleases,
  rowsOf,
  settled,
  spreadOut,
  takenIds,
  type Guest,
  type RaceFindings,
  type RaceGround,
} from './race.ground.js';

/** Guests of one release; most of them say no around its T, some let it come. */
const GUESTS = 50;
const WHO_STAY = 10;
const SIDE_BY_SIDE = 5;
const EVERY_MS = 400;
const WAYS = ['link', 'suppressed', 'erased'] as const;
/** What an opt-out may find: taken back, or past its dot. */
const DECIDED = new Set(['suppressed', 'dot_pending', 'accepted']);

interface OptOut {
  readonly address: string;
  readonly way: (typeof WAYS)[number];
  /** When it had committed, at the latest; milliseconds since 1970. */
  readonly at: number;
  /** Its row as soon as it had committed. */
  readonly found: string | undefined;
}

/**
 * So many people say no within ±50 ms of the T of a release that is on its way to them: by the link in an earlier mail, by
 * an officer, or as an erasure.
 * @param newsroom a database as the public pages have it
 */
export async function raceOptOuts(
  ground: RaceGround,
  newsroom: Database,
  count: number,
  told: (done: number) => void = () => undefined,
): Promise<RaceFindings> {
  const breaches: string[] = [];
  const sum = { before: 0, after: 0, raced: 0 };
  for (let wave = 0; sum.raced < count; wave += 1) {
    const parties: { people: number; list: MediaListId; guests: readonly Guest[] }[] = [];
    for (let n = 0; n < SIDE_BY_SIDE && sum.raced < count; n += 1) {
      const people = Math.min(GUESTS - WHO_STAY, count - sum.raced);
      parties.push({ people, ...(await inviteTo(ground, `no-${wave}-${n}`, people + WHO_STAY)) });
      sum.raced += people;
    }
    const lists = parties.map(({ list }) => list);
    const releases = await preparedReleases(ground, lists, parties.length);
    const times = await spreadOut(ground, releases, { firstInMs: 2_000, everyMs: EVERY_MS });
    const answers = await Promise.all(
      releases.map((release, n) => {
        const { people = 0, guests = [] } = parties[n] ?? {};
        const asked = { release, liftsAt: times[n] ?? 0, guests: guests.slice(0, people) };
        return sayNo(ground, newsroom, asked, breaches);
      }),
    );
    await settled(ground, releases);
    for (const [n, release] of releases.entries()) await judge(ground, release, answers[n] ?? [], { sum, breaches });
    told(sum.raced);
  }
  const note = `${count} opt-outs: ${sum.before} before their dot, ${sum.after} after it`;
  return { raced: count, breaches, note };
}

interface Asked {
  readonly release: Release;
  readonly liftsAt: number;
  readonly guests: readonly Guest[];
}

async function sayNo(
  ground: RaceGround,
  newsroom: Database,
  { release, liftsAt, guests }: Asked,
  breaches: string[],
): Promise<OptOut[]> {
  const rows = new Map((await rowsOf(ground, release.id)).map((row) => [row.address, row.id]));
  const one = async (guest: Guest): Promise<OptOut> => {
    const way = ground.chance.one(WAYS);
    const delivery = rows.get(guest.address) ?? '';
    await around(ground, liftsAt, () => optOut(ground, newsroom, { way, guest, delivery })).catch((error: unknown) =>
      breaches.push(`${guest.address}: ${way} failed: ${codeOf(error) ?? String(error)}`),
    );
    const at = Date.now();
    const row = await ground.world.owner.first<{ state: string }>(`select state from delivery where id = $1`, [
      delivery,
    ]);
    return { address: guest.address, way, at, found: row?.state };
  };
  return Promise.all(guests.map(one));
}

async function optOut(
  { world }: RaceGround,
  newsroom: Database,
  asked: { readonly way: OptOut['way']; readonly guest: Guest; readonly delivery: string },
): Promise<void> {
  const { way, guest, delivery } = asked;
  const { ada } = world.cast;
  if (way === 'link') {
    await newsroom.rows(`select engagement_unsubscribe($1, 'one-click')`, [delivery]);
    return;
  }
  await world.db.transaction(async (tx: Tx) => {
    await world.desk.suppress(tx, ada, guest.address, { reason: way === 'erased' ? 'erased' : 'unsubscribed' });
    if (way === 'erased') await world.contacts.journalists.erase(tx, ada, guest.journalist);
  });
}

interface Book {
  readonly sum: { before: number; after: number };
  readonly breaches: string[];
}

async function judge(ground: RaceGround, release: Release, told: readonly OptOut[], { sum, breaches }: Book) {
  const all = takenIds(ground);
  const said = new Map(told.map((one) => [one.address, one]));
  for (const row of await rowsOf(ground, release.id)) {
    const no = said.get(row.address);
    const breach = (what: string) => breaches.push(`${row.address} (${no?.way ?? 'stays'}): ${what}`);
    if (!no) {
      if (row.state !== 'accepted' || !all.has(row.id)) breach(`said nothing, and is ${row.state}`);
      continue;
    }
    if (!DECIDED.has(no.found ?? '')) breach(`${no.found ?? 'no row'} after the opt-out`);
    if (row.dotAt !== null && row.dotAt > no.at) breach('a dot was let go after the opt-out');
    if (all.has(row.id) !== (row.state === 'accepted')) breach(`${row.state}, and taken: ${all.has(row.id)}`);
    if (no.found === 'suppressed' && (row.dotAt !== null || row.state !== 'suppressed')) breach(`then ${row.state}`);
    if (row.state === 'suppressed') sum.before += 1;
    else sum.after += 1;
  }
}
