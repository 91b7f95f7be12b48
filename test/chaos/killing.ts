import { CRASH_POINTS, type MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import type { ChaosRoom } from './chaos.room.js';
import type { Findings } from './checker.js';
import type { ChaosHouse } from './chaos.house.js';
import { Onslaught, plannedKills } from './kills.js';

const KILLS_A_RELEASE = 20;
/** About twice what a worker sends before it dies, so that a release is rarely over before its kills are used up. */
const JOURNALISTS_A_KILL = 80;
const WORKERS = 3;
const CONNECTIONS = 4;
/** Milliseconds that the sink takes to answer a dot, by the outlet of the recipient; the first is answered at once. */
const REPLY_GAPS = [2, 4, 7, 9, 12, 15];
/** Leases that end by themselves (8 s), a second of the ticker, two of its ringing, and the work on a busy machine. */
const AFTER_THE_FAULT_MS = 60_000;
/** With so many deaths one that none met is not chance. */
const EVERY_POINT_FROM = 70;

export interface Killed {
  readonly findings: Findings;
  /** Rows past their dot when a worker died. */
  readonly pastTheDot: number;
  /** Of many kills, some at every named point. */
  readonly everywhere: boolean;
  readonly note: string;
}

/** Kills so many workers over as many releases as that takes, all of them prepared beforehand, and compares both sides. */
export async function killing(house: ChaosHouse, kills: number, unknown: 'hold' | 'resend'): Promise<Killed> {
  const script = REPLY_GAPS.map((delayMs, outlet) => ({
    phase: 'dot' as const,
    to: `@outlet-${outlet + 1}.`,
    answer: { delayMs, code: 250, text: '2.0.0 Ok' },
  }));
  const room = await house.openRoom({ connections: CONNECTIONS, sink: { script } });
  const list = await room.journalists(JOURNALISTS_A_KILL * Math.min(kills, KILLS_A_RELEASE));
  const left = plannedKills(house.chance, kills);
  const onslaught = new Onslaught(house, room, left);
  let fault = 0;
  while (left.length > 0) {
    const releases = await prepared(room, list, Math.ceil(left.length / KILLS_A_RELEASE), unknown);
    for (const release of releases) {
      fault = Math.max(fault, await onslaught.on(release, WORKERS, KILLS_A_RELEASE));
      house.note(`${kills - left.length} of ${kills} killed`);
    }
  }
  const findings = await room.check({ lateAfterMs: fault + AFTER_THE_FAULT_MS });
  const { atPoints, pastTheDot } = onslaught.slain;
  const points = CRASH_POINTS.map((point) => `${point} ${atPoints[point] ?? 0}`).join(', ');
  const everywhere = kills < EVERY_POINT_FROM || CRASH_POINTS.every((point) => atPoints[point]);
  const { accepted, planned } = findings;
  const note = `${kills} killed (${points}, else at any moment), ${pastTheDot} messages past the dot, ${accepted} of ${planned} accepted`;
  return { findings, pastTheDot, everywhere, note };
}

/** So many releases, prepared by a worker that leaves then: the first ones to send them are the first ones to die. */
async function prepared(room: ChaosRoom, list: MediaListId, count: number, unknown: 'hold' | 'resend') {
  const [preparer] = await room.startWorkers(1);
  const releases: Release[] = [];
  for (let n = 0; n < count; n += 1) releases.push(await room.schedule(list, { unknown }));
  for (const release of releases) await room.prepared(release);
  await preparer?.stop();
  return releases;
}
