export { Contacts } from './contacts.js';
export { contactsMigrations } from './contacts.migration.js';
export {
  canonicalAddress,
  readAddress,
  type AddressFault,
  type AddressWarning,
  type CanonicalAddress,
} from './address.js';
export { addressKey } from './address-key.js';
export { resolveAudience, type AudienceMember } from './audience.store.js';
export type { Journalist, JournalistForm } from './journalist.js';
export { listJournalists, type JournalistFilter, type JournalistPage } from './journalists.views.js';
export { Journalists } from './journalists.store.js';
export { AudienceSelection, ListFilter } from './media-list.js';
export { MediaLists, type MediaList } from './media-lists.store.js';
export {
  SUPPRESSION_REASONS,
  Suppressions,
  type Suppression,
  type SuppressionFacts,
  type SuppressionReason,
} from './suppressions.store.js';
