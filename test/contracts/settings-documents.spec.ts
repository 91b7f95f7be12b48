import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SETTINGS, Settings } from '#libs/kernel';

const { settingsDocuments } = (await import(resolve('scripts/print-settings.mjs'))) as {
  settingsDocuments(settings: typeof SETTINGS): Record<string, string>;
};
const documents = settingsDocuments(SETTINGS);

test.each(Object.keys(documents))('%s says what the list of settings says (else: npm run docs:settings)', (path) => {
  expect(readFileSync(path, 'utf8')).toBe(documents[path]);
});

test('the example environment, with every line taken in, is the default environment', () => {
  const lines = (documents['.env.example'] ?? '').split('\n').flatMap((line) => /^#([A-Z_]+)=(.*)$/.exec(line) ?? []);
  const environment: Record<string, string> = {};
  for (let i = 0; i < lines.length; i += 3) environment[lines[i + 1] ?? ''] = lines[i + 2] ?? '';
  expect(Object.keys(environment)).toEqual(Object.keys(SETTINGS));
  expect(Settings.from(environment).redacted()).toEqual(Settings.from({}).redacted());
});
