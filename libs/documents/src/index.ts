export * from './document.js';
export { missingParts, type MissingParts } from './missing-parts.js';
