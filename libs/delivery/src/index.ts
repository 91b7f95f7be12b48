export * from './delivery.states.js';
export * from './ledger.store.js';
export * from './distribution.store.js';
export * from './dot.gate.js';
export * from './settler.js';
export * from './sealer.js';
export * from './ledger.verify.js';
export { retryAfter, EXPIRY_MS } from './retry.js';
export { deliveryMigrations } from './delivery.migration.js';
