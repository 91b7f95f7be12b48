import type { MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import {
  around,
  codeOf,
  preparedReleases,
  rowsOf,
  settled,
  spreadOut,
  takenIds,
  type RacedRow,
  type RaceFindings,
  type RaceGround,
} from './race.ground.js';

const BATCH = 25;
const EVERY_MS = 150;
/** States that no cancel can call back. */
const GONE = new Set(['dot_pending', 'accepted', 'unknown', 'held']);

interface Cancelled {
  readonly release: Release;
  /** What the officer was told; undefined when refused. */
  readonly said: { readonly alreadyGone: number; readonly recalled: number } | undefined;
  /** When the cancel had committed, at the latest; milliseconds since 1970. */
  readonly at: number;
  /** Rows past their dot as soon as the cancel had committed. */
  readonly gone: ReadonlySet<string>;
}

/** Cancels so many releases, each within ±50 ms of its own T, and compares what the officer was told with what left. */
export async function raceCancels(
  ground: RaceGround,
  lists: readonly MediaListId[],
  count: number,
  told: (done: number) => void = () => undefined,
): Promise<RaceFindings> {
  const breaches: string[] = [];
  const sum = { shown: 0, taken: 0, answeredLater: 0, inBetween: 0 };
  for (let done = 0; done < count; done += BATCH) {
    const releases = await preparedReleases(ground, lists, Math.min(BATCH, count - done));
    const times = await spreadOut(ground, releases, { firstInMs: 2_000, everyMs: EVERY_MS });
    const races = releases.map((release, n) => around(ground, times[n] ?? 0, () => cancel(ground, release, breaches)));
    const cancelled = await Promise.all(races);
    await settled(ground, releases);
    for (const one of cancelled) await judge(ground, one, { sum, breaches });
    told(done + releases.length);
  }
  const note =
    `${count} cancels: ${sum.shown} shown as gone, ${sum.taken} taken, ` +
    `${sum.answeredLater} put off or refused after their dot; ${sum.inBetween} cancels met a release half-way`;
  return { raced: count, breaches, note };
}

async function cancel(ground: RaceGround, release: Release, breaches: string[]): Promise<Cancelled> {
  const { world } = ground;
  const said = await world.db
    .transaction((tx) => world.desk.cancel(tx, world.cast.chen, release.id, 'a figure is wrong'))
    .catch((error: unknown) => {
      if (codeOf(error) === undefined) breaches.push(`${release.number}: a cancel failed: ${String(error)}`);
      return undefined;
    });
  const at = Date.now();
  const rows = await world.owner.rows<{ id: string; state: string }>(
    `select id, state from delivery where release_id = $1`,
    [release.id],
  );
  if (said)
    for (const { id, state } of rows)
      if (state === 'ready' || state === 'planned') breaches.push(`${id} is ${state} after the cancel`);
  return { release, said, at, gone: new Set(rows.filter(({ state }) => GONE.has(state)).map(({ id }) => id)) };
}

interface Book {
  readonly sum: { shown: number; taken: number; answeredLater: number; inBetween: number };
  readonly breaches: string[];
}

async function judge(ground: RaceGround, { release, said, at, gone }: Cancelled, { sum, breaches }: Book) {
  const rows = await rowsOf(ground, release.id);
  const all = takenIds(ground);
  const taken = rows.filter(({ id }) => all.has(id));
  const breach = (what: string) => breaches.push(`${release.number}: ${what}`);
  if (!said) {
    if (rows.some(({ state }) => state === 'cancelled')) breach('refused to cancel and took rows back');
    return;
  }
  for (const row of rows) {
    if (row.dotAt !== null && row.dotAt > at) breach(`${row.id}: a dot was let go after the cancel`);
    if (row.state === 'accepted' && !gone.has(row.id)) breach(`${row.id}: accepted, and not gone at the cancel`);
    if (!['accepted', 'refused', 'cancelled', 'unknown', 'held'].includes(row.state))
      breach(`${row.id} is ${row.state}`);
  }
  // its dot left before the cancel, the server's answer came after: put off or refused, so not taken
  const answeredLater = rows.filter((row) => !all.has(row.id) && cameBack(row)).length;
  const refused = rows.filter(({ state }) => state === 'refused').length;
  if (said.alreadyGone !== taken.length + answeredLater)
    breach(`${said.alreadyGone} shown as gone, ${taken.length} taken, ${answeredLater} answered later`);
  if (said.alreadyGone + said.recalled + refused !== rows.length)
    breach(`${said.alreadyGone} gone and ${said.recalled} taken back of ${rows.length}`);
  sum.shown += said.alreadyGone;
  sum.taken += taken.length;
  sum.answeredLater += answeredLater;
  if (said.alreadyGone > 0 && said.recalled > 0) sum.inBetween += 1;
}

function cameBack({ life }: RacedRow): boolean {
  return life.at(-1) === 'cancelled' && life.at(-2) === 'dot_pending';
}
