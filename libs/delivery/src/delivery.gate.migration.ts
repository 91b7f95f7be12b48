/**
 * Everything that writes ledger events does so under the shared gate latch: a stop takes it exclusively, so no dot is
 * half-way through when it returns; the sealer takes it exclusively for a moment, so no event with a lower id appears later.
 */
const LATCH = `perform pg_advisory_xact_lock_shared(hashtextextended('gate', 0));`;

/**
 * Taking back a whole distribution keeps its dots and answers out until it commits: the numbers it tells are of one moment,
 * and two statements that lock the same rows in different orders never meet. Asked for after the latch, before the time.
 */
const SENDING = `perform pg_advisory_xact_lock_shared(hashtextextended('sending:' || in_distribution, 0));`;

/** An instant as event bodies tell it. Worked out once a statement: formatting per row costs more than the row. */
const TOLD = `to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const INTO_EVENTS = `insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)`;

/**
 * The columns of a ledger event of row `row`. The body is hashed as it stands, so it is put together as text: from ids,
 * from words of our own, and from `more`, which must be JSON members with a comma before each (see `member`).
 */
const EVENT = (row: string, state: string, more: string) =>
  `${row}.organisation_id, ${row}.distribution_id, ${row}.id, moment, ${state},
   '{"delivery":"' || ${row}.id || '","distribution":"' || ${row}.distribution_id || '","at":"' || told
     || '","state":"' || ${state} || '"' || ${more} || '}'`;

/** A JSON member, or nothing when its value is null. */
const member = (name: string, value: string) => `coalesce(',"${name}":' || to_json(${value})::text, '')`;

export const GATE_FUNCTIONS: readonly string[] = [
  // G1. A worker takes a whole shard, ahead of T, to have it in memory; nothing may leave by this. Rows past their dot under
  // an older token were left behind by a worker that fell silent: unknown. Rows of people suppressed since end here.
  `create function delivery_take(in_organisation uuid, in_distribution uuid, in_shard int, in_worker text, in_lease_seconds int)
   returns uuid language plpgsql as $$
   declare moment timestamptz; told text; taken uuid;
   begin
     ${LATCH}
     moment := clock_timestamp();
     told := ${TOLD};
     update shard s
        set token = gen_random_uuid(), worker = in_worker, lease_until = moment + make_interval(secs => in_lease_seconds)
       from distribution n
      where s.organisation_id = in_organisation and s.distribution_id = in_distribution and s.shard = in_shard
        and s.due_at <= moment and (s.token is null or s.lease_until < moment)
        and n.organisation_id = s.organisation_id and n.id = s.distribution_id and n.state in ('prepared', 'sending')
     returning s.token into taken;
     if taken is null then return null; end if;
     with lost as (
       update delivery d set state = 'unknown', reason = 'no_answer_after_dot', updated_at = moment
        where d.organisation_id = in_organisation and d.distribution_id = in_distribution and d.shard = in_shard
          and d.state = 'dot_pending'
       returning d.organisation_id, d.distribution_id, d.id, d.attempts
     )
     ${INTO_EVENTS}
     select ${EVENT('l', `'unknown'`, `',"attempt":' || l.attempts || ',"reason":"no_answer_after_dot"'`)} from lost l;
     with ended as (
       update delivery d set state = 'suppressed', reason = s.reason, next_at = null, updated_at = moment
         from suppression s
        where d.organisation_id = in_organisation and d.distribution_id = in_distribution and d.shard = in_shard
          and d.state in ('ready', 'deferred') and s.organisation_id = d.organisation_id and s.address_key = d.address_key
       returning d.organisation_id, d.distribution_id, d.id, d.reason
     )
     ${INTO_EVENTS}
     select ${EVENT('e', `'suppressed'`, member('reason', 'e.reason'))} from ended e;
     return taken;
   end $$`,

  // Gives a shard back, with the instant when somebody should come again: at the earliest next try, not before `in_pause_ms`.
  // Without either it is due as of old, not as of now: this server's clock may be the one that is wrong, by hours.
  `create function delivery_release(in_organisation uuid, in_distribution uuid, in_shard int, in_token uuid, in_pause_ms bigint)
   returns timestamptz language sql as $$
     update shard s
        set token = null, worker = null, lease_until = null,
            due_at = (select greatest(coalesce(min(coalesce(d.next_at, '-infinity')), '-infinity'),
                                      case when in_pause_ms > 0
                                           then clock_timestamp() + make_interval(secs => in_pause_ms / 1000.0) end)
                        from delivery d
                       where d.organisation_id = in_organisation and d.distribution_id = in_distribution and d.shard = in_shard
                         and d.state in ('ready', 'deferred', 'dot_pending')
                      -- before the lift somebody has to come even to an empty shard: when all opted out it lifts all the same
                      having count(*) > 0 or exists (select from distribution n
                                                      where n.organisation_id = in_organisation and n.id = in_distribution
                                                        and n.state = 'prepared'))
      where s.organisation_id = in_organisation and s.distribution_id = in_distribution and s.shard = in_shard
        and s.token = in_token
     returning case when s.due_at is not null then greatest(s.due_at, 'epoch') end $$`,

  // G3. One statement per group of connections; each id it returns may let its final dot go, the others may not.
  // Functions of plpgsql take a new snapshot per statement, so the gate is read after the latch is held.
  `create function delivery_open_dots(in_organisation uuid, in_distribution uuid, in_ids uuid[], in_tokens uuid[])
   returns setof uuid language plpgsql as $$
   declare moment timestamptz; told text; of_release uuid; of_epoch int;
   begin
     ${LATCH}
     ${SENDING}
     moment := clock_timestamp();
     told := ${TOLD};
     select n.release_id, n.epoch into of_release, of_epoch
       from distribution n where n.organisation_id = in_organisation and n.id = in_distribution and n.state <> 'cancelled';
     -- asked for this one release: joined to rows, the view would be worked out for every release there is
     if not exists (select from embargo_open o
                     where o.organisation_id = in_organisation and o.release_id = of_release and o.epoch = of_epoch) then
       return;
     end if;
     return query
     with opened as (
       update delivery d
          set state = 'dot_pending', lease_token = t.token, attempts = d.attempts + 1, updated_at = moment
         from unnest(in_ids, in_tokens) as t (id, token), shard s
        where d.organisation_id = in_organisation and d.distribution_id = in_distribution and d.id = t.id
          and s.organisation_id = in_organisation and s.distribution_id = in_distribution and s.shard = d.shard
          and s.token = t.token and s.lease_until > moment
          and d.release_id = of_release and d.epoch = of_epoch and d.state in ('ready', 'deferred')
          and not exists (select from suppression p
                           where p.organisation_id = d.organisation_id and p.address_key = d.address_key)
       returning d.organisation_id, d.distribution_id, d.id, d.attempts, s.worker
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('o', `'dot_pending'`, `',"attempt":' || o.attempts || ',"worker":' || to_json(o.worker)::text`)} from opened o
     )
     select o.id from opened o;
   end $$`,

  // Verdicts of a group. A row that was given up as unknown meanwhile still takes the answer of the worker that sent it.
  // What would be tried again and belongs to a cancelled distribution ends here: nobody comes for it any more.
  // One array per column: taken apart several times faster than JSON.
  `create function delivery_settle(in_organisation uuid, in_distribution uuid, in_ids uuid[], in_tokens uuid[], in_states text[],
     in_replies text[], in_reasons text[], in_codes int[], in_waits_ms bigint[], in_observed timestamptz[])
   returns setof uuid language plpgsql as $$
   declare moment timestamptz; told text; over boolean;
   begin
     ${LATCH}
     ${SENDING}
     moment := clock_timestamp();
     told := ${TOLD};
     over := exists (select from distribution n
                      where n.organisation_id = in_organisation and n.id = in_distribution and n.state = 'cancelled');
     return query
     with settled as (
       update delivery d
          set state = case when over and v.state in ('ready', 'deferred') then 'cancelled' else v.state end,
              reply = v.reply, reason = v.reason,
              next_at = case when not over then moment + make_interval(secs => v.wait_ms / 1000.0) end,
              accepted_at = case when v.state = 'accepted' then v.observed_at end,
              attempts = d.attempts + case when v.state = 'ready' then -1 when d.state in ('ready', 'deferred') then 1 else 0 end,
              updated_at = moment
         from unnest(in_ids, in_tokens, in_states, in_replies, in_reasons, in_codes, in_waits_ms, in_observed)
           as v (id, token, state, reply, reason, code, wait_ms, observed_at)
        where d.organisation_id = in_organisation and d.distribution_id = in_distribution and d.id = v.id
          and ((d.lease_token = v.token and (d.state = 'dot_pending' or d.state in ('unknown', 'held') and v.state <> 'unknown'))
               -- refused or put off before the dot: the shard must still be ours
               or (d.state in ('ready', 'deferred') and v.state in ('refused', 'deferred', 'expired')
                   and exists (select from shard s
                                where s.organisation_id = in_organisation and s.distribution_id = in_distribution
                                  and s.shard = d.shard and s.token = v.token)))
       returning d.organisation_id, d.distribution_id, d.id, d.state, d.attempts, d.reply, d.reason, d.next_at, v.code, v.observed_at
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT(
         's',
         's.state',
         `',"attempt":' || s.attempts || ${member('code', 's.code')} || ${member('reply', 's.reply')}
          || ${member('reason', 's.reason')} || ${member('nextAt', 's.next_at')} || ${member('observedAt', 's.observed_at')}`,
       )} from settled s
     )
     select s.id from settled s;
   end $$`,

  // Cancel (address key null: the whole distribution), unsubscribe and erase (one address, every distribution when null).
  // Row locks order one address against G3, whichever commits first on a row wins it; a whole distribution keeps G3 out
  // until the cancel commits. Returns how many rows were taken back.
  `create function delivery_recall(in_organisation uuid, in_distribution uuid, in_address_key bytea, in_state text, in_reason text)
   returns int language plpgsql as $$
   declare moment timestamptz; told text; taken int;
   begin
     ${LATCH}
     if in_address_key is null then
       perform pg_advisory_xact_lock(hashtextextended('sending:' || in_distribution, 0));
     end if;
     moment := clock_timestamp();
     told := ${TOLD};
     with recalled as (
       update delivery d
          set state = in_state, reason = in_reason, next_at = null, updated_at = moment
        where d.organisation_id = in_organisation
          and (in_distribution is null or d.distribution_id = in_distribution)
          and (in_address_key is null or d.address_key = in_address_key)
          and d.state in ('planned', 'ready', 'deferred')
          and in_state in ('cancelled', 'suppressed', 'expired')
       returning d.organisation_id, d.distribution_id, d.id
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('r', 'in_state', member('reason', 'in_reason'))} from recalled r
       returning 1
     )
     select count(*)::int into taken from written;
     return taken;
   end $$`,

  // Shards whose worker fell silent. Rows not past the dot simply wait for the next worker; past it they are unknown, and
  // after the grace held or, where the release says so, ready for a byte-identical resend under the same Message-ID.
  `create function delivery_sweep(in_grace_seconds int, out freed int, out lost int, out decided int)
   language plpgsql as $$
   declare moment timestamptz; told text;
   begin
     ${LATCH}
     moment := clock_timestamp();
     told := ${TOLD};
     with silent as (
       update shard s
          set token = null, worker = null, lease_until = null, due_at = coalesce(s.due_at, moment)
        where s.token is not null and s.lease_until < moment
       returning s.organisation_id, s.distribution_id, s.shard
     ), late as (
       update delivery d set state = 'unknown', reason = 'no_answer_after_dot', updated_at = moment
         from silent s
        where d.organisation_id = s.organisation_id and d.distribution_id = s.distribution_id and d.shard = s.shard
          and d.state = 'dot_pending'
       returning d.organisation_id, d.distribution_id, d.id, d.attempts
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('l', `'unknown'`, `',"attempt":' || l.attempts || ',"reason":"no_answer_after_dot"'`)}
         from late l returning 1
     ) select (select count(*) from silent)::int, (select count(*) from written)::int into freed, lost;
     -- a cancel that is under way is waited for: a row made ready behind its back would stay so for ever
     perform from distribution n
       where (n.organisation_id, n.id) in (select u.organisation_id, u.distribution_id from delivery_unknown u
                                            where u.since < moment - make_interval(secs => in_grace_seconds))
         for share;
     with old as (
       update delivery d
          set state = case when p.resend then 'ready' else 'held' end,
              reason = case when p.resend then 'resent_after_unknown' else 'held_after_unknown' end,
              lease_token = case when p.resend then null else d.lease_token end, updated_at = moment
         from delivery_unknown u
         join distribution n on n.organisation_id = u.organisation_id and n.id = u.distribution_id
        -- nothing of a cancelled distribution is sent again, and it is not left unknown for ever either
        cross join lateral (select n.unknown_policy = 'resend' and n.state <> 'cancelled' as resend) p
        where u.since < moment - make_interval(secs => in_grace_seconds)
          and d.organisation_id = u.organisation_id and d.distribution_id = u.distribution_id and d.id = u.delivery_id
          and d.state = 'unknown'
       returning d.organisation_id, d.distribution_id, d.id, d.shard, d.state, d.reason
     ), again as (
       update shard s set due_at = moment
         from (select distinct o.organisation_id, o.distribution_id, o.shard from old o where o.state = 'ready') o
        where s.organisation_id = o.organisation_id and s.distribution_id = o.distribution_id and s.shard = o.shard
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('w', 'w.state', member('reason', 'w.reason'))} from old w returning 1
     ) select count(*)::int into decided from written;
   end $$`,

  // Thousands of rows have just become ready; the planner must know before T. Only an owner may analyse, so this is lent.
  `create function delivery_analyze() returns void language plpgsql security definer set search_path = public, pg_temp as $$
   begin
     analyze delivery;
     analyze delivery_message;
     analyze shard;
   end $$`,
];
