export * from './document.js';
export { missingParts, type MissingParts } from './missing-parts.js';
export { importRelease, type ImportedFigure, type ImportedRelease, type ImportOptions } from './import-release.js';
export type { MappingEntry, MappingReport } from './mapping-report.js';
