import { Alarms, type Database } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';

/** A worker reads the database's clock every second. */
const SILENT_S = 10;
/** What raises an alarm raises it again within seconds while it lasts. */
const FRESH_ALARM_S = 600;
const OVERDUE_S = 120;
const LEASE_OVERDUE_S = 30;
const UNSEALED_S = 60;

/** Sessions of running workers. @param isNear whether a T lies near, so that somebody must be there */
export async function checkWorkers(db: Database, isNear: boolean): Promise<Finding[]> {
  const rows = await db.rows<{ name: string; silent: number | null }>(
    `select application_name as name, extract(epoch from clock_timestamp() - max(greatest(query_start, state_change)))::float8 as silent
       from pg_stat_activity
      where application_name like 'dateline worker%' and datname = current_database()
      group by application_name order by application_name`,
  );
  if (rows.length === 0) {
    const remedy = 'Start one: "npm start", or the worker of your installation.';
    return [
      isNear
        ? fail('workers.alive', 'No worker is running: nothing will be prepared or sent.', remedy)
        : warn('workers.alive', 'No worker is running.', remedy),
    ];
  }
  return rows.map(({ name, silent }) => {
    const worker = name.replace(/^dateline worker /, '');
    if (silent === null) return ok('workers.alive', `Worker ${worker} is connected.`);
    if (silent <= SILENT_S) return ok('workers.alive', `Worker ${worker} spoke ${silent.toFixed(1)} s ago.`);
    return fail(
      'workers.alive',
      `Worker ${worker} has been silent for ${Math.round(silent)} s.`,
      'Read its log; if it hangs, end it: others take its messages over within seconds.',
    );
  });
}

/** Alarms that stand: of one that goes on, fresh sightings come in; an old one may be of a worker that is gone. */
export async function checkAlarms(db: Database): Promise<Finding[]> {
  const standing = await new Alarms().standing(db);
  const now = await db.first<{ ms: number }>(`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`);
  const findings = standing.map((alarm) => {
    const ago = ((now?.ms ?? 0) - alarm.lastSeenAt.getTime()) / 1000;
    const says = `${alarm.code} on ${alarm.subject}: ${alarm.says} (${alarm.times} times since ${alarm.raisedAt.toISOString()})`;
    if (ago <= FRESH_ALARM_S) return fail('alarms.standing', says, 'Mend what it says; it clears by itself.');
    const clear = `"dateline alarm-clear ${alarm.code} ${alarm.subject}"`;
    return warn(
      'alarms.standing',
      `${says}, last seen ${Math.round(ago / 60)} min ago`,
      `If it is over (its worker is gone, for example), clear it: ${clear}.`,
    );
  });
  return findings.length > 0 ? findings : [ok('alarms.standing', 'No alarm stands.')];
}

/** Stop buttons that are pressed, of every organisation. */
export async function checkStops(db: Database, isNear: boolean): Promise<Finding[]> {
  const rows = await db.rows<{ where: string; reason: string; since: string }>(
    `select coalesce(r.number, o.slug, 'everything') as where, s.reason,
            to_char(s.pressed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as since
       from stop_button s
       left join organisation o on o.id = s.organisation_id
       left join release r on r.organisation_id = s.organisation_id and r.id = s.release_id
      where s.raised_at is null order by s.pressed_at`,
  );
  if (rows.length === 0) return [ok('stops.pressed', 'No stop button is pressed.')];
  return rows.map(({ where, reason, since }) => {
    const says = `Stopped since ${since}: ${where}: ${reason}`;
    const remedy = 'Raise it with "dateline resume" when it is safe; nothing it covers leaves before.';
    return isNear ? fail('stops.pressed', says, remedy) : warn('stops.pressed', says, remedy);
  });
}

/** Rows that should have moved on by themselves, or wait for a person. */
export async function checkStuck(db: Database): Promise<Finding[]> {
  const row = await db.first<Record<'unknown' | 'held' | 'overdue' | 'leases' | 'unsealed', number>>(
    `select count(*) filter (where d.state = 'unknown')::int as unknown,
            count(*) filter (where d.state = 'held')::int as held,
            count(*) filter (where d.state = 'deferred' and n.state = 'sending'
                               and d.next_at < clock_timestamp() - make_interval(secs => $1))::int as overdue,
            (select count(*)::int from shard h
              where h.lease_until < clock_timestamp() - make_interval(secs => $2)) as leases,
            (select coalesce(sum(u.n), 0)::int from organisation o
               left join lateral (select max(s.last_id) as id from ledger_seal s where s.organisation_id = o.id) l on true
              cross join lateral (select count(*) as n from delivery_event e
                                   where e.organisation_id = o.id and e.id > coalesce(l.id, 0)
                                     and e.at < clock_timestamp() - make_interval(secs => $3)) u) as unsealed
       from distribution n
       join delivery d on d.organisation_id = n.organisation_id and d.distribution_id = n.id
      where d.state in ('unknown', 'held', 'deferred')`,
    [OVERDUE_S, LEASE_OVERDUE_S, UNSEALED_S],
  );
  const { unknown = 0, held = 0, overdue = 0, leases = 0, unsealed = 0 } = row ?? {};
  const worker = 'See that a worker runs and read its log.';
  const findings = [
    unknown + held > 0
      ? warn(
          'ledger.unknown',
          `${unknown} unknown and ${held} held: their final dot left and no answer came.`,
          'Decide about them: "dateline unknown list".',
        )
      : undefined,
    overdue > 0
      ? fail('ledger.overdue', `${overdue} deferred messages are overdue for another try.`, worker)
      : undefined,
    leases > 0 ? fail('ledger.leases', `${leases} shards are held by workers that fell silent.`, worker) : undefined,
    unsealed > 0
      ? warn('ledger.unsealed', `${unsealed} ledger events have waited for their seal for over a minute.`, worker)
      : undefined,
  ].filter((finding) => finding !== undefined);
  return findings.length > 0 ? findings : [ok('ledger.stuck', 'No message is stuck, unknown or held.')];
}
