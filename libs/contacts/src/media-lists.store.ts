import type { AuditLog } from '#libs/audit';
import {
  Problem,
  newId,
  type Actor,
  type JournalistId,
  type MediaListId,
  type OrganisationId,
  type Tx,
} from '#libs/kernel';
import { oneLabel } from './label.js';
import { ListFilter } from './media-list.js';

export interface MediaList {
  readonly id: MediaListId;
  readonly name: string;
  readonly kind: 'picked' | 'filter';
  readonly filter: ListFilter | null;
}

/** Named sets of journalists: picked by hand, or found by a filter each time they are asked for. */
export class MediaLists {
  constructor(private readonly audit: AuditLog) {}

  /** Throws a Problem when the name does not fit or is taken. */
  async createPicked(tx: Tx, by: Actor, name: string): Promise<MediaListId> {
    return this.create(tx, by, name, null);
  }

  /** Throws a Problem when the filter does not fit, names an unknown outlet or beat, or the name is taken. */
  async createFilter(tx: Tx, by: Actor, name: string, filter: ListFilter): Promise<MediaListId> {
    const parsed = ListFilter.safeParse(filter);
    if (!parsed.success) throw badFilter(parsed.error.issues[0]?.message ?? 'does not fit');
    await this.mustKnow(tx, by.organisation, 'outlet', parsed.data.outlets ?? []);
    await this.mustKnow(tx, by.organisation, 'beat', parsed.data.beats ?? []);
    return this.create(tx, by, name, parsed.data);
  }

  /** In order of name. */
  async all(tx: Pick<Tx, 'rows'>, organisation: OrganisationId): Promise<MediaList[]> {
    return tx.rows<MediaList>(`${SELECT} where organisation_id = $1 order by name_key`, [organisation]);
  }

  /** By name, in any case. */
  async findByName(tx: Pick<Tx, 'first'>, organisation: OrganisationId, name: string): Promise<MediaList | undefined> {
    const { key } = oneLabel(name, 'lists', 'list');
    return tx.first<MediaList>(`${SELECT} where organisation_id = $1 and name_key = $2`, [organisation, key]);
  }

  /** Ids of outlets or beats by name, in any case; for filters. Throws a Problem that names the first unknown one. */
  async idsOf(
    tx: Pick<Tx, 'rows'>,
    organisation: OrganisationId,
    thing: 'outlet' | 'beat',
    names: readonly string[],
  ): Promise<string[]> {
    const labels = names.map((name) => oneLabel(name, thing, thing));
    const rows = await tx.rows<{ id: string; name_key: string }>(
      `select id, name_key from ${thing} where organisation_id = $1 and name_key = any($2)`,
      [organisation, labels.map((label) => label.key)],
    );
    const known = new Map(rows.map((row) => [row.name_key, row.id]));
    return labels.map((label) => known.get(label.key) ?? raise(unknownLabel(thing, label.name)));
  }

  /** Picks journalists for a list; those on it already stay. Returns how many are new on it. */
  async pick(tx: Tx, by: Actor, list: MediaListId, journalists: readonly JournalistId[]): Promise<number> {
    await this.mustBePicked(tx, by.organisation, list);
    const added = await tx.run(
      `insert into media_list_member (organisation_id, list_id, journalist_id)
       select $1, $2, j.id from journalist j where j.organisation_id = $1 and j.id = any($3::uuid[])
       on conflict do nothing`,
      [by.organisation, list, journalists],
    );
    await this.record(tx, by, list, 'picked', { added });
    return added;
  }

  /** Takes journalists off a picked list; they stay known. Returns how many were on it. */
  async drop(tx: Tx, by: Actor, list: MediaListId, journalists: readonly JournalistId[]): Promise<number> {
    await this.mustBePicked(tx, by.organisation, list);
    const dropped = await tx.run(
      `delete from media_list_member where organisation_id = $1 and list_id = $2 and journalist_id = any($3::uuid[])`,
      [by.organisation, list, journalists],
    );
    await this.record(tx, by, list, 'dropped', { dropped });
    return dropped;
  }

