import { instantAt } from '#libs/embargo';
import type { MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { until } from '../support/world.js';
import {
  around,
  codeOf,
  preparedReleases,
  rowsOf,
  settled,
  spreadOut,
  takenIds,
  type RaceFindings,
  type RaceGround,
} from './race.ground.js';

const BATCH = 25;
const EVERY_MS = 150;
const LATER_MS = 3_600_000;
/** Of the moved, every so many-th is approved again and has to leave at its new T. */
const AGAIN_EVERY = 5;
const AGAIN_IN_MS = 6_000;

interface Moved {
  readonly release: Release;
  readonly at: number;
  readonly moved: boolean;
}

/** Moves T of so many releases, each within ±50 ms of it: either refused and all of it leaves, or moved and none does. */
export async function raceMoves(
  ground: RaceGround,
  lists: readonly MediaListId[],
  count: number,
  told: (done: number) => void = () => undefined,
): Promise<RaceFindings> {
  const breaches: string[] = [];
  const again: { release: Release; liftsAt: number }[] = [];
  let [moved, tooLate] = [0, 0];
  for (let done = 0; done < count; done += BATCH) {
    const releases = await preparedReleases(ground, lists, Math.min(BATCH, count - done));
    const times = await spreadOut(ground, releases, { firstInMs: 2_000, everyMs: EVERY_MS });
    const races = releases.map((release, n) =>
      around(ground, times[n] ?? 0, () => move(ground, release, (times[n] ?? 0) + LATER_MS, breaches)),
    );
    const all = await Promise.all(races);
    await settled(ground, releases);
    for (const one of all) {
      await judge(ground, one, breaches);
      if (one.moved) moved += 1;
      else tooLate += 1;
      if (one.moved && moved % AGAIN_EVERY === 1)
        again.push({ release: one.release, liftsAt: await approveAgain(ground, one.release) });
    }
    told(done + releases.length);
  }
  for (const { release, liftsAt } of again) await leftAt(ground, release, { liftsAt, breaches });
  const note = `${count} moves: ${moved} in time, ${tooLate} too late, ${again.length} left at a new T`;
  return { raced: count, breaches, note };
}

async function move(ground: RaceGround, release: Release, to: number, breaches: string[]): Promise<Moved> {
  const { world } = ground;
  const moved = await world.db
    .transaction((tx) => world.desk.setEmbargo(tx, world.cast.chen, release.id, instantAt(to, 'Asia/Hong_Kong')))
    .then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) !== 'release.change.late')
          breaches.push(`${release.number}: a move failed: ${String(error)}`);
        return false;
      },
    );
  return { release, at: Date.now(), moved };
}

async function judge(ground: RaceGround, { release, at, moved }: Moved, breaches: string[]): Promise<void> {
  const all = takenIds(ground);
  for (const row of await rowsOf(ground, release.id)) {
    const breach = (what: string) => breaches.push(`${release.number}, ${row.id}: ${what}`);
    if (moved && all.has(row.id)) breach('taken, though T had moved');
    if (moved && row.dotAt !== null) breach(`a dot ${row.dotAt > at ? 'after' : 'before'} T moved`);
    if (moved && row.state !== 'cancelled') breach(`T moved, and the old row is ${row.state}`);
    if (!moved && (row.state !== 'accepted' || !all.has(row.id))) breach(`T stood, and it is ${row.state}`);
  }
}

/** The whole way again, as officers would go it. Returns the new T. */
async function approveAgain({ world }: RaceGround, release: Release): Promise<number> {
  const { ada, bo, chen } = world.cast;
  const liftsAt = Date.now() + AGAIN_IN_MS;
  const { id } = release;
  await world.db.transaction((tx) => world.desk.setEmbargo(tx, chen, id, instantAt(liftsAt, 'Asia/Hong_Kong')));
  await world.db.transaction((tx) => world.desk.submit(tx, ada, id));
  await world.db.transaction((tx) => world.desk.approve(tx, bo, id));
  await world.db.transaction((tx) => world.desk.schedule(tx, chen, id));
  return liftsAt;
}

async function leftAt(
  ground: RaceGround,
  release: Release,
  { liftsAt, breaches }: { readonly liftsAt: number; readonly breaches: string[] },
): Promise<void> {
  const { number, id } = release;
  await until(`${number} at its new T`, async () => (await ground.world.state(id)) === 'released', 60_000);
  const rows = (await rowsOf(ground, id)).filter((row) => row.epoch > release.epoch);
  const all = takenIds(ground);
  if (rows.length === 0) breaches.push(`${number} has no rows at its new T`);
  for (const row of rows) {
    if (!all.has(row.id)) breaches.push(`${number}, ${row.id}: not taken at its new T`);
    if ((row.dotAt ?? Infinity) < liftsAt) breaches.push(`${number}, ${row.id}: a dot before its new T`);
  }
}
