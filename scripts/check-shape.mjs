#!/usr/bin/env node
/**
 * The rules of shape that linters do not know: names of files, flat libs, front doors, left-overs, the one gate.
 * Each owns a planted violation under test/shape/planted (scripts/check-planted.mjs).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreignWord } from './house-rules.mjs';

const root = join(import.meta.dirname, '..');
const { projects } = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8'));
const LIBS = Object.keys(projects).filter((name) => projects[name].type === 'library');

const SHAPELESS = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'base', 'manager', 'misc']);
/** The instant of an embargo compared with the clock: the question that libs/embargo alone may ask. */
const GATE =
  /lifts_at\s*<=?\s*(clock_timestamp|now|statement_timestamp)\(\)(?!\s*\+)|(clock_timestamp|now|statement_timestamp)\(\)\s*>=?\s*[\w.]*lifts_at/i;

const everyLine = (text, pattern) => text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
const onlyIf = (broken) => (broken ? [1] : []);
const isSource = (path) => /\.(ts|mjs|cjs)$/.test(path);
const isProduct = (path) => /(^|\/)(apps|libs)\//.test(path) && isSource(path) && !path.endsWith('.spec.ts');

/** name → sentence, and the lines of a file where it is broken. */
export const SHAPE = {
  'file-name': {
    says: 'A file is named after the one thing it exports, in lower case with hyphens, never utils, helpers, common, base, manager or misc.',
    find: (path) => {
      const words = path.split(/[/.-]/);
      return onlyIf(
        words.some((word) => SHAPELESS.has(word)) || (isSource(path) && !/^[a-z0-9.-]+$/.test(basename(path))),
      );
    },
  },
  'file-glossary': {
    says: 'The name of this file is not a word of this house; docs/glossary.md has ours.',
    find: (path) => onlyIf(foreignWord(path.replaceAll('/', ' ')) !== undefined),
  },
  'flat-lib': {
    says: 'Inside a lib files lie flat in src/; what a file may touch is said by its suffix, not by a folder.',
    find: (path) => onlyIf(/(^|\/)libs\/[^/]+\/src\/[^/]+\/.*\.ts$/.test(path)),
  },
  'known-lib': {
    says: 'Give the lib its place in the order: nest-cli.json lists them, each importing only those before it.',
    find: (path) => {
      const lib = /(?:^|\/)libs\/([^/]+)\//.exec(path)?.[1];
      return onlyIf(lib !== undefined && !LIBS.includes(lib));
    },
  },
  'front-door': {
    says: 'index.ts only shows what its neighbours hold, by lines of “export … from”.',
    find: (path, text) => {
      if (!/(^|\/)libs\/[^/]+\/src\/index\.ts$/.test(path)) return [];
      const rest = text
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .replace(/export (type )?(\*|\{[^}]*\}) from '\.\/[a-z0-9.-]+\.js';/g, '');
      return onlyIf(rest.trim() !== '');
    },
  },
  leftover: {
    says: 'Finish it, or write an issue: nobody finds a note in the code again.',
    find: (path, text) => (isSource(path) ? everyLine(text, /\b(TO[D]O|FIX[M]E|X[X]X|HAC[K])\b/) : []),
  },
  'reasoned-disable': {
    says: 'Say after two hyphens why the rule does not hold here: // eslint-disable-next-line some/rule -- because …',
    find: (path, text) => (isSource(path) ? everyLine(text, /(\/\/|\/\*)\s*eslint-disable(?!.*\s--\s\S)/) : []),
  },
  'one-gate': {
    says: 'Whether an embargo has passed is asked of the view embargo_open of libs/embargo, nowhere else.',
    find: (path, text) => (isProduct(path) && !/(^|\/)libs\/embargo\//.test(path) ? everyLine(text, GATE) : []),
  },
  'migrations-only': {
    says: 'The schema changes by migrations only.',
    find: (path, text) => (isProduct(path) ? everyLine(text, /synchronize:\s*true|\.synchronize\(/) : []),
  },
};

/** Every breach in the house that stands at `house`. */
export function findShape(house) {
  return sources(house).flatMap((path) => {
    const text = readFileSync(join(house, path), 'utf8');
    return Object.entries(SHAPE).flatMap(([rule, { find, says }]) =>
      find(path, text).map((line) => ({ path, line, rule, says })),
    );
  });
}

function sources(house) {
  return ['apps', 'libs', 'test', 'scripts', 'bin']
    .flatMap((folder) => walk(join(house, folder)))
    .map((path) => path.slice(house.length + 1));
}

function walk(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // a planted house has not every folder
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return ['node_modules', 'fixtures', 'planted'].includes(entry.name) ? [] : walk(path);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = findShape(root);
  for (const { path, line, rule, says } of found) console.error(`${path}:${line}  ${rule}\n    ${says}`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