  /** Removes a list, not its journalists. A release that was meant for it will say so when its audience is asked for. */
  async remove(tx: Tx, by: Actor, list: MediaListId): Promise<void> {
    const removed = await tx.run(`delete from media_list where organisation_id = $1 and id = $2`, [
      by.organisation,
      list,
    ]);
    if (removed === 0) throw unknownList();
    await this.record(tx, by, list, 'removed', {});
  }

  private async create(tx: Tx, by: Actor, name: string, filter: ListFilter | null): Promise<MediaListId> {
    const label = oneLabel(name, 'lists', 'name');
    const id = newId<MediaListId>();
    const made = await tx.run(
      `insert into media_list (organisation_id, id, name, name_key, kind, filter) values ($1, $2, $3, $4, $5, $6)
       on conflict (organisation_id, name_key) do nothing`,
      [by.organisation, id, label.name, label.key, filter ? 'filter' : 'picked', filter && JSON.stringify(filter)],
    );
    if (made === 0) throw nameTaken(label.name);
    await this.record(tx, by, id, 'created', { kind: filter ? 'filter' : 'picked' });
    return id;
  }

  private async mustKnow(
    tx: Tx,
    organisation: OrganisationId,
    thing: 'outlet' | 'beat',
    ids: readonly string[],
  ): Promise<void> {
    const rows = await tx.rows<{ id: string }>(
      `select id from ${thing} where organisation_id = $1 and id = any($2::uuid[])`,
      [organisation, ids],
    );
    const known = new Set(rows.map((row) => row.id));
    const missing = ids.find((id) => !known.has(id));
    if (missing) throw unknownLabel(thing, missing);
  }

  private async mustBePicked(tx: Tx, organisation: OrganisationId, list: MediaListId): Promise<void> {
    const found = await tx.first<MediaList>(`${SELECT} where organisation_id = $1 and id = $2 for share`, [
      organisation,
      list,
    ]);
    if (!found) throw unknownList();
    if (found.kind === 'filter') throw filterList(found.name);
  }

  private async record(
    tx: Tx,
    by: Actor,
    list: MediaListId,
    what: string,
    facts: Record<string, unknown>,
  ): Promise<void> {
    await this.audit.record(tx, by, { type: `media-list.${what}`, subject: `media-list:${list}`, facts });
  }
}

const SELECT = `select id, name, kind, filter from media_list`;

function raise(problem: Problem): never {
  throw problem;
}

export function unknownList(): Problem {
  return new Problem({
    code: 'contacts.list.unknown',
    field: 'list',
    status: 404,
    message: 'A media list that was asked for does not exist (any more).',
    remedy: 'Choose the lists again.',
  });
}

function filterList(name: string): Problem {
  return new Problem({
    code: 'contacts.list.filter',
    field: 'list',
    status: 409,
    message: `The list "${name}" finds its journalists by a filter, so nobody can be put on it or taken off by hand.`,
    remedy: 'Pick another list, or change what the filter looks for.',
  });
}

function nameTaken(name: string): Problem {
  return new Problem({
    code: 'contacts.list.taken',
    field: 'name',
    status: 409,
    message: `There is a list called "${name}" already.`,
    remedy: 'Use it, or choose another name.',
  });
}

function unknownLabel(thing: 'outlet' | 'beat', name: string): Problem {
  return new Problem({
    code: `contacts.${thing}.unknown`,
    field: thing,
    status: 404,
    message: `No journalist has the ${thing} "${name}".`,
    remedy: `Check the spelling, or give a journalist this ${thing} first.`,
  });
}

function badFilter(why: string): Problem {
  return new Problem({
    code: 'contacts.list.filter-form',
    field: 'filter',
    message: `The filter of the list does not fit: it ${why}.`,
    remedy: 'Give languages, outlets or beats; at least one of them.',
  });
}
