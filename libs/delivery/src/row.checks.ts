import type { OrganisationId, Tx } from '#libs/kernel';
import { DELIVERY_MOVES, type DeliveryState } from './delivery.states.js';
import type { LedgerFault } from './seal.check.js';

const MOST_FAULTS = 100;

/**
 * What the ledger says of each delivery, for all of them at once: a hash aggregate over one pass through the events. None
 * of these checks needs an index, so none has to be kept up while sending.
 */
const TOLD = `
  told as (
    select e.distribution_id, e.delivery_id, min(e.id) as first, max(e.id) as last,
           count(*) filter (where e.state = 'accepted') as accepted,
           min(e.at) filter (where e.state in ('dot_pending', 'accepted')) as left_at
      from delivery_event e where e.organisation_id = $1
     group by e.distribution_id, e.delivery_id
  )`;

/** One row for each sentence that is true of a delivery. */
const faultsOf = (sentences: Readonly<Record<string, string>>) =>
  `cross join lateral (values ${Object.entries(sentences)
    .map(([what, broken]) => `('${what}', ${broken})`)
    .join(',\n      ')}) as fault (what, broken)
   where fault.broken limit ${MOST_FAULTS}`;

/** Present state, instants and lift. `planned` becomes `ready` without an event, when its message is prepared. */
const STATES = `
  with ${TOLD}
  select 'delivery ' || coalesce(d.id, t.delivery_id) as where, fault.what
    from told t
    full join (select * from delivery where organisation_id = $1) d
           on d.distribution_id = t.distribution_id and d.id = t.delivery_id
    left join delivery_event l on l.organisation_id = $1 and l.id = t.last
    left join distribution n on n.organisation_id = $1 and n.id = coalesce(d.distribution_id, t.distribution_id)
    left join lift on lift.organisation_id = $1 and lift.release_id = n.release_id and lift.epoch = n.epoch
    ${faultsOf({
      'is told by the ledger, and its row is gone': `d.id is null`,
      'its state is not the last one the ledger tells': `d.id is not null
         and l.state is distinct from d.state and not coalesce(l.state = 'planned' and d.state = 'ready', false)`,
      'belongs to another release than its distribution': `d.id is not null
         and (d.release_id, d.epoch) is distinct from (n.release_id, n.epoch)`,
      'left, or was accepted, before T or without a lift': `t.left_at is not null
         and (lift.lifted_at is null or t.left_at < lift.lifted_at or t.left_at < n.lifts_at or d.accepted_at < n.lifts_at)`,
      'was accepted more than once': `t.accepted > 1`,
    })}`;

const TWICE = `
  select 'recipient ' || left(encode(d.address_key, 'hex'), 12) as where, 'went twice to one recipient of one distribution' as what
    from delivery d where d.organisation_id = $1 and d.state = 'accepted'
   group by d.distribution_id, d.address_key having count(*) > 1 limit ${MOST_FAULTS}`;

const PLANNED = `
  select 'distribution ' || n.id as where, 'has not as many rows as were planned' as what
    from distribution n
    left join (select d.distribution_id, count(*) as rows from delivery d where d.organisation_id = $1 group by 1) c
           on c.distribution_id = n.id
   where n.organisation_id = $1 and n.planned <> coalesce(c.rows, 0) limit ${MOST_FAULTS}`;

/** The row is what its last event says, and goes to whom its first one planned it for. */
const RECORDS = `
  with ${TOLD}
  select 'delivery ' || d.id as where, fault.what
    from told t
    join delivery d on d.organisation_id = $1 and d.distribution_id = t.distribution_id and d.id = t.delivery_id
    join delivery_event l on l.organisation_id = $1 and l.id = t.last
    join delivery_event f on f.organisation_id = $1 and f.id = t.first
   cross join lateral json_to_record(l.body::json)
      as says (reason text, attempt int, reply text, "observedAt" timestamptz, "nextAt" timestamptz)
   cross join lateral json_to_record(f.body::json) as planned (recipient text, language text)
    ${faultsOf({
      'its row does not say what its last event says': `l.state = d.state
         and (d.updated_at <> l.at or d.attempts <> says.attempt
              or (d.state <> 'dot_pending' and d.reason is distinct from says.reason)
              or (says."observedAt" is not null and d.reply is distinct from says.reply)
              or (d.state = 'deferred' and d.next_at is distinct from says."nextAt"))`,
      'says another instant of acceptance than the ledger': `d.accepted_at is distinct from
         case when l.state = 'accepted' and d.state = 'accepted' then says."observedAt" end`,
      'is not for whom it was planned': `f.state in ('planned', 'suppressed')
         and (encode(d.address_key, 'hex'), d.language) is distinct from (planned.recipient, planned.language)`,
    })}`;

