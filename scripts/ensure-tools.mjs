#!/usr/bin/env node
/**
 * Makes sure that what the tests drive is on this machine: a real Redis, a browser, and a font with Chinese glyphs for
 * the pictures it takes. The product itself needs none of them. Installs them on Debian as root; elsewhere it says what
 * is missing and stops.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOLS = [
  { name: 'redis-server', debian: 'redis-server', isThere: () => inPath('redis-server') },
  { name: 'Chromium', debian: 'chromium', isThere: () => inPath('chromium') },
  { name: 'a font with Chinese glyphs', debian: 'fonts-noto-cjk', isThere: hasChineseFont },
];

function inPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function hasChineseFont() {
  if (existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) return true;
  const listed = spawnSync('fc-list', [':lang=zh-hk', 'family'], { encoding: 'utf8' });
  return listed.status === 0 && listed.stdout.trim() !== '';
}

/** @throws Error with one sentence that says what to install */
export function ensureTools() {
  const missing = TOOLS.filter((tool) => !tool.isThere());
  if (missing.length === 0) return;
  const names = missing.map((tool) => tool.name).join(', ');
  const packages = missing.map((tool) => tool.debian);
  if (!existsSync('/etc/debian_version')) {
    throw new Error(`The tests need ${names}: install them and see that their programs are in PATH.`);
  }
  if (process.getuid() !== 0) {
    throw new Error(
      `The tests need ${names}: run "sudo apt-get install --no-install-recommends ${packages.join(' ')}".`,
    );
  }
  console.log(`Installing ${packages.join(', ')}.`);
  install(packages);
}

function install(packages) {
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const run = spawnSync('apt-get', ['-q', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (run.status !== 0)
      throw new Error(`"apt-get ${args.join(' ')}" failed: install ${packages.join(', ')} by hand.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    ensureTools();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
