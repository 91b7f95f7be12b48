#!/usr/bin/env node
/**
 * Makes sure that what our commands drive is on this machine; the product itself needs none of it. Installs it on Debian
 * as root and starts no daemon; elsewhere it says what is missing and stops. Says what it does on standard error: the
 * commands that need it print one JSON document on standard output.
 *
 *   node scripts/ensure-tools.mjs [tests] [bench] [chaos]
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOLS = {
  redis: { name: 'redis-server', debian: 'redis-server', isThere: () => inPath('redis-server') },
  browser: { name: 'Chromium', debian: 'chromium', isThere: () => inPath('chromium') },
  font: { name: 'a font with Chinese glyphs', debian: 'fonts-noto-cjk', isThere: hasChineseFont },
  postfix: {
    name: 'Postfix with its smtp-sink and smtp-source',
    debian: 'postfix',
    isThere: () => ['postfix', 'smtp-sink', 'smtp-source'].every(inPath),
  },
  faketime: { name: 'faketime', debian: 'faketime', isThere: () => inPath('faketime') },
};

/** What each of our commands needs. */
export const TOOL_SETS = {
  tests: { needs: 'The tests need', tools: [TOOLS.redis, TOOLS.browser, TOOLS.font] },
  bench: { needs: 'The benchmark needs', tools: [TOOLS.redis, TOOLS.postfix] },
  chaos: { needs: 'The chaos runs need', tools: [TOOLS.redis, TOOLS.postfix, TOOLS.faketime] },
};

/** Debian keeps servers where only root's PATH looks. */
const SERVER_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** Where a program lies, also one in /usr/sbin; undefined when it is not installed. */
export function programPath(program) {
  return [...(process.env.PATH ?? '').split(delimiter), ...SERVER_FOLDERS]
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function inPath(program) {
  return programPath(program) !== undefined;
}

function hasChineseFont() {
  if (existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) return true;
  const listed = spawnSync('fc-list', [':lang=zh-hk', 'family'], { encoding: 'utf8' });
  return listed.status === 0 && listed.stdout.trim() !== '';
}

/**
 * @param set which command asks: tests, bench or chaos
 * @throws Error with one sentence that says what to install
 */
export function ensureTools(set = 'tests') {
  const { needs, tools } = TOOL_SETS[set];
  const missing = tools.filter((tool) => !tool.isThere());
  if (missing.length === 0) return;
  const names = missing.map((tool) => tool.name).join(', ');
  const packages = missing.map((tool) => tool.debian);
  if (!existsSync('/etc/debian_version')) {
    throw new Error(`${needs} ${names}: install them and see that their programs are in PATH.`);
  }
  if (process.getuid() !== 0) {
    throw new Error(`${needs} ${names}: run "sudo apt-get install --no-install-recommends ${packages.join(' ')}".`);
  }
  console.error(`Installing ${packages.join(', ')}.`);
  withoutDaemons(() => install(packages));
  const absent = missing.filter((tool) => !tool.isThere()).map((tool) => tool.name);
  if (absent.length > 0)
    throw new Error(`Installed ${packages.join(', ')}, and still cannot find ${absent.join(', ')}.`);
}

function install(packages) {
  if (packages.includes('postfix')) leavePostfixUnconfigured();
  // another mail server on this machine is somebody's: rather fail than replace it
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', '--no-remove', ...packages]]) {
    const run = spawnSync('apt-get', ['-q', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (run.status !== 0)
      throw new Error(`"apt-get ${args.join(' ')}" failed: install ${packages.join(', ')} by hand.`);
  }
}

/** The package then writes no main.cf, and without one nothing listens on port 25 after the next boot either. */
function leavePostfixUnconfigured() {
  spawnSync('debconf-set-selections', [], {
    input: 'postfix postfix/main_mailer_type select No configuration\n',
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

/** While packages install, answers Debian's question "may this service start?" with no (101). */
function withoutDaemons(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const asked = process.argv.slice(2);
    for (const set of asked.length > 0 ? asked : ['tests']) {
      if (!(set in TOOL_SETS)) throw new Error(`Unknown set "${set}": choose ${Object.keys(TOOL_SETS).join(', ')}.`);
      ensureTools(set);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
