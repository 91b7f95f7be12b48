import { existsSync } from 'node:fs';
import { checkZoneRules, ClockWatch, presentTzdb } from '#libs/embargo';
import type { Clock, Database } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';
import type { UpcomingRow } from './upcoming.views.js';

const READINGS = 8;
/** Files that time services leave once they have set the clock: systemd-timesyncd, chrony, ntpd. */
const NTP_MARKS = [
  '/run/systemd/timesync/synchronized',
  '/run/chrony/chronyd.pid',
  '/run/chronyd.pid',
  '/run/ntpd.pid',
];

/** How far this machine's clock is from the database's, by the reading with the shortest round trip. */
export async function checkClock(db: Database, clock: Clock, limitMs: number): Promise<Finding[]> {
  const watch = new ClockWatch(db, clock, limitMs);
  for (let i = 0; i < READINGS; i++) await watch.measure();
  const { offsetMs, uncertaintyMs } = watch.best();
  const says = `This clock is ${Math.abs(offsetMs).toFixed(1)} ms ${offsetMs > 0 ? 'behind' : 'ahead of'} the database’s (± ${uncertaintyMs.toFixed(1)}; limit ${limitMs}).`;
  const remedy = 'Let NTP set the clocks of this machine and of the database; a worker here would hold all mail.';
  if (!watch.trusted()) return [fail('clock.offset', says, remedy)];
  if (Math.abs(offsetMs) > limitMs / 2) return [warn('clock.offset', says, remedy)];
  return [ok('clock.offset', says)];
}

/** Both clocks may be wrong together: whether something sets this one. */
export function checkTimeService(): Finding[] {
  const mark = NTP_MARKS.find((path) => existsSync(path));
  if (mark) return [ok('clock.ntp', `A time service sets this machine’s clock (${mark}).`)];
  return [
    warn(
      'clock.ntp',
      'Whether NTP sets this machine’s clock cannot be seen from here.',
      'Run "timedatectl" or "chronyc tracking" on the machine itself; T is told by the database’s clock.',
    ),
  ];
}

/** Every scheduled T once more by the zone data of this process; governments move clocks at short notice. */
export function checkZones(
  scheduled: readonly Pick<UpcomingRow, 'organisation' | 'number' | 'liftsAt' | 'wall' | 'zone' | 'offset' | 'tzdb'>[],
): Finding[] {
  const moved = scheduled.flatMap(({ number, organisation, liftsAt, ...typed }) => {
    const check = checkZoneRules({ ...typed, utcMs: liftsAt.getTime() });
    return check.agrees ? [] : [warn('clock.zones', `${organisation} ${number}: ${check.message}`, check.remedy)];
  });
  if (moved.length > 0) return moved;
  const count = scheduled.length === 1 ? 'The one T that is set lies' : `All ${scheduled.length} T’s that are set lie`;
  return [
    ok(
      'clock.zones',
      scheduled.length === 0
        ? `Zone data ${presentTzdb()}.`
        : `${count} where ${scheduled.length === 1 ? 'it was' : 'they were'} put, by zone data ${presentTzdb()}.`,
    ),
  ];
}
