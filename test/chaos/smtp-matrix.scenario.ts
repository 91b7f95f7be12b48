import type { MediaListId } from '#libs/kernel';
import { Database } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { throttledDomain } from './domain.throttle.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { added, tallied, type Scenario, type Tally } from './scenario.js';
import { matrix, whims, type Audience, type Cell } from './smtp.cells.js';
import { Stage } from './smtp.stage.js';

const POOL = 24;
/** Cells at a time: most of them wait for a server that does not speak. */
const SIDE_BY_SIDE = 32;

/** Every way in which a mail server can fail at every point, through the product's drain, relay and ledger. */
export const smtpMatrixScenario: Scenario = {
  name: 'smtp-matrix',
  says: '7 phases × 8 faults × cold and warm, and two dozen whims more: each row says what it must, nothing is sent again after its dot',
  runs: { full: 112, quick: 14 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const cells = chosen(house, runs);
    const cellsTally = await new Matrix(house, cells, runs).run();
    return added(cellsTally, await throttledDomain(house));
  },
};

/** As many cells of the matrix as asked for, by the seed, and the whims in the same share. */
function chosen(house: ChaosHouse, runs: number): Cell[] {
  const all = matrix();
  const some = (cells: readonly Cell[], count: number) =>
    cells
      .map((cell) => ({ cell, place: house.random() }))
      .sort((a, b) => a.place - b.place)
      .slice(0, count)
      .map(({ cell }) => cell);
  const others = whims();
  return [...some(all, runs), ...some(others, Math.ceil((others.length * runs) / all.length))];
}

class Matrix {
  private readonly wrong: string[] = [];

  constructor(
    private readonly house: ChaosHouse,
    private readonly cells: readonly Cell[],
    private readonly runs: number,
  ) {}

  async run(): Promise<Tally> {
    const room = await this.house.openRoom();
    const { world } = room;
    const releases = await this.prepared(room);
    const db = await Database.open({ url: room.database.url, role: 'dateline_app', poolSize: POOL });
    this.house.later(() => db.close());
    const stages: Stage[] = [];
    for (const [n, cell] of this.cells.entries()) {
      const stage = await Stage.set(world, db, cell, releases[n]!, room.sink.acceptLog);
      this.house.later(() => stage.close());
      stages.push(stage);
    }
    this.house.note(`${releases.length} releases prepared`);
    await this.each(stages, (stage) => this.play(stage));
    this.house.note('every whim met');
    const { faults } = await world.verify();
    for (const { where, what } of faults) this.wrong.push(`the ledger's own check: ${where} ${what}`);
    await this.each(stages, (stage) => this.mend(stage));
    const suppressed = await world.owner.first<{ n: number }>(`select count(*)::int as n from suppression`);
    if (suppressed?.n !== 0) this.wrong.push(`${suppressed?.n} contacts were touched`);
    for (const sentence of this.wrong) this.house.note(sentence);
    const told = this.wrong.length === 0 ? '' : `; ${this.wrong.slice(0, 3).join('; ')}`;
    const unlike = new Set(this.wrong).size;
    const note = `${this.cells.length} cells, ${unlike} not as the table says${told}`;
    return tallied(this.runs, await room.check(), { ok: this.wrong.length === 0, note });
  }

  private async prepared(room: ChaosRoom): Promise<Release[]> {
    const three = await room.journalists(3);
    const lists: Record<Audience, MediaListId> = { three, one: await listOfOne(room) };
    const [worker] = await room.startWorkers(1);
    const releases: Release[] = [];
    for (const { audience } of this.cells) releases.push(await room.schedule(lists[audience]));
    for (const release of releases) await room.prepared(release);
    await worker?.stop();
    for (const release of releases) await room.leavesIn(release, 0);
    return releases;
  }

  private async each(stages: readonly Stage[], work: (stage: Stage) => Promise<void>): Promise<void> {
    const waiting = [...stages];
    const lane = async () => {
      for (let stage = waiting.shift(); stage && !this.house.signal.aborted; stage = waiting.shift()) await work(stage);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  }

  private async play(stage: Stage): Promise<void> {
    const { name, says, taken, dots } = stage.cell;
    const seen = await stage.play();
    if (seen.says !== says) this.wrong.push(`${name}: ${seen.says} instead of ${says}`);
    if (seen.taken !== taken + this.lostAnswers(stage.cell)) this.wrong.push(`${name}: ${seen.taken} taken`);
    if (seen.dots !== dots) this.wrong.push(`${name}: ${seen.dots} dots instead of ${dots}`);
    if (says === 'waits tls' && stage.named > 0) this.wrong.push(`${name}: somebody was named in clear`);
  }

  /** What was not taken is taken now; what may have been is left alone, and what was refused stays refused. */
  private async mend(stage: Stage): Promise<void> {
    const { name, says } = stage.cell;
    const expected = /^(soon|later|waits)/.test(says) ? 1 : 0;
    const more = await stage.mend();
    if (more.taken !== expected || more.dots !== expected)
      this.wrong.push(`${name}: ${more.taken} taken and ${more.dots} dots once mended, instead of ${expected}`);
  }

  /** The server took it and nobody heard. */
  private lostAnswers({ says, script }: Cell): number {
    return says === 'unknown' && script.some((rule) => rule.answer.accept) ? 1 : 0;
  }
}

async function listOfOne({ world }: ChaosRoom): Promise<MediaListId> {
  const { ada } = world.cast;
  return world.db.transaction(async (tx) => {
    const list = await world.contacts.lists.createPicked(tx, ada, 'one of them');
    const audience = await tx.rows<{ id: Parameters<typeof world.contacts.lists.pick>[3][number] }>(
      `select id from journalist where organisation_id = $1 order by canonical_address limit 1`,
      [ada.organisation],
    );
    await world.contacts.lists.pick(
      tx,
      ada,
      list,
      audience.map((one) => one.id),
    );
    return list;
  });
}
