import { setTimeout as sleep } from 'node:timers/promises';
import { instantAt } from '#libs/embargo';
import type { Actor, MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { editionIn } from '../support/cast.js';
import { until } from '../support/world.js';
import { AROUND_MS, codeOf, preparedReleases, spreadOut, type RaceFindings, type RaceGround } from './race.ground.js';
import { judgeEdits, type Marks } from './edit.judge.js';

const BATCH = 10;
/** Acts on one release: a quarter shortly before its first T, half within ±50 ms of it, the rest when it has passed. */
const ACTS = 16;
const BEFORE_MS = 1_500;
const EVERY_MS = 500;
const AFTER_MS = 2_500;
/** Whatever is scheduled in the end has left by then. */
const LEAVES_WITHIN_MS = 60_000;

/** Who may do what; Dana and Eve may write and approve, which they must not do to the same text. */
interface Desk {
  readonly authors: readonly Actor[];
  readonly approvers: readonly Actor[];
  readonly releasers: readonly Actor[];
  readonly lists: readonly MediaListId[];
}

/**
 * So many edits, other audiences, submissions, approvals, other T's and schedulings by several officers at once, of
 * releases whose T passes meanwhile; half of what is left a draft is brought to T in the end.
 * @param subjectOf of the message that was taken for a delivery
 */
export async function raceEdits(
  ground: RaceGround,
  lists: readonly MediaListId[],
  asked: { readonly count: number; readonly subjectOf: (delivery: string) => string | undefined },
  told: (done: number) => void = () => undefined,
): Promise<RaceFindings> {
  const desk = await officers(ground, lists);
  const marks: Marks = new Map();
  const breaches: string[] = [];
  const sum = { done: 0, refused: 0 };
  const all: Release[] = [];
  while (sum.done + sum.refused < asked.count) {
    const left = Math.ceil((asked.count - sum.done - sum.refused) / ACTS);
    const releases = await preparedReleases(ground, lists, Math.min(BATCH, left));
    const times = await spreadOut(ground, releases, { firstInMs: 2_000, everyMs: EVERY_MS });
    const acts = releases.flatMap((release, n) =>
      Array.from({ length: ACTS }, async (_, place) => {
        await sleep(Math.max(0, momentOf(ground, times[n] ?? 0, place) - Date.now()));
        await attempt(ground, desk, { release, marks, breaches, sum });
      }),
    );
    await Promise.all(acts);
    for (const [n, release] of releases.entries()) if (n % 2 === 0) await bringToT(ground, desk, { release, breaches });
    all.push(...releases);
    told(sum.done + sum.refused);
  }
  await nothingWaits(ground, all, breaches);
  const found = await judgeEdits(ground, all, { marks, subjectOf: asked.subjectOf });
  const note = `${sum.done} acts and ${sum.refused} refusals on ${all.length} releases, ${found.note}`;
  return { raced: sum.done + sum.refused, breaches: [...breaches, ...found.breaches], note };
}

function momentOf({ chance }: RaceGround, liftsAt: number, place: number): number {
  if (place < ACTS / 4) return liftsAt - BEFORE_MS * chance.random();
  if (place < (3 * ACTS) / 4) return liftsAt - AROUND_MS + chance.random() * 2 * AROUND_MS;
  return liftsAt + chance.random() * AFTER_MS;
}

async function officers({ world }: RaceGround, lists: readonly MediaListId[]): Promise<Desk> {
  const { organisation, ada, bo, chen } = world.cast;
  const add = (name: string, roles: ('author' | 'approver' | 'releaser')[]) =>
    world.db.transaction((tx) =>
      world.accounts.addOfficer(tx, organisation.id, {
        name,
        address: `${name.toLowerCase()}@clear-harbour.example.org`,
        roles,
      }),
    );
  const dana = await add('Dana', ['author', 'approver']);
  const eve = await add('Eve', ['author', 'approver', 'releaser']);
  return { authors: [ada, dana, eve], approvers: [bo, dana, eve], releasers: [chen, eve], lists };
}

interface Attempt {
  readonly release: Release;
  readonly marks: Marks;
  readonly breaches: string[];
  readonly sum: { done: number; refused: number };
}

/** One act by anybody; a refusal in our own words is as good as success, anything else is a breach. */
async function attempt(ground: RaceGround, desk: Desk, { release, marks, breaches, sum }: Attempt): Promise<void> {
  try {
    await ground.chance.one(ACTIONS)(ground, desk, { release, marks });
    sum.done += 1;
  } catch (error) {
    sum.refused += 1;
    if (codeOf(error) === undefined) breaches.push(`${release.number}: an act failed: ${wordsOf(error)}`);
  }
}

type Act = (ground: RaceGround, desk: Desk, on: Pick<Attempt, 'release' | 'marks'>) => Promise<unknown>;

const revise: Act = async ({ world, chance }, { authors }, { release, marks }) => {
  const mark = ` edition ${marks.size + 1}-${chance.whole(100_000, 999_999)}`;
  const content = { editions: [editionIn('en', mark)], assets: {} };
  const revised = await world.db.transaction((tx) => world.desk.revise(tx, chance.one(authors), release.id, content));
  marks.set(revised.versionSha256.toString('hex'), mark.trim());
};
const choose: Act = ({ world, chance }, { authors, lists }, { release }) =>
  world.db.transaction((tx) =>
    world.releases.chooseAudience(tx, chance.one(authors), release.id, { lists: [chance.one(lists)] }),
  );
const submit: Act = ({ world, chance }, { authors }, { release }) =>
  world.db.transaction((tx) => world.desk.submit(tx, chance.one(authors), release.id));
const approve: Act = ({ world, chance }, { approvers }, { release }) =>
  world.db.transaction((tx) => world.desk.approve(tx, chance.one(approvers), release.id));
const schedule: Act = ({ world, chance }, { releasers }, { release }) =>
  world.db.transaction((tx) => world.desk.schedule(tx, chance.one(releasers), release.id));
const move: Act = ({ world, chance }, { releasers }, { release }) => {
  const to = instantAt(Date.now() + chance.whole(300, 4_000), 'Asia/Hong_Kong');
  return world.db.transaction((tx) => world.desk.setEmbargo(tx, chance.one(releasers), release.id, to));
};

/** Steps forward are drawn more often than changes, or nothing would ever come as far as T. */
const ACTIONS: readonly Act[] = [revise, choose, move, submit, submit, approve, approve, schedule, schedule];

/** One after another, by people who may: what is still a draft leaves after all. Refusals say that it is further already. */
async function bringToT(
  ground: RaceGround,
  desk: Desk,
  { release, breaches }: Pick<Attempt, 'release' | 'breaches'>,
): Promise<void> {
  const { world } = ground;
  const { ada, bo, chen } = world.cast;
  const on = { release, marks: new Map<string, string>() };
  const only = { ...desk, authors: [ada], approvers: [bo], releasers: [chen] };
  for (const act of [later, submit, approve, schedule]) {
    await act(ground, only, on).catch((error: unknown) => {
      if (codeOf(error) === undefined) breaches.push(`${release.number}: ${wordsOf(error)}`);
    });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error
    ? `${error.message} ${error.stack
        ?.split('\n')
        .find((line) => line.includes('/libs/'))
        ?.trim()}`
    : String(error);
}

const later: Act = ({ world }, { releasers }, { release }) => {
  const [by] = releasers;
  if (!by) throw new Error('nobody may release');
  const to = instantAt(Date.now() + 5_000, 'Asia/Hong_Kong');
  return world.db.transaction((tx) => world.desk.setEmbargo(tx, by, release.id, to));
};

/** Live to the end: whatever is scheduled and whose T has passed leaves. */
async function nothingWaits({ world }: RaceGround, releases: readonly Release[], breaches: string[]): Promise<void> {
  const waiting = () =>
    world.owner.rows<{ number: string; state: string }>(
      `select number, state from release where id = any($1) and state in ('scheduled', 'preparing', 'prepared', 'releasing')`,
      [releases.map((release) => release.id)],
    );
  await until('nothing scheduled', async () => (await waiting()).length === 0, LEAVES_WITHIN_MS).catch(async () => {
    for (const { number, state } of await waiting()) breaches.push(`${number} is ${state} and goes no further`);
  });
}
