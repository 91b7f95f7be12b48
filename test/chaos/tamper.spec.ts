import { afterEach, describe, expect, test } from '@jest/globals';
import { Secrets } from '#libs/kernel';
import { until, World } from '../support/world.js';
import { Chance } from './chance.js';
import { tamper } from './tamper.js';
import { TAMPERINGS } from './tampering.js';

const SEED = Number(process.env['DATELINE_SEED'] ?? 20_261_123);

describe('a falsified ledger', () => {
  let world: World;
  afterEach(() => world?.stop());

  test(`is found whatever was edited, removed, exchanged or cut off, and an untouched one raises no alarm (seed ${SEED})`, async () => {
    world = await World.start({
      sink: {
        capture: 'none',
        script: [
          { phase: 'rcpt', to: 'journalist.3@', answer: { code: 550, text: '5.1.1 No such user here' } },
          { phase: 'dot', to: 'journalist.5@', answer: { then: 'rst' } },
          { phase: 'rcpt', to: 'journalist.7@', answer: { code: 450, text: '4.2.0 Greylisted, try again later' } },
        ],
      },
    });
    await world.work();
    const list = await world.journalists(16);
    for (const release of [await world.scheduled(list), await world.scheduled(list)]) {
      await world.leavesIn(release, 300);
      await until('answers for everybody', async () => {
        const { planned = 0, ready = 0, dot_pending = 0 } = await world.counts(release);
        return (await world.state(release.id)) !== 'prepared' && planned + ready + dot_pending === 0;
      });
    }
    await until('a sealed ledger', async () => {
      const { events, sealed } = await world.verify();
      return events === sealed;
    });
    const ledger = {
      owner: world.owner,
      organisation: world.cast.organisation.id,
      secrets: Secrets.from(world.settings),
    };
    expect(await tamper(ledger, new Chance(SEED, 'tamper'), 2 * TAMPERINGS.length)).toEqual({
      done: 2 * TAMPERINGS.length,
      missed: [],
      falseAlarms: [],
    });
  });
});
