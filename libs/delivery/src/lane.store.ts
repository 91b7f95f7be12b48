import { Alarms, type Database, type Tx } from '#libs/kernel';
import type { LaneTrouble } from './lane.js';
import { LONG_COOLING_MS, type KnownLane, type LaneChange, type Lanes } from './lanes.js';

/** Opened by ops or by another worker's success: told to the others for this long. */
const TELL_OPEN_SECONDS = 60;
const ALARM_REPLY = 300;

/** Shares what the lanes of one worker learn with other workers and with people. */
export class LaneStore {
  private readonly alarms = new Alarms();

  /** @param relay as alarms and the table name it: host and port */
  constructor(private readonly relay: string) {}

  /** About once a second: tells what began to cool or opened here, then learns what did elsewhere. */
  async refresh(db: Database, lanes: Lanes): Promise<void> {
    const changes = lanes.takeChanges();
    try {
      if (changes.length > 0) await this.tell(db, changes);
    } catch (error) {
      lanes.untold(changes);
      throw error;
    }
    // primary key (relay, lane); a handful of rows
    const rows = await db.rows<Omit<KnownLane, 'trouble'> & LaneTrouble & { reply: string | null }>(
      `select lane, strikes, kind, why, reply,
              (extract(epoch from held_until - clock_timestamp()) * 1000)::float8 as "waitMs"
         from lane
        where relay = $1 and (held_until > clock_timestamp()
                              or held_until is null and changed_at > clock_timestamp() - make_interval(secs => $2))`,
      [this.relay, TELL_OPEN_SECONDS],
    );
    lanes.learn(
      rows.map(({ lane, strikes, waitMs, kind, why, reply }) => ({
        lane,
        strikes,
        waitMs,
        trouble: { kind, why, ...(reply === null ? {} : { reply }) },
      })),
    );
  }

  private async tell(db: Database, changes: readonly LaneChange[]): Promise<void> {
    const cooling = changes.filter((change) => change.waitMs > 0);
    const opened = changes.filter((change) => change.waitMs === 0).map((change) => change.lane);
    await db.transaction(async (tx) => {
      await tx.run(COOL, [this.relay, JSON.stringify(cooling)]);
      await tx.run(
        `update lane set held_until = null, changed_at = clock_timestamp()
          where relay = $1 and lane = any($2) and held_until is not null`,
        [this.relay, opened],
      );
      for (const change of cooling) await this.raise(tx, change);
      for (const lane of opened) await this.clear(tx, lane);
    });
  }

  private async raise(tx: Tx, { lane, waitMs, trouble }: LaneChange): Promise<void> {
    if (!trouble) return;
    const said = (trouble.reply ?? trouble.why).slice(0, ALARM_REPLY);
    if (trouble.kind !== 'throttled') {
      const says = `${lane} refuses us, not its people: ${said} Their messages wait, nobody else’s do. Mend it, then: dateline lanes open ${lane}`;
      await this.alarms.raise(tx, 'smtp.domain', lane, says);
    } else if (waitMs >= LONG_COOLING_MS * 0.9) {
      const says = `${lane} has been asking us to slow down for a while: ${said} Its messages wait and go bit by bit; nobody else’s wait.`;
      await this.alarms.raise(tx, 'smtp.throttled', lane, says);
    }
  }

  private async clear(tx: Tx, lane: string): Promise<void> {
    await this.alarms.clear(tx, 'smtp.domain', lane);
    await this.alarms.clear(tx, 'smtp.throttled', lane);
  }

  /**
   * Messages whose lane has no place for them now: nobody comes for them before their time. Neither a state nor a try of
   * theirs changes, so the ledger has no event of it; those that are `deferred` keep the time that their event tells.
   * @param token of the shard, which must still be held
   */
  async postpone(
    tx: Pick<Tx, 'rows'>,
    shard: { readonly organisation: string; readonly distribution: string; readonly shard: number },
    token: string,
    waits: readonly { readonly id: string; readonly waitMs: number }[],
  ): Promise<void> {
    if (waits.length === 0) return;
    await tx.rows(
      `update delivery d set next_at = clock_timestamp() + make_interval(secs => w.wait / 1000.0)
         from unnest($5::uuid[], $6::float8[]) as w (id, wait)
        where d.organisation_id = $1 and d.distribution_id = $2 and d.id = w.id and d.state = 'ready'
          and exists (select from shard s
                       where s.organisation_id = $1 and s.distribution_id = $2 and s.shard = $3 and s.token = $4)`,
      [
        shard.organisation,
        shard.distribution,
        shard.shard,
        token,
        waits.map((w) => w.id),
        waits.map((w) => Math.round(w.waitMs)),
      ],
    );
  }
}

const COOL = `
  insert into lane (relay, lane, held_until, kind, why, reply, strikes, changed_at)
  select $1, c.lane, clock_timestamp() + make_interval(secs => c."waitMs" / 1000.0), c.trouble ->> 'kind', c.trouble ->> 'why',
         c.trouble ->> 'reply', c.strikes, clock_timestamp()
    from jsonb_to_recordset($2::jsonb) as c (lane text, "waitMs" float8, strikes int, trouble jsonb)
   where c.trouble is not null
   order by c.lane
  on conflict (relay, lane) do update
     set held_until = greatest(lane.held_until, excluded.held_until), kind = excluded.kind, why = excluded.why,
         reply = excluded.reply, strikes = excluded.strikes, changed_at = excluded.changed_at`;
