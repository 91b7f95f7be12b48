export * from './schema.js';
export { openPatiently, type Patience } from './patient-database.js';
export { requireSettings, startFailure } from './start-failure.js';
