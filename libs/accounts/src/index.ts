export { accountsMigrations } from './accounts.migration.js';
