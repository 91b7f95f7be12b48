#!/usr/bin/env node
/**
 * `npm run chaos`: breaks things around a running Dateline and lets an independent checker say whether it lied.
 * What can be asked for stands in test/chaos/chaos.main.ts; `npm run chaos -- --list` names the scenarios.
 */
import { ensureBuilt } from './build.mjs';
import { ensureTools } from './ensure-tools.mjs';

try {
  ensureBuilt();
  if (!process.argv.some((word) => word === '--list' || word === '--help')) ensureTools('chaos');
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
await import('../dist/test/chaos/chaos.main.js');
