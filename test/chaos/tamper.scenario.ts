import { LedgerVerify, type LedgerFault } from '#libs/delivery';
import { Secrets } from '#libs/kernel';
import type { Rule } from '../support/sink.script.js';
import { addressOf, until } from '../support/world.js';
import type { ChaosHouse } from './chaos.house.js';
import type { ChaosRoom } from './chaos.room.js';
import { tallied, type Scenario, type Tally } from './scenario.js';
import { tamper, type Ledger } from './tamper.js';

const JOURNALISTS = 24;
/** One is refused, one cuts the line after the dot, one asks to wait: the ledger has more than one kind of story. */
const SCRIPT: readonly Rule[] = [
  { phase: 'rcpt', to: 'journalist.3@', answer: { code: 550, text: '5.1.1 No such user here' } },
  { phase: 'dot', to: 'journalist.5@', answer: { then: 'rst' } },
  { phase: 'rcpt', to: 'journalist.7@', answer: { code: 450, text: '4.2.0 Greylisted, try again later' } },
];

/** A run is one falsification. */
export const tamperScenario: Scenario = {
  name: 'tamper',
  says: 'whatever the owner of the database edits, removes, exchanges or cuts off in chain, events, seals or rows is found, and nothing else is',
  runs: { full: 1_000, quick: 60 },
  async run(house: ChaosHouse, runs: number): Promise<Tally> {
    const room = await house.openRoom({ sink: { capture: 'none', script: SCRIPT } });
    const ledger: Ledger = {
      owner: room.world.owner,
      organisation: room.world.cast.organisation.id,
      secrets: Secrets.from(room.world.settings),
    };
    const whileSending = await send(room, ledger);
    const { missed, falseAlarms } = await tamper(ledger, house.chance, runs);
    const alarms = [...whileSending.faults.map(({ where, what }) => `${where}: ${what}`), ...falseAlarms];
    const told = [
      `${runs - missed.length} of ${runs} falsifications found`,
      `${alarms.length} false alarms, ${whileSending.checks} checks while mail was leaving`,
      ...missed.slice(0, 3).map((one) => `missed: ${one}`),
      ...alarms.slice(0, 3),
    ];
    const findings = await room.check();
    return tallied(runs, findings, { ok: missed.length + alarms.length === 0, note: told.join('; ') });
  },
};

/** Two releases, and the ledger is verified again and again while their mail leaves. */
async function send(room: ChaosRoom, ledger: Ledger): Promise<{ checks: number; faults: LedgerFault[] }> {
  const faults: LedgerFault[] = [];
  let checks = 0;
  const verify = async () => {
    const report = await new LedgerVerify(ledger.owner, ledger.secrets).run(ledger.organisation);
    checks += 1;
    faults.push(...report.faults);
    return report;
  };
  const { db, desk, cast } = room.world;
  const list = await room.journalists(JOURNALISTS);
  await db.transaction((tx) => desk.suppress(tx, cast.ada, addressOf(9), { reason: 'unsubscribed' }));
  await room.startWorkers(1);
  const releases = [await room.schedule(list), await room.schedule(list)];
  for (const release of releases) {
    await room.leavesIn(release, 500);
    await until('answers for everybody', async () => {
      await verify();
      const { planned = 0, ready = 0, dot_pending = 0 } = await room.world.counts(release);
      return (await room.world.state(release.id)) !== 'prepared' && planned + ready + dot_pending === 0;
    });
  }
  // what was put off has an end too
  for (const release of releases) await db.transaction((tx) => desk.cancel(tx, cast.chen, release.id, 'the end'));
  await until('a sealed ledger', async () => {
    const { events, sealed } = await verify();
    return events === sealed;
  });
  return { checks, faults };
}
