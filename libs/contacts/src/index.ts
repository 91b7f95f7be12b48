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
export type { EncodingGuess } from './encoding.js';
export { exportJournalists } from './export.views.js';
export { FIELD_NAMES, IMPORT_FIELDS, type ImportField } from './import-field.js';
export type { ImportDefaults } from './import-merge.js';
export type { ImportRequest } from './import-request.js';
export { Imports, type ImportBatch, type ImportReport } from './imports.store.js';
export type { UndoReport } from './import-undo.store.js';
export type { Journalist, JournalistForm } from './journalist.js';
export { Journalists } from './journalists.store.js';
export { listJournalists, type JournalistFilter, type JournalistPage } from './journalists.views.js';
export { settleMapping, type ColumnGuess, type ColumnMapping } from './mapping.js';
export { AudienceSelection, ListFilter } from './media-list.js';
export { MediaLists, type MediaList } from './media-lists.store.js';
export { describeRejection, type Rejection, type RejectionReason } from './rejection.js';
export { SUPPRESSION_REASONS, type Suppression, type SuppressionFacts, type SuppressionReason } from './suppression.js';
export { Suppressions } from './suppressions.store.js';
export { DELIMITERS, type Delimiter, type TableLayout, type TableRow } from './table.js';
export { readTable, type ReadTableOptions, type TablePreview } from './table-preview.js';
