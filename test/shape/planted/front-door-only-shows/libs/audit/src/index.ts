/** Lawful. */
export {
  three, // the first
  type Four,
} from './three.js';
export type { Five } from './three.js';
