/**
 * `npm run bite`: seeds bugs in copies of the sources and shows which test catches each. Exit code 1 when one is not
 * caught, 2 when the list is out of date or the order cannot be read. Notes go to standard error; with `--json` standard
 * output is one JSON document.
 */
import { parseArgs } from 'node:util';
import { bite, type Bite } from './bite.js';
import { BUGS } from './bugs.js';

const OPTIONS = {
  only: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.list) return list(values.json);
  const only = (values.only ?? []).flatMap((names) => names.split(',')).filter(Boolean);
  const began = performance.now();
  const bites = await bite({ only, note: (sentence) => process.stderr.write(`${sentence}\n`) }, untilStopped());
  const seconds = Math.round((performance.now() - began) / 1_000);
  process.stdout.write(values.json ? json(bites) : table(bites, seconds));
  return bites.every(({ caught }) => caught) ? 0 : 1;
}

function list(asJson: boolean): number {
  const lines = BUGS.map(({ name, says, file }) => ({ name, says, file }));
  const width = Math.max(...lines.map(({ name }) => name.length));
  const text = lines.map(({ name, says, file }) => `${name.padEnd(width)}  ${says} (${file})\n`).join('');
  process.stdout.write(asJson ? `${JSON.stringify(lines, null, 2)}\n` : text);
  return 0;
}

function json(bites: readonly Bite[]): string {
  const bugs = bites.map(({ name, caught, by }) => ({ name, caught, by }));
  return `${JSON.stringify({ bugs }, null, 2)}\n`;
}

function table(bites: readonly Bite[], seconds: number): string {
  const width = Math.max(...bites.map(({ name }) => name.length));
  const rows = bites.map(({ name, caught, by, how }) =>
    caught ? `✓ ${name.padEnd(width)}  ${by}` : `✗ ${name.padEnd(width)}  ${by}\n    ${how}`,
  );
  const caught = bites.filter((one) => one.caught).length;
  return [...rows, `${caught} of ${bites.length} bugs caught, in ${seconds} s`, ''].join('\n');
}

/** Ctrl-C, and being told to leave, put everything away first. */
function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort();
    });
  }
  return stopping.signal;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
