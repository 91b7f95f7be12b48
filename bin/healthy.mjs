#!/usr/bin/env node
/**
 * Asks the app of this container whether it is ready; for Docker's health check. The first process of a container knows
 * which app it runs, and each app answers on the port of its setting. Exit code 0 is healthy.
 */
import { readFileSync } from 'node:fs';
import { SETTINGS } from '../dist/libs/kernel/src/settings.js';

const PORTS = { api: 'API_PORT', newsroom: 'NEWSROOM_PORT', worker: 'WORKER_PORT' };

const app = /apps\/(api|newsroom|worker)\//.exec(readFileSync('/proc/1/cmdline', 'utf8'))?.[1];
if (app) {
  const port = process.env[PORTS[app]] || SETTINGS[PORTS[app]].default;
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_500) }).catch(
    () => undefined,
  );
  process.exitCode = answer?.ok ? 0 : 1;
}
