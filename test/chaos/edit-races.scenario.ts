import { join } from 'node:path';
import { startSink, type Sink } from '../support/sink.js';
import type { ChaosHouse } from './chaos.house.js';
import { check } from './checker.js';
import { raceEdits } from './edit.races.js';
import { readAcceptLog, readHistory } from './history.js';
import { inviteTo, type RaceGround } from './race.ground.js';
import { LATE_AFTER_MS, raced } from './race.room.js';
import type { Scenario, Tally } from './scenario.js';

/** Each run is an act of an officer. The mail server is in this process, where its messages can be read. */
export const editRacesScenario: Scenario = {
  name: 'edit-races',
  says: 'edits, audiences, approvals and T changed by several officers around T: only what somebody else approved leaves',
  runs: { full: 1_000, quick: 48 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const acceptLog = join(house.folder(), 'accepted.jsonl');
    const sink = await startSink({ capture: 'raw', acceptLog });
    house.later(() => sink.stop());
    const room = await house.openRoom({ smtpUrl: sink.url });
    const ground: RaceGround = { world: room.world, chance: house.chance, taken: () => readAcceptLog(acceptLog) };
    await room.startWorkers(2);
    const lists = [(await inviteTo(ground, 'first', 4)).list, (await inviteTo(ground, 'second', 6)).list];
    const asked = { count: runs, subjectOf: (delivery: string) => subjectOf(sink, delivery) };
    const edits = await raceEdits(ground, lists, asked, (done) => house.note(`${done} acts`));
    const findings = check(await readHistory(room.database.url, acceptLog), { lateAfterMs: LATE_AFTER_MS });
    return raced(house, runs, findings, [edits]);
  },
};

/** The subject of the message that a sink took for a delivery; ours is plain ASCII, folded or not. */
export function subjectOf(sink: Pick<Sink, 'messages'>, delivery: string): string | undefined {
  const message = sink.messages.find(({ messageId }) => messageId?.startsWith(`<${delivery}@`));
  const head = message?.raw?.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
  return /^subject: (.*(?:\r\n[ \t].*)*)/im.exec(head)?.[1]?.replace(/\r\n(?=[ \t])/g, '');
}
