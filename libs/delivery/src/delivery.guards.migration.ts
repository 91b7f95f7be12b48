/**
 * What PostgreSQL refuses or keeps by itself, whatever the TypeScript does. Row triggers with a condition: an update that
 * does not match costs nothing, and the dots of a group pay one look at `lift` each.
 */
export const ROW_GUARDS: readonly string[] = [
  `create function nothing_leaves_without_a_lift() returns trigger language plpgsql as $$
   begin
     if not exists (select from lift l
                     where l.organisation_id = new.organisation_id and l.release_id = new.release_id and l.epoch = new.epoch) then
       raise exception 'the embargo of release % stands: no delivery of it can be %', new.release_id, new.state
         using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger nothing_leaves_without_a_lift before insert on delivery
     for each row when (new.state in ('dot_pending', 'accepted', 'unknown', 'held'))
     execute function nothing_leaves_without_a_lift()`,
  // from one sending state to another the lift was seen already; a row never changes its release
  `create trigger nothing_moves_without_a_lift before update on delivery
     for each row when (new.state in ('dot_pending', 'accepted', 'unknown', 'held')
                        and (old.state not in ('dot_pending', 'accepted', 'unknown', 'held')
                             or (new.organisation_id, new.release_id, new.epoch)
                                is distinct from (old.organisation_id, old.release_id, old.epoch)))
     execute function nothing_leaves_without_a_lift()`,
  `create function delivery_unknown_is_kept() returns trigger language plpgsql as $$
   begin
     if new.state in ('unknown', 'held') then
       insert into delivery_unknown (organisation_id, distribution_id, delivery_id)
       values (new.organisation_id, new.distribution_id, new.id) on conflict do nothing;
     else
       delete from delivery_unknown u
        where u.organisation_id = new.organisation_id and u.distribution_id = new.distribution_id and u.delivery_id = new.id;
     end if;
     return null;
   end $$`,
  `create trigger delivery_unknown_is_kept after update on delivery
     for each row when (old.state is distinct from new.state
                        and (new.state in ('unknown', 'held') or old.state in ('unknown', 'held')))
     execute function delivery_unknown_is_kept()`,
];
