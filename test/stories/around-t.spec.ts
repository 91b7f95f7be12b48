import { afterEach, describe, expect, test } from '@jest/globals';
import { Database } from '#libs/kernel';
import { raceCancels } from '../chaos/cancel.races.js';
import { Chance } from '../chaos/chance.js';
import { subjectOf } from '../chaos/edit-races.scenario.js';
import { raceEdits } from '../chaos/edit.races.js';
import { raceMoves } from '../chaos/move.races.js';
import { raceOptOuts } from '../chaos/opt-out.races.js';
import { inviteTo, type RaceGround } from '../chaos/race.ground.js';
import { freshDatabase } from '../support/database.js';
import { World } from '../support/world.js';

/** In small, so that every change meets them; `npm run chaos` runs a thousand of each. The same seed races the same. */
const SEED = 20_261_202;
const SLOW = { phase: 'dot' as const, answer: { delayMs: 15, code: 250, text: '2.0.0 Ok' } };
/** Put off at their dot: gone when the cancel commits, and not taken after all. */
const LATER = { phase: 'dot' as const, to: 'cancel.3@', answer: { delayMs: 15, code: 451, text: '4.7.1 Greylisted' } };
const LIMIT_MS = 120_000;

describe('within 50 ms of T', () => {
  let world: World;
  afterEach(() => world?.stop());

  async function open(name: string): Promise<RaceGround> {
    world = await World.start({ sink: { capture: 'raw', script: [LATER, SLOW] } });
    await world.work();
    await world.work();
    return { world, chance: new Chance(SEED, name), taken: () => world.sink.messages };
  }

  test(
    'a cancel says exactly how many messages had left, and none leaves after it',
    async () => {
      const ground = await open('cancels');
      const { list } = await inviteTo(ground, 'cancel', 10);
      expect((await raceCancels(ground, [list], 8)).breaches).toEqual([]);
      expect((await world.verify()).faults).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'a move of T comes too late and all of it leaves, or in time and none does before the new T',
    async () => {
      const ground = await open('moves');
      const { list } = await inviteTo(ground, 'move', 10);
      expect((await raceMoves(ground, [list], 6)).breaches).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'nothing is let go to anybody who had said no by a link, through an officer or as an erasure',
    async () => {
      const database = await freshDatabase();
      const newsroom = await Database.open({ url: database.url, role: 'dateline_newsroom' });
      world = await World.start({ database, sink: { capture: 'none', script: [SLOW] } });
      await world.work();
      const ground = { world, chance: new Chance(SEED, 'opt-outs'), taken: () => world.sink.messages };
      const { breaches } = await raceOptOuts(ground, newsroom, 40).finally(() => newsroom.close());
      expect(breaches).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'only what somebody else approved leaves, whatever several officers change at once',
    async () => {
      const ground = await open('edits');
      const lists = [(await inviteTo(ground, 'first', 3)).list, (await inviteTo(ground, 'second', 4)).list];
      const asked = { count: 80, subjectOf: (delivery: string) => subjectOf(world.sink, delivery) };
      expect((await raceEdits(ground, lists, asked)).breaches).toEqual([]);
    },
    LIMIT_MS,
  );
});
