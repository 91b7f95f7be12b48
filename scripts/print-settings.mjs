#!/usr/bin/env node
/**
 * `npm run docs:settings`: prints `.env.example` and docs/settings.md from the one list of settings. A spec fails when
 * they are stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..');
const KINDS = {
  text: 'text',
  url: 'URL',
  port: 'port',
  number: 'whole number',
  flag: 'yes or no',
  path: 'path',
};

/** The files and what should stand in them. */
export function settingsDocuments(settings) {
  const entries = Object.entries(settings);
  return { '.env.example': environmentExample(entries), 'docs/settings.md': settingsPage(entries) };
}

function environmentExample(entries) {
  const blocks = entries.map(([name, { kind, default: value, secret, says }]) =>
    [
      ...wrapped(says),
      `# ${KINDS[kind]}${secret ? `; a secret, so better ${name}_FILE=/path/to/it` : ''}`,
      `#${name}=${value}`,
    ].join('\n'),
  );
  return [
    '# Every setting of Dateline with its default. None has to be set to try it. Printed by "npm run docs:settings".',
    ...blocks,
    '',
  ]
    .join('\n\n')
    .replace(/\n\n$/, '\n');
}

/** Comment lines of at most 100 columns. */
function wrapped(text) {
  const lines = ['#'];
  for (const word of text.split(' ')) {
    if (lines.at(-1).length + 1 + word.length > 100) lines.push('#');
    lines[lines.length - 1] += ` ${word}`;
  }
  return lines;
}

function settingsPage(entries) {
  const items = entries.map(([name, { kind, default: value, secret, says }]) => {
    const facts = [KINDS[kind], ...(secret ? ['secret'] : []), value === '' ? 'not set' : `default \`${value}\``];
    return `- **\`${name}\`** (${facts.join(', ')}): ${says}`;
  });
  return `# Settings

Dateline reads its settings from the environment, once, when a process starts; a value that does not fit stops the start
with a sentence that names it. Nothing has to be set to try Dateline out. A secret \`NAME\` may also be given as
\`NAME_FILE\`, the path of a file whose trimmed content is the value, so that it stands in no process list and no
container description. \`docker-compose.yml\` shows which process needs which.

${items.join('\n')}

This page and \`.env.example\` are printed from \`libs/kernel/src/settings.ts\` by \`npm run docs:settings\`.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ensureBuilt } = await import('./build.mjs');
  ensureBuilt({ tolerant: true });
  const { SETTINGS } = await import('../dist/libs/kernel/src/settings.js');
  for (const [path, text] of Object.entries(settingsDocuments(SETTINGS))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(path);
  }
}