/** T and the lift as the audit chain told them when it happened. */
const LIFTS = `
  select 'distribution ' || n.id as where, 'has another T or lift than the audit chain tells' as what
    from audit_line a
   cross join lateral json_to_record(a.body::json -> 'facts') as told (distribution uuid, "liftsAt" timestamptz, "liftedAt" timestamptz)
    join distribution n on n.organisation_id = $1 and n.id = told.distribution
    left join lift l on l.organisation_id = $1 and l.release_id = n.release_id and l.epoch = n.epoch
   where a.organisation_id = $1 and a.type = 'embargo.lifted'
     -- the line has whole milliseconds
     and (n.lifts_at <> told."liftsAt" or l.lifted_at is null or abs(extract(epoch from l.lifted_at - told."liftedAt")) > 0.002)
   limit ${MOST_FAULTS}`;

/** Every way a delivery went, each once: however many deliveries there are, they go a few dozen ways. */
const WAYS = `
  select w.way, min(w.delivery_id::text) as delivery, count(*)::int as n
    from (select e.delivery_id, string_agg(e.state, ' ' order by e.id) as way
            from delivery_event e where e.organisation_id = $1
           group by e.distribution_id, e.delivery_id) w
   group by w.way`;

/** Compares rows of the ledger with its events, whole tables at a time. */
export class RowChecks {
  constructor(
    private readonly tx: Pick<Tx, 'rows'>,
    private readonly organisation: OrganisationId,
  ) {}

  async run(): Promise<readonly LedgerFault[]> {
    const found: LedgerFault[] = [];
    for (const sql of [STATES, TWICE, PLANNED]) found.push(...(await this.faults(sql)));
    found.push(...(await this.ways()));
    // last: where a text is no JSON any more, which was told already, these fail and the transaction with them
    for (const sql of [LIFTS, RECORDS]) {
      try {
        found.push(...(await this.faults(sql)));
      } catch (error) {
        if (!isDataFault(error)) throw error;
        return [
          ...found,
          { where: 'the ledger', what: 'has texts that cannot be read, so rows could not be compared with them' },
        ];
      }
    }
    return found;
  }

  private faults(sql: string): Promise<LedgerFault[]> {
    return this.tx.rows<LedgerFault>(sql, [this.organisation]);
  }

  private async ways(): Promise<LedgerFault[]> {
    const ways = await this.tx.rows<{ way: string; delivery: string; n: number }>(WAYS, [this.organisation]);
    return ways
      .filter(({ way }) => !mayGo(way.split(' ')))
      .slice(0, MOST_FAULTS)
      .map(({ way, delivery, n }) => ({
        where: n === 1 ? `delivery ${delivery}` : `delivery ${delivery} and ${n - 1} more`,
        what: `went a way that does not exist: ${way.slice(0, 200)}`,
      }));
  }
}

/** Whether a delivery's events can follow each other like this. */
function mayGo(way: readonly string[]): boolean {
  if (way[0] !== 'planned' && way[0] !== 'suppressed') return false;
  return way.slice(1).every((to, at) => movesFrom(way[at]).includes(to));
}

function movesFrom(state: string | undefined): readonly string[] {
  const moves: Readonly<Record<string, readonly DeliveryState[] | undefined>> = DELIVERY_MOVES;
  // the step from planned to ready writes no event
  return state === 'planned' ? [...DELIVERY_MOVES.planned, ...DELIVERY_MOVES.ready] : (moves[state ?? ''] ?? []);
}

/** SQLSTATE class 22: a text that is no JSON, a number that is none. */
function isDataFault(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22');
}
