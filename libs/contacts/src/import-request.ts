import type { ImportDefaults } from './import-merge.js';
import type { ColumnMapping } from './mapping.js';
import type { TablePreview } from './table-preview.js';

/** One file, as a person wants it imported. */
export interface ImportRequest {
  readonly bytes: Buffer;
  /** As `readTable` gave it and a person confirmed it. */
  readonly table: TablePreview;
  readonly mapping: ColumnMapping;
  readonly defaults: ImportDefaults;
  /** Lists that every row is put on as well. */
  readonly lists?: readonly string[];
  /** Called now and then with the number of rows done. */
  readonly progress?: (rows: number) => void;
}
