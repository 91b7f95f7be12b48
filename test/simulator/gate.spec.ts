import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { compareGates } from './gate.histories.js';
import { GateRoom } from './gate.room.js';

const SEED = Number(process.env['DATELINE_SEED'] ?? 20_261_123);
/** More of them: npm run simulate. */
const HISTORIES = 25;

describe('the gate of PostgreSQL and the one of the simulator', () => {
  let database: FreshDatabase;
  let room: GateRoom;
  beforeAll(async () => {
    database = await freshDatabase();
    room = await GateRoom.open(database.url);
  });
  afterAll(async () => {
    await room.close();
    await database.drop();
  });

  test(`answer alike and hold alike after every act, and let nothing leave that may not (seed ${SEED})`, async () => {
    expect(await compareGates(room, HISTORIES, SEED)).toEqual({ seed: SEED, histories: HISTORIES });
  }, 180_000);
});
