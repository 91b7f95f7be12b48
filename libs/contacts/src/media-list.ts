import { LANGUAGES, isId, type JournalistId, type MediaListId } from '#libs/kernel';
import { z } from 'zod';

const id = z.string().refine(isId, 'must be an id');
const someIds = z.array(id).min(1).max(1_000);

/** Who is on a filter list: within a facet any value fits, and every facet given must fit. At least one is given. */
export const ListFilter = z
  .strictObject({
    languages: z.array(z.enum(LANGUAGES)).min(1).optional(),
    /** Ids of outlets. */
    outlets: someIds.optional(),
    /** Ids of beats. */
    beats: someIds.optional(),
  })
  .refine((filter) => Object.values(filter).some((facet) => facet !== undefined), 'must hold at least one facet');
export type ListFilter = z.infer<typeof ListFilter>;

/** Whom a release is meant for. `exclude` wins over everything. */
export const AudienceSelection = z.strictObject({
  lists: z.array(id.transform((text) => text as MediaListId)).max(200),
  include: z
    .array(id.transform((text) => text as JournalistId))
    .max(10_000)
    .optional(),
  exclude: z
    .array(id.transform((text) => text as JournalistId))
    .max(10_000)
    .optional(),
});
export type AudienceSelection = z.infer<typeof AudienceSelection>;

/**
 * Journalists on any of the lists $2 of organisation $1, picked ones and those a filter finds now; each once.
 * Indexes: primary key of media_list_member; journalist_outlet_back and journalist_beat_back.
 */
export const LISTED = `
  select m.journalist_id
    from media_list_member m
   where m.organisation_id = $1 and m.list_id = any($2::uuid[])
   union
  select j.id
    from media_list l
    join journalist j on j.organisation_id = l.organisation_id
   where l.organisation_id = $1 and l.id = any($2::uuid[]) and l.kind = 'filter'
     and (l.filter -> 'languages' is null or l.filter -> 'languages' ? j.language)
     and (l.filter -> 'outlets' is null
          or exists (select from journalist_outlet o
                      where o.organisation_id = j.organisation_id and o.journalist_id = j.id
                        and l.filter -> 'outlets' ? o.outlet_id::text))
     and (l.filter -> 'beats' is null
          or exists (select from journalist_beat b
                      where b.organisation_id = j.organisation_id and b.journalist_id = j.id
                        and l.filter -> 'beats' ? b.beat_id::text))`;
