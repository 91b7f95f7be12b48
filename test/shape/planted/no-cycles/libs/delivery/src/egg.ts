import type { Hen } from './hen.js'; // planted: imports/no-cycles

export interface Egg {
  readonly becomes: Hen;
}
