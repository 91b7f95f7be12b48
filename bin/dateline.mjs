#!/usr/bin/env -S node --enable-source-maps
import { ensureBuilt } from '../scripts/build.mjs';

ensureBuilt();
await import('../dist/apps/standalone/src/main.js');
