#!/usr/bin/env node
/**
 * `npm run bench`: installs what it measures against, builds, and runs. What can be asked for stands in
 * test/bench/options.ts, what is measured in docs/benchmarks.md.
 */
import { ensureBuilt } from './build.mjs';
import { ensureTools } from './ensure-tools.mjs';

try {
  if (!process.argv.includes('--help')) ensureTools('bench');
  ensureBuilt({ tolerant: true });
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
await import('../dist/test/bench/bench.main.js');
