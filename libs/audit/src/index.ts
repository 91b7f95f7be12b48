export * from './audit.js';
export * from './chain.js';
export * from './merkle.js';
export * from './audit.views.js';
export * from './kept.heads.js';
export { auditMigrations } from './audit.migration.js';
