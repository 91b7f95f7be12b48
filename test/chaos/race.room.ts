import type { Rule } from '../support/sink.script.js';
import type { ChaosHouse } from './chaos.house.js';
import type { Findings } from './checker.js';
import { readAcceptLog } from './history.js';
import type { RaceFindings, RaceGround } from './race.ground.js';
import { tallied, type Tally } from './scenario.js';

export const REPLY_MS = 15;
export const SLOW: Rule = { phase: 'dot', answer: { delayMs: REPLY_MS, code: 250, text: '2.0.0 Ok' } };
/** Releases that are scheduled seconds before their T are still prepared when it comes. */
export const LATE_AFTER_MS = 20_000;

/** A room with two workers, and a mail server that answers slowly enough to be met half-way. */
export async function openGround(house: ChaosHouse, script: readonly Rule[]) {
  const room = await house.openRoom({ connections: 4, sink: { script } });
  await room.startWorkers(2);
  const ground: RaceGround = {
    world: room.world,
    chance: house.chance,
    taken: () => readAcceptLog(room.sink.acceptLog),
  };
  return { room, ground };
}

/** The checker's figures, with what the races themselves found. */
export function raced(house: ChaosHouse, runs: number, findings: Findings, races: readonly RaceFindings[]): Tally {
  const breaches = races.flatMap((race) => race.breaches);
  for (const breach of breaches.slice(0, 20)) house.note(breach);
  const note = [...races.map((race) => race.note), ...breaches.slice(0, 3)].join('; ');
  return tallied(runs, findings, { ok: breaches.length === 0, note });
}
