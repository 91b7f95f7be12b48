export * from './desk.js';
export type { DeskTools } from './desk.tools.js';
export * from './checks.js';
export * from './pictures.js';
export * from './intake.js';
