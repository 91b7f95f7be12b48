export * from './desk.js';
export * from './checks.js';
export * from './pictures.js';
