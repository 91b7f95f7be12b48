import { DeliveryViews, LedgerVerify, type DeliveryState, type Progress } from '#libs/delivery';
import type { Clock } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { printProgress } from './commands/watch.js';
import type { House } from './house.js';
import { FILE_CLOCK_MS, type ReceivedMail } from './mailbox.mails.js';
import { say } from './terminal.js';

export interface Evidence {
  readonly release: Release;
  readonly progress: Progress;
  /** What the local mailbox has on disk; undefined when a relay of one's own was used. */
  readonly kept: readonly ReceivedMail[] | undefined;
  readonly clock: Clock;
}

type Finding = readonly [says: string, holds: boolean];

const LATEST_MS = 60_000;
const SEALED_WITHIN_MS = 10_000;

/** Holds each promise against what the ledger says and, apart from it, what the mailbox has. Returns whether all held. */
export async function prove(house: House, evidence: Evidence): Promise<boolean> {
  printProgress(evidence.progress);
  const findings = [
    ...(await neverEarly(house, evidence)),
    onTime(evidence),
    ...(await neverTwice(house, evidence)),
    nobodyForgotten(evidence),
    await provable(house, evidence),
  ];
  for (const [says, holds] of findings) (holds ? say.good : say.bad)(says);
  return findings.every(([, holds]) => holds);
}

async function neverEarly(house: House, { release, progress, kept }: Evidence): Promise<Finding[]> {
  const early = await new DeliveryViews(house.db).early(release.organisation, release.id);
  const findings: Finding[] = [[`never early: ${early} before T by the ledger`, early === 0]];
  if (kept) {
    const states = await statesOf(house, release);
    const before = kept.filter(
      (mail) => states.has(mail.id) && mail.at < progress.liftsAt.getTime() - FILE_CLOCK_MS,
    ).length;
    findings.push([`never early: ${before} before T by the files of the mailbox`, before === 0]);
  }
  return findings;
}

function onTime({ progress }: Evidence): Finding {
  const accepted = progress.counts.accepted ?? 0;
  const late = progress.lastAccepted ? progress.lastAccepted.getTime() - progress.liftsAt.getTime() : Infinity;
  return [
    `on time: the last of ${accepted} was accepted ${Math.round(late)} ms after T`,
    accepted > 0 && late < LATEST_MS,
  ];
}

/** A mail whose answer was lost may be in the mailbox although nobody counted it as accepted; twice it may not be. */
async function neverTwice(house: House, { release, kept }: Evidence): Promise<Finding[]> {
  if (!kept) return [];
  const states = await statesOf(house, release);
  const here = kept.filter((mail) => states.has(mail.id));
  const different = new Set(here.map((mail) => mail.id));
  const accepted = [...states].filter(([, state]) => state === 'accepted').map(([id]) => id);
  const missing = accepted.filter((id) => !different.has(id)).length;
  const unasked = [...different].filter((id) => !['accepted', 'held', 'unknown'].includes(states.get(id) ?? '')).length;
  return [
    [`never twice: ${here.length} mails in the mailbox, ${different.size} different`, here.length === different.size],
    [
      `honest: ${accepted.length} accepted by the ledger, ${missing} of them missing; ${unasked} mails it does not know of`,
      missing + unasked === 0,
    ],
  ];
}

const ENDS: readonly DeliveryState[] = ['accepted', 'refused', 'suppressed', 'held', 'expired', 'cancelled'];

function nobodyForgotten({ progress }: Evidence): Finding {
  const ended = ENDS.reduce((sum, state) => sum + (progress.counts[state] ?? 0), 0);
  return [
    `nobody forgotten: ${ended} of ${progress.planned} planned recipients have an end state`,
    ended === progress.planned,
  ];
}

async function provable(house: House, { release, clock }: Evidence): Promise<Finding> {
  const verify = () => new LedgerVerify(house.db).run(release.organisation);
  let ledger = await verify();
  // the sealer runs a moment behind the sending
  for (const end = clock.monotonic() + SEALED_WITHIN_MS; ledger.sealed < ledger.events && clock.monotonic() < end;) {
    await clock.sleep(250);
    ledger = await verify();
  }
  for (const fault of ledger.faults) say.bad(`${fault.where}: ${fault.what}`);
  const says = `provable: ${ledger.events} ledger events, ${ledger.sealed} sealed in ${ledger.auditLines} chained audit lines, ${ledger.faults.length} faults`;
  return [says, ledger.faults.length === 0 && ledger.events === ledger.sealed];
}

async function statesOf(house: House, release: Release): Promise<ReadonlyMap<string, DeliveryState>> {
  const rows = await house.db.rows<{ id: string; state: DeliveryState }>(
    `select id, state from delivery where organisation_id = $1 and release_id = $2`,
    [release.organisation, release.id],
  );
  return new Map(rows.map((row) => [row.id, row.state]));
}
