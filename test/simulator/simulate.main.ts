/**
 * Random histories of a newsroom against the product's own classes, on virtual time; then histories of the gate alone, told
 * to PostgreSQL and to the simulator at once. Run: npm run simulate [-- --histories 10000] [--gate 300] [--seed S] [--path P] [--json]
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { compareGates, type Compared } from './gate.histories.js';
import { GateRoom } from './gate.room.js';
import { simulate } from './simulate.js';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    gate: { type: 'string', default: '300' },
    seed: { type: 'string' },
    path: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const started = performance.now();
const told = await simulate(Number(values.histories), seed, values.path);
const seconds = (performance.now() - started) / 1_000;
const gate = Number(values.gate) > 0 ? await onPostgres(Number(values.gate)) : undefined;
if (told.broken !== undefined || gate?.broken !== undefined) process.exitCode = 1;
if (values.json) console.log(JSON.stringify({ ...told, seconds, ...(gate ? { gate } : {}) }));
else {
  if (told.broken !== undefined) console.log(told.broken);
  const again = told.path === undefined ? '' : `; the same again with --seed ${seed} --path ${told.path}`;
  console.log(
    `${told.broken === undefined ? '✓' : '✗'} ${told.histories} histories of ${told.commands} commands, ` +
      `${told.accepted} messages taken, in ${seconds.toFixed(0)} s; seed ${seed}${again}`,
  );
  if (gate?.broken !== undefined) console.log(gate.broken);
  if (gate)
    console.log(
      `${gate.broken === undefined ? '✓' : '✗'} ${gate.histories} histories of the gate, PostgreSQL and simulator alike`,
    );
}

async function onPostgres(histories: number): Promise<Compared> {
  const { ChaosCluster } = await import('../chaos/chaos.cluster.js');
  const cluster = await ChaosCluster.start();
  try {
    const room = await GateRoom.open((await cluster.freshDatabase()).url);
    try {
      return await compareGates(room, histories, seed);
    } finally {
      await room.close();
    }
  } finally {
    await cluster.stop();
  }
}
