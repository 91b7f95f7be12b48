import type { Contacts } from '#libs/contacts';
import { Problem, type Actor, type MediaListId, type Tx } from '#libs/kernel';

/** The media list of this name, in any case. Throws a Problem that lists those there are. */
export async function listNamed(
  contacts: Contacts,
  tx: Pick<Tx, 'first' | 'rows'>,
  by: Actor,
  name: string,
): Promise<MediaListId> {
  const found = await contacts.lists.findByName(tx, by.organisation, name);
  if (found) return found.id;
  const all = await contacts.lists.all(tx, by.organisation);
  const known = all.map((list) => `"${list.name}"`).join(', ') || 'none yet';
  throw new Problem({
    code: 'cli.list',
    field: '--list',
    message: `There is no media list "${name}".`,
    remedy: `Lists here: ${known}.`,
  });
}
