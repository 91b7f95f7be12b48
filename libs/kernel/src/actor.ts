import type { OfficerId, OrganisationId } from './ids.js';

export const ROLES = ['author', 'approver', 'releaser', 'ops', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who does something: an officer who signed in, or a named process of ours acting on its own. */
export type Actor =
  | {
      readonly kind: 'officer';
      readonly organisation: OrganisationId;
      readonly officer: OfficerId;
      readonly name: string;
      readonly roles: readonly Role[];
    }
  | { readonly kind: 'process'; readonly organisation: OrganisationId; readonly name: string };

/** The words an audit line carries for this actor: an id or a process name, never a personal name or address. */
export function actorLabel(actor: Actor): string {
  return actor.kind === 'officer' ? `officer:${actor.officer}` : `process:${actor.name}`;
}
