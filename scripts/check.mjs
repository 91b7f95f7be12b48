#!/usr/bin/env node
/**
 * `npm run check`: form, types, lint, imports, shape, and that each of these rules still bites. Two lanes at a time, as a
 * small build machine has two cores; every step runs to its end, so that one run tells everything.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (path) => join('node_modules', path);

/** Fewer than this and the cruiser has not seen the house: with a compiler it cannot drive it finds nothing, and no fault. */
const FEWEST_MODULES = 150;

const STEPS = {
  lint: [bin('eslint/bin/eslint.js'), '.'],
  format: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  types: [bin('typescript-7/bin/tsc'), '-p', 'tsconfig.check.json'],
  imports: [
    bin('dependency-cruiser/bin/dependency-cruise.mjs'),
    '-c',
    '.dependency-cruiser.cjs',
    '-x',
    '^test/shape/planted',
    'apps',
    'libs',
    'test',
  ],
  shape: ['scripts/check-shape.mjs'],
  planted: ['scripts/check-planted.mjs'],
};
const LANES = [
  ['lint', 'shape'],
  ['types', 'format', 'imports', 'planted'],
];

function run(name) {
  const started = performance.now();
  return new Promise((resolve) => {
    const step = spawn(process.execPath, STEPS[name], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    });
    let output = '';
    step.stdout.on('data', (chunk) => (output += chunk));
    step.stderr.on('data', (chunk) => (output += chunk));
    step.on('close', (code) => {
      const held = code === 0 && sawEnough(name, output);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${held ? '✓' : '✗'} ${name.padEnd(8)} ${seconds.padStart(5)} s`);
      resolve({ name, held, output });
    });
  });
}

function sawEnough(name, output) {
  const modules = /(\d+) modules/.exec(output)?.[1];
  return name !== 'imports' || Number(modules) >= FEWEST_MODULES;
}

async function lane(names) {
  const results = [];
  for (const name of names) results.push(await run(name));
  return results;
}

const results = (await Promise.all(LANES.map(lane))).flat();
for (const { name, held, output } of results) if (!held) console.log(`\n── ${name}\n${output.trim()}`);
process.exitCode = results.every(({ held }) => held) ? 0 : 1;
