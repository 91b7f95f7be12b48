#!/usr/bin/env node
/**
 * `npm run bite`: shows that the tests bite. Known mistakes are put into copies of the sources, one at a time, and the test
 * that is named for each must fail. What can be asked for stands in test/bite/bite.main.ts; the bugs in test/bite/bugs*.ts.
 */
import { ensureBuilt } from './build.mjs';

try {
  ensureBuilt({ tolerant: true });
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
await import('../dist/test/bite/bite.main.js');
