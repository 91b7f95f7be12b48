import type { MigrationClass } from '#libs/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * T, the stop button, the one definition of "may leave" and the lift. What a forged, borrowed or early lift meets is here,
 * in PostgreSQL, and holds even if every line of TypeScript is wrong.
 */
class Embargo1795400004000 implements MigrationInterface {
  name = 'Embargo1795400004000';

  async up(run: QueryRunner): Promise<void> {
    await this.tables(run);
    await this.gate(run);
    await this.lift(run);
  }

  private async tables(run: QueryRunner): Promise<void> {
    await run.query(`
      create table embargo (
        organisation_id uuid not null,
        release_id uuid not null,
        lifts_at timestamptz not null,
        wall text not null,
        zone text not null,
        utc_offset text not null,
        tzdb text not null,
        set_by uuid not null,
        set_at timestamptz not null default clock_timestamp(),
        primary key (organisation_id, release_id),
        foreign key (organisation_id, release_id) references release (organisation_id, id)
      )`);
    await run.query(`
      create table stop_button (
        id uuid primary key default gen_random_uuid(),
        organisation_id uuid,
        release_id uuid,
        reason text not null check (length(reason) between 1 and 500),
        pressed_by text not null,
        pressed_at timestamptz not null default clock_timestamp(),
        raised_by text,
        raised_at timestamptz,
        check (release_id is null or organisation_id is not null),
        foreign key (organisation_id, release_id) references release (organisation_id, id)
      )`);
    await run.query(
      `create index stop_button_pressed on stop_button (organisation_id, release_id) where raised_at is null`,
    );
    // a pressed button leaves no way but being raised, once, by somebody named
    await run.query(`
      create function stop_button_only_raises() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or old.raised_at is not null or new.raised_at is null or new.raised_by is null
           or (new.id, new.reason, new.pressed_by, new.pressed_at) is distinct from (old.id, old.reason, old.pressed_by, old.pressed_at)
           or (new.organisation_id, new.release_id) is distinct from (old.organisation_id, old.release_id) then
          raise exception 'a stop button can only be raised' using errcode = 'restrict_violation';
        end if;
        return new;
      end $$`);
    await run.query(`
      create trigger stop_button_only_raises before update or delete on stop_button
        for each row execute function stop_button_only_raises()`);
    await run.query(`revoke delete, truncate on stop_button from dateline_app`);
  }

  private async gate(run: QueryRunner): Promise<void> {
    await run.query(gateView());
  }

  private async lift(run: QueryRunner): Promise<void> {
    await run.query(`
      create table lift (
        organisation_id uuid not null,
        release_id uuid not null,
        epoch int not null,
        lifts_at timestamptz not null,
        lifted_at timestamptz not null,
        version_sha256 bytea not null,
        primary key (organisation_id, release_id),
        unique (organisation_id, release_id, epoch),
        foreign key (organisation_id, release_id) references release (organisation_id, id),
        check (lifted_at >= lifts_at)
      )`);
    // whatever the writer says of time, version or epoch is overwritten by what the gate says now
    await run.query(`
      create function lift_asks_the_gate() returns trigger language plpgsql as $$
      declare
        gate embargo_open%rowtype;
      begin
        select * into gate from embargo_open o
         where o.organisation_id = new.organisation_id and o.release_id = new.release_id and o.epoch = new.epoch;
        if not found then
          raise exception 'the embargo of release % stands', new.release_id using errcode = 'restrict_violation';
        end if;
        new.lifts_at := gate.lifts_at;
        new.version_sha256 := gate.version_sha256;
        new.lifted_at := clock_timestamp();
        return new;
      end $$`);
    await run.query(
      `create trigger lift_asks_the_gate before insert on lift for each row execute function lift_asks_the_gate()`,
    );
    await run.query(
      `create trigger lift_append_only before update or delete on lift for each row execute function refuse_change()`,
    );
    await run.query(
      `create trigger lift_no_truncate before truncate on lift for each statement execute function refuse_change()`,
    );
    await run.query(`revoke update, delete, truncate on lift from dateline_app`);
    // once lifted, T is history
    await run.query(`
      create function embargo_stays_once_lifted() returns trigger language plpgsql as $$
      begin
        if exists (select from lift l where l.organisation_id = old.organisation_id and l.release_id = old.release_id) then
          raise exception 'the embargo has lifted and cannot move' using errcode = 'restrict_violation';
        end if;
        if tg_op = 'DELETE' then return old; end if;
        return new;
      end $$`);
    await run.query(`
      create trigger embargo_stays_once_lifted before update or delete on embargo
        for each row execute function embargo_stays_once_lifted()`);
  }

  async down(run: QueryRunner): Promise<void> {
    await run.query(`drop table lift`);
    await run.query(`drop view embargo_open`);
    await run.query(`drop table stop_button`);
    await run.query(`drop table embargo`);
    await run.query(`drop function lift_asks_the_gate()`);
    await run.query(`drop function embargo_stays_once_lifted()`);
    await run.query(`drop function stop_button_only_raises()`);
  }
}

/**
 * The only place that asks "may it leave?". clock_timestamp(), not now(): a transaction that began before T and asks after
 * it, or the reverse, is answered by the instant of asking.
 * @param also what a later migration adds: " and …"
 */
export function gateView(also = ''): string {
  return `
  create or replace view embargo_open with (security_barrier) as
  select r.organisation_id, r.id as release_id, r.epoch, e.lifts_at, r.version_sha256, r.audience_sha256
    from release r
    join embargo e on e.organisation_id = r.organisation_id and e.release_id = r.id
    join approval a on a.organisation_id = r.organisation_id and a.release_id = r.id and a.epoch = r.epoch
   where r.state in ('scheduled', 'preparing', 'prepared', 'releasing', 'released', 'corrected')
     and a.version_sha256 = r.version_sha256
     and a.audience_sha256 = r.audience_sha256
     and a.lifts_at = e.lifts_at
     and e.lifts_at <= clock_timestamp() ${also}
     and not exists (
           select from stop_button s
            where s.raised_at is null
              and (s.organisation_id is null
                   or (s.organisation_id = r.organisation_id and (s.release_id is null or s.release_id = r.id))))`;
}

export const embargoMigrations: readonly MigrationClass[] = [Embargo1795400004000];
