import { newId, type JournalistId, type Language } from '#libs/kernel';
import type { JournalistDraft } from './import-row.js';

/** All an import may change about a journalist. Sets are sorted ids, so that equal states are equal as JSON. */
export interface JournalistState {
  readonly id: JournalistId;
  readonly canonical: string;
  readonly address: string;
  readonly name: string;
  readonly language: Language;
  readonly zone: string;
  readonly consentSource: string;
  readonly consentDate: string | null;
  readonly note: string;
  readonly outlets: readonly string[];
  readonly beats: readonly string[];
  readonly lists: readonly string[];
}

/** What a row gets that says nothing itself; existing journalists keep what they have. */
export interface ImportDefaults {
  /** Not given: rows without a language are rejected. */
  readonly language?: Language;
  /** IANA name. */
  readonly zone: string;
  /** Where the consent of the whole file comes from. */
  readonly consentSource: string;
  /** ISO date. */
  readonly consentDate?: string;
}

/** The labels of a draft, as ids. */
export interface LabelIds {
  readonly outlets: readonly string[];
  readonly beats: readonly string[];
  readonly lists: readonly string[];
}

export type Merged =
  | { readonly outcome: 'created' | 'merged' | 'unchanged'; readonly state: JournalistState }
  | { readonly outcome: 'rejected' };

/**
 * What one row makes of a journalist. What the row says wins, what it leaves empty stays, outlets, beats and lists only
 * grow; the address keeps the spelling it had. Rejected: a new journalist whose language nobody has given.
 */
export function mergeDraft(
  known: JournalistState | undefined,
  draft: JournalistDraft,
  ids: LabelIds,
  defaults: ImportDefaults,
): Merged {
  if (!known) return created(draft, ids, defaults);
  const state: JournalistState = {
    ...known,
    name: draft.name || known.name,
    language: draft.language || known.language,
    zone: draft.zone || known.zone,
    consentSource: draft.consentSource || known.consentSource,
    consentDate: draft.consentDate || known.consentDate,
    note: draft.note || known.note,
    outlets: union(known.outlets, ids.outlets),
    beats: union(known.beats, ids.beats),
    lists: union(known.lists, ids.lists),
  };
  return isSame(known, state) ? { outcome: 'unchanged', state: known } : { outcome: 'merged', state };
}

function created(draft: JournalistDraft, ids: LabelIds, defaults: ImportDefaults): Merged {
  const language = draft.language || defaults.language;
  if (!language) return { outcome: 'rejected' };
  return {
    outcome: 'created',
    state: {
      id: newId<JournalistId>(),
      canonical: draft.canonical,
      address: draft.address,
      name: draft.name,
      language,
      zone: draft.zone || defaults.zone,
      consentSource: draft.consentSource || defaults.consentSource,
      consentDate: draft.consentDate || (defaults.consentDate ?? null),
      note: draft.note,
      outlets: union([], ids.outlets),
      beats: union([], ids.beats),
      lists: union([], ids.lists),
    },
  };
}

function union(known: readonly string[], more: readonly string[]): readonly string[] {
  return more.every((id) => known.includes(id)) ? known : [...new Set([...known, ...more])].sort();
}

/** Whether two states of one journalist are alike in everything an import may change. */
export function isSame(one: JournalistState, other: JournalistState): boolean {
  const fields = ['canonical', 'address', 'name', 'language', 'zone', 'consentSource', 'consentDate', 'note'] as const;
  const sets = ['outlets', 'beats', 'lists'] as const;
  return (
    fields.every((field) => one[field] === other[field]) &&
    sets.every((set) => one[set].length === other[set].length && one[set].every((id, at) => id === other[set][at]))
  );
}
