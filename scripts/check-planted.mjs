#!/usr/bin/env node
/**
 * Runs every rule over its planted violation (test/shape/planted/README.md). Fails when a planted line is not reported,
 * when an unmarked one is, and when a rule has no planted line at all.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { ESLint } from 'eslint';
import * as prettier from 'prettier';
import houseLint, { PLANTED } from '../eslint.config.mjs';
import { findShape, SHAPE } from './check-shape.mjs';

const root = join(import.meta.dirname, '..');
const planted = join(root, 'test', 'shape', 'planted');
const imports = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

/** A finding or a marker as one text: `flow/libs/kernel/src/thing.ts:1 imports/flow-kernel`. */
const at = (path, line, rule) => `${relative(planted, join(root, path))}:${line} ${rule}`;

function plantedFiles() {
  return readdirSync(planted, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));
}

function markers(path) {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  return lines.flatMap((text, index) => {
    const rules = /planted: (.+)/.exec(text)?.[1].split(/[\s,]+/) ?? [];
    // a broken import rule and an unformatted file are reported for the whole file
    return rules.map((rule) =>
      at(path, /^(imports|format|shape\/(file|flat|known|front))/.test(rule) ? 1 : index + 1, rule),
    );
  });
}

async function byEslint() {
  const config = houseLint.filter(({ name }) => name !== PLANTED);
  // standing in the planted folder, so that the patterns for test/ do not take all of it for tests
  const eslint = new ESLint({ cwd: planted, overrideConfigFile: true, overrideConfig: config });
  const results = await eslint.lintFiles(['**/*.ts']);
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => at(relative(root, filePath), line, ruleId ?? message)),
  );
}

function byCruiser() {
  const cruise = spawnSync(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '-c',
      '.dependency-cruiser.cjs',
      '-T',
      'json',
      'test/shape/planted',
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (cruise.stdout === '') throw new Error(`The import check did not run: ${cruise.stderr}`);
  return JSON.parse(cruise.stdout)
    .summary.violations.filter(({ from }) => from.startsWith('test/shape/planted/'))
    .map(({ from, rule }) => at(from, 1, `imports/${rule.name}`));
}

function byShape() {
  return readdirSync(planted, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => findShape(join(planted, name)).map((found) => ({ ...found, house: name })))
    .map(({ house, path, line, rule }) => at(join('test/shape/planted', house, path), line, `shape/${rule}`));
}

function byCompiler() {
  const compile = spawnSync(
    process.execPath,
    ['node_modules/typescript-7/bin/tsc', '-p', 'test/shape/planted', '--pretty', 'false'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const errors = compile.stdout.matchAll(/^(test\/shape\/planted\/\S+?)\((\d+),\d+\): error (TS\d+)/gm);
  return [...errors].map(([, path, line, code]) => at(path, line, `types/${code}`));
}

async function byPrettier(paths) {
  const marked = paths.filter((path) => markers(path).some((marker) => marker.endsWith(' format/prettier')));
  const options = await prettier.resolveConfig(join(root, 'package.json'));
  const ill = [];
  for (const path of marked) {
    const well = await prettier.check(readFileSync(join(root, path), 'utf8'), { ...options, filepath: path });
    if (!well) ill.push(at(path, 1, 'format/prettier'));
  }
  return ill;
}

/** Every rule that the house holds somewhere, as markers name it. */
function rulesHeld() {
  const held = houseLint
    .flatMap(({ rules = {} }) => Object.entries(rules))
    .filter(([, setting]) => [setting].flat()[0] !== 'off');
  return new Set([
    ...held.map(([name]) => name),
    ...imports.forbidden.map(({ name }) => `imports/${name}`),
    ...Object.keys(SHAPE).map((name) => `shape/${name}`),
    'format/prettier',
    'types/TS2322',
  ]);
}

const paths = plantedFiles();
const expected = new Set(paths.flatMap(markers));
const found = new Set([
  ...byCruiser(),
  ...byShape(),
  ...byCompiler(),
  ...(await byPrettier(paths)),
  ...(await byEslint()),
]);
const owned = new Set([...expected].map((marker) => marker.split(' ')[1]));

const faults = [
  ...[...expected].filter((marker) => !found.has(marker)).map((marker) => `planted and not reported: ${marker}`),
  ...[...found].filter((finding) => !expected.has(finding)).map((finding) => `reported though not planted: ${finding}`),
  ...[...rulesHeld()].filter((rule) => !owned.has(rule)).map((rule) => `has no planted violation: ${rule}`),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${rulesHeld().size} rules, ${expected.size} planted violations, all reported`);
