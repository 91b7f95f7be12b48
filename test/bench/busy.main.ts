/**
 * Keeps the officers' API and the database busy while schedules fire: eight clients that ask over HTTP without a pause, and
 * two that count rows. Says how many answers it got when its standard input ends.
 *
 *   node dist/test/bench/busy.main.js '{"apiPort":3000,"databaseUrl":"postgres://…"}'
 */
import { Agent, get } from 'node:http';
import pg from 'pg';

export interface BusyOrder {
  readonly apiPort: number;
  readonly databaseUrl: string;
}

const HTTP_CLIENTS = 8;
const SQL_CLIENTS = 2;
const PATHS = ['/api/time', '/health/ready'];

const order = JSON.parse(process.argv[2] ?? '{}') as BusyOrder;
const agent = new Agent({ keepAlive: true, maxSockets: HTTP_CLIENTS });
let answered = 0;
let asking = true;

function ask(path: string): Promise<void> {
  return new Promise((resolve) => {
    get({ port: order.apiPort, host: '127.0.0.1', path, agent }, (response) => {
      answered += 1;
      response.resume().once('end', resolve);
    }).once('error', () => setTimeout(resolve, 100));
  });
}

async function askOn(first: number): Promise<void> {
  for (let n = first; asking; n++) await ask(PATHS[n % PATHS.length] ?? '/');
}

async function countOn(): Promise<void> {
  const client = new pg.Client(order.databaseUrl);
  await client.connect();
  while (asking) {
    await client.query(`select state, count(*) from delivery group by state`);
    await client.query(`select count(*) from delivery_event e join delivery d on d.id = e.delivery_id`);
  }
  await client.end();
}

process.stdin
  .on('end', () => {
    asking = false;
    process.stdout.write(`${JSON.stringify({ answered })}\n`, () => process.exit(0));
  })
  .resume();
await Promise.all([
  ...Array.from({ length: HTTP_CLIENTS }, (_, n) => askOn(n)),
  ...Array.from({ length: SQL_CLIENTS }, countOn),
]);
