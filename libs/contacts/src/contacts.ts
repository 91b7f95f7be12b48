import { AuditLog } from '#libs/audit';
import type { JournalistId, OrganisationId, Secrets, Tx } from '#libs/kernel';
import { resolveAudience, type AudienceMember } from './audience.store.js';
import { Imports } from './imports.store.js';
import { Journalists } from './journalists.store.js';
import { listJournalists, type JournalistFilter, type JournalistPage } from './journalists.views.js';
import type { AudienceSelection } from './media-list.js';
import { MediaLists } from './media-lists.store.js';
import { Suppressions } from './suppressions.store.js';

/** The room where journalists are kept: one door to each of its shelves. */
export class Contacts {
  readonly journalists: Journalists;
  readonly lists: MediaLists;
  readonly suppressions: Suppressions;
  readonly imports: Imports;

  constructor(secrets: Secrets, audit: AuditLog = new AuditLog()) {
    this.suppressions = new Suppressions(secrets, audit);
    this.journalists = new Journalists(secrets, this.suppressions, audit);
    this.lists = new MediaLists(audit);
    this.imports = new Imports(secrets, audit);
  }

  /** Journalists in order of address, a page at a time: see `listJournalists`. */
  page(
    tx: Pick<Tx, 'rows' | 'first'>,
    organisation: OrganisationId,
    filter?: JournalistFilter,
    at?: { readonly after?: JournalistId; readonly limit?: number },
  ): Promise<JournalistPage> {
    return listJournalists(tx, organisation, filter, at);
  }

  /** Everybody a selection means now, suppressed ones marked: see `resolveAudience`. */
  resolveAudience(
    tx: Pick<Tx, 'rows' | 'first'>,
    organisation: OrganisationId,
    selection: AudienceSelection,
  ): Promise<AudienceMember[]> {
    return resolveAudience(tx, organisation, selection);
  }
}
