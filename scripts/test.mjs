#!/usr/bin/env node
/**
 * `npm test`: tools, check, build, tests. Every stage runs, so that one run tells everything; extra arguments go to Jest
 * (`npm test -- libs/embargo`). The last line counts the tests: "512 passed, 0 failed".
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTools } from './ensure-tools.mjs';

const root = join(import.meta.dirname, '..');
const results = join(root, 'var', 'test-results.json');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const broken = [];

function stage(name, run) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 76 - name.length))}`);
  const started = performance.now();
  if (!run()) broken.push(name);
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Never reads standard input: a CI has none. */
function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

function tools() {
  try {
    ensureTools();
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

function jest() {
  mkdirSync(join(root, 'var'), { recursive: true });
  rmSync(results, { force: true });
  return node([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--json',
    `--outputFile=${results}`,
    ...process.argv.slice(2),
  ]);
}

/** A spec file that does not even load counts as one failed test. */
function counts() {
  if (!existsSync(results)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

stage('Tools', tools);
if (scripts.check) stage('Check', () => node(['scripts/check.mjs']));
stage('Build', () => node(['scripts/build.mjs']));
stage('Tests', jest);

const { passed, failed } = counts();
for (const name of broken) console.log(`✗ ${name}: see above.`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = broken.length > 0 ? 1 : 0;
