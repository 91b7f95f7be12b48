/**
 * Random histories of a newsroom against the product's own classes, on virtual time.
 * Run: npm run simulate [-- --histories 10000] [--seed S] [--path P] [--json]
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { simulate } from './simulate.js';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const started = performance.now();
const told = await simulate(Number(values.histories), seed, values.path);
const seconds = (performance.now() - started) / 1_000;
if (told.broken !== undefined) process.exitCode = 1;
if (values.json) console.log(JSON.stringify({ ...told, seconds }));
else {
  if (told.broken !== undefined) console.log(told.broken);
  const again = told.path === undefined ? '' : `; the same again with --seed ${seed} --path ${told.path}`;
  console.log(
    `${told.broken === undefined ? '✓' : '✗'} ${told.histories} histories of ${told.commands} commands, ` +
      `${told.accepted} messages taken, in ${seconds.toFixed(0)} s; seed ${seed}${again}`,
  );
}
