export * from './releases.js';
export * from './releases.audit.js';
export * from './release.store.js';
export * from './release.states.js';
export * from './releases.views.js';
export { canonicalJson, sha256 } from './canonical.js';
export { releasesMigrations } from './releases.migration.js';
