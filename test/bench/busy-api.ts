import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { World } from '../support/world.js';
import type { BusyOrder } from './busy.main.js';
import { gone, stopProcess } from './processes.js';
import type { Scope } from './scope.js';

/** The real api app of a newsroom with clients that never pause; it stops with the scope. @returns how many requests it answered, when asked */
export async function keepApiBusy(scope: Scope, world: World): Promise<() => Promise<number>> {
  const main = fileURLToPath(new URL('../../apps/api/src/main.js', import.meta.url));
  const api = scope.own(
    spawn(process.execPath, [main], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...world.settings.environment(['DATABASE_URL', 'DATELINE_DATA', 'NEWSROOM_URL']),
        API_PORT: '0',
        LISTEN_HOST: '127.0.0.1',
        LOG_LEVEL: 'info',
      },
    }),
    stopProcess,
  );
  const apiPort = await new Promise<number>((resolve, fail) => {
    if (api.stdout)
      createInterface({ input: api.stdout }).on('line', (line) => {
        const port = /"port":(\d+)/.exec(line)?.[1];
        if (port) resolve(Number(port));
      });
    api.once('exit', (code) => fail(new Error(`the api ended with ${code}`)));
  });
  const order: BusyOrder = { apiPort, databaseUrl: world.settings.text('DATABASE_URL') };
  const clients = scope.own(
    spawn(process.execPath, [fileURLToPath(new URL('./busy.main.js', import.meta.url)), JSON.stringify(order)], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
    stopProcess,
  );
  return async () => {
    const said = new Promise<string>((resolve) => createInterface({ input: clients.stdout }).once('line', resolve));
    clients.stdin.end();
    await gone(clients);
    return (JSON.parse(await said) as { answered: number }).answered;
  };
}
