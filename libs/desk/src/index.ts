export * from './desk.js';
export * from './checks.js';
