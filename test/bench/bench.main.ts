/**
 * `npm run bench`: measures Dateline beside others and prints a table; JSON goes to var/bench. Exit code 1 when something
 * could not be measured, 2 when the order cannot be read. What is measured, and how, stands in docs/benchmarks.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Bench } from './bench.js';
import { readOptions, USAGE, type BenchOptions } from './options.js';
import { Scope } from './scope.js';
import { report } from './table.js';

async function main(options: BenchOptions): Promise<void> {
  const scope = new Scope();
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      process.stderr.write('Stopping; everything that was started is being ended. Once more leaves at once.\n');
      void scope.close().finally(() => process.exit(130));
    });
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const result = await Bench.run(scope, options, say).finally(() => scope.close());
  const json = JSON.stringify(result, null, 2);
  const folder = resolve('var', 'bench');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, result.at.replace(/[:.]/g, '-'));
  writeFileSync(`${file}.json`, `${json}\n`);
  writeFileSync(`${file}.txt`, `${report(result)}\n`);
  say(`Written to ${file}.json and .txt`);
  process.stdout.write(options.json ? `${json}\n` : `${report(result)}\n`);
  process.exitCode = result.notes.some((note) => note.startsWith('Failed')) ? 1 : 0;
}

function order(): BenchOptions | undefined {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return undefined;
  }
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

const asked = order();
if (asked) {
  await main(asked).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
  // a pool that never ends would keep this process; everything else has ended
  process.stdout.write('', () => process.exit());
}
