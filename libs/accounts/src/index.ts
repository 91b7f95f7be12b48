export * from './accounts.js';
export { accountsMigrations } from './accounts.migration.js';
