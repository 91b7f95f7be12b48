import { one } from '../src/index.js';

export const lawful = one;
