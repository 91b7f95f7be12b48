/** The body of a ledger event, as text that is hashed as it stands. `x` is what this state adds. */
const EVENT = (row: string, state: string, extra: string) =>
  `${row}.organisation_id, ${row}.distribution_id, ${row}.id, moment, ${state},
   jsonb_strip_nulls(jsonb_build_object('delivery', ${row}.id, 'distribution', ${row}.distribution_id,
     'at', to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'state', ${state}) || ${extra})::text`;

const INTO_EVENTS = `insert into delivery_event (organisation_id, distribution_id, delivery_id, at, state, body)`;

/**
 * Everything that writes ledger events does so under the shared gate latch: a stop takes it exclusively, so no dot is
 * half-way through when it returns; the sealer takes it exclusively for a moment, so no event with a lower id appears later.
 */
const LATCH = `perform pg_advisory_xact_lock_shared(hashtextextended('gate', 0));`;

export const GATE_FUNCTIONS: readonly string[] = [
  // G3. One statement per group of connections; each id it returns may let its final dot go, the others may not.
  // Functions of plpgsql take a new snapshot per statement, so the gate is read after the latch is held.
  `create function delivery_open_dots(in_organisation uuid, in_distribution uuid, in_ids uuid[], in_tokens uuid[])
   returns setof uuid language plpgsql as $$
   declare moment timestamptz; of_release uuid; of_epoch int;
   begin
     ${LATCH}
     moment := clock_timestamp();
     select n.release_id, n.epoch into of_release, of_epoch
       from distribution n where n.organisation_id = in_organisation and n.id = in_distribution;
     -- asked for this one release: joined to rows, the view would be worked out for every release there is
     if not exists (select from embargo_open o
                     where o.organisation_id = in_organisation and o.release_id = of_release and o.epoch = of_epoch) then
       return;
     end if;
     return query
     with opened as (
       update delivery d
          set state = 'dot_pending', updated_at = moment
         from unnest(in_ids, in_tokens) as t (id, token)
        where d.organisation_id = in_organisation and d.distribution_id = in_distribution and d.id = t.id
          and d.release_id = of_release and d.epoch = of_epoch
          and d.state = 'claimed' and d.lease_token = t.token and d.lease_until > moment
          and not exists (select from suppression s
                           where s.organisation_id = d.organisation_id and s.address_key = d.address_key)
       returning d.organisation_id, d.distribution_id, d.id, d.attempts, d.leased_by
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('o', `'dot_pending'`, `jsonb_build_object('attempt', o.attempts, 'worker', o.leased_by)`)} from opened o
     )
     select o.id from opened o;
   end $$`,

  // Verdicts of a group. A row that was swept to unknown meanwhile still takes the answer of the worker that held it.
  `create function delivery_settle(in_organisation uuid, in_distribution uuid, in_verdicts jsonb)
   returns setof uuid language plpgsql as $$
   declare moment timestamptz;
   begin
     ${LATCH}
     moment := clock_timestamp();
     return query
     with settled as (
       update delivery d
          set state = v.state, reply = v.reply, reason = v.reason,
              next_at = moment + make_interval(secs => v.wait_ms / 1000.0),
              accepted_at = case when v.state = 'accepted' then v.observed_at end,
              attempts = d.attempts - case when v.state = 'ready' then 1 else 0 end,
              lease_until = case when v.state = 'unknown' then moment end, updated_at = moment
         from jsonb_to_recordset(in_verdicts)
           as v (id uuid, token uuid, state text, reply text, reason text, code int, wait_ms bigint, observed_at timestamptz)
        where d.organisation_id = in_organisation and d.distribution_id = in_distribution and d.id = v.id
          and d.lease_token = v.token
          and (d.state = 'dot_pending'
               or (d.state = 'claimed' and v.state in ('ready', 'refused', 'deferred', 'expired'))
               or (d.state = 'unknown' and v.state in ('accepted', 'refused', 'deferred')))
       returning d.organisation_id, d.distribution_id, d.id, d.state, d.attempts, d.leased_by, d.reply, d.reason, d.next_at,
                 v.code, v.observed_at
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT(
         's',
         's.state',
         `jsonb_build_object('attempt', s.attempts, 'worker', s.leased_by, 'reply', s.reply, 'reason', s.reason, 'code', s.code,
            'nextAt', s.next_at, 'observedAt', to_char(s.observed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`,
       )} from settled s where s.state <> 'ready' or s.reason = 'dot_not_sent'
     )
     select s.id from settled s;
   end $$`,

  // Cancel (address key null: the whole distribution), unsubscribe and erase (one address, every distribution when null).
  // Row locks order it against G3: whichever commits first on a row wins it. Returns how many rows were taken back.
  `create function delivery_recall(in_organisation uuid, in_distribution uuid, in_address_key bytea, in_state text, in_reason text)
   returns int language plpgsql as $$
   declare moment timestamptz; taken int;
   begin
     ${LATCH}
     moment := clock_timestamp();
     with recalled as (
       update delivery d
          set state = in_state, reason = in_reason, lease_token = null, lease_until = null, next_at = null, updated_at = moment
        where d.organisation_id = in_organisation
          and (in_distribution is null or d.distribution_id = in_distribution)
          and (in_address_key is null or d.address_key = in_address_key)
          and d.state in ('planned', 'ready', 'claimed', 'deferred')
          and in_state in ('cancelled', 'suppressed', 'expired')
       returning d.organisation_id, d.distribution_id, d.id
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('r', 'in_state', `jsonb_build_object('reason', in_reason)`)} from recalled r
       returning 1
     )
     select count(*)::int into taken from written;
     return taken;
   end $$`,

  // Leases that ran out. Not yet past the dot: ready again. Past the dot: unknown, and after the grace held or, where the
  // release says so, ready for a byte-identical resend under the same Message-ID. Never deleted, never sent blindly.
  `create function delivery_sweep(in_grace_seconds int, out freed int, out lost int, out decided int)
   language plpgsql as $$
   declare moment timestamptz;
   begin
     ${LATCH}
     moment := clock_timestamp();
     with late as (
       update delivery d set state = 'ready', lease_token = null, lease_until = null, updated_at = moment
        where d.state = 'claimed' and d.lease_until < moment returning 1
     ) select count(*)::int into freed from late;
     with late as (
       update delivery d set state = 'unknown', reason = 'no_answer_after_dot', lease_until = moment, updated_at = moment
        where d.state = 'dot_pending' and d.lease_until < moment
       returning d.organisation_id, d.distribution_id, d.id, d.attempts, d.leased_by
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('l', `'unknown'`, `jsonb_build_object('attempt', l.attempts, 'worker', l.leased_by, 'reason', 'no_answer_after_dot')`)}
         from late l returning 1
     ) select count(*)::int into lost from written;
     with old as (
       update delivery d
          set state = case when n.unknown_policy = 'resend' then 'ready' else 'held' end,
              reason = case when n.unknown_policy = 'resend' then 'resent_after_unknown' else 'held_after_unknown' end,
              lease_token = case when n.unknown_policy = 'resend' then null else d.lease_token end,
              lease_until = null, updated_at = moment
         from distribution n
        where n.organisation_id = d.organisation_id and n.id = d.distribution_id and n.state <> 'cancelled'
          and d.state = 'unknown' and d.lease_until < moment - make_interval(secs => in_grace_seconds)
       returning d.organisation_id, d.distribution_id, d.id, d.state, d.reason
     ), written as (
       ${INTO_EVENTS}
       select ${EVENT('w', 'w.state', `jsonb_build_object('reason', w.reason)`)} from old w returning 1
     ) select count(*)::int into decided from written;
   end $$`,

  // Thousands of rows have just become ready; the planner must know before T. Only an owner may analyse, so this is lent.
  `create function delivery_analyze() returns void language plpgsql security definer set search_path = public, pg_temp as $$
   begin
     analyze delivery;
     analyze delivery_message;
   end $$`,
];
