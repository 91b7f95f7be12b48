/**
 * `npm run chaos`: runs the scenarios and prints what they came to. Exit code 1 when a promise broke, 2 when the order
 * cannot be read. Notes go to standard error; with `--json` standard output is one JSON document.
 */
import { parseArgs } from 'node:util';
import { anySeed, chaos, type ChaosOrder, type ChaosReport } from './chaos.js';
import { SCENARIOS } from './scenarios.js';

const OPTIONS = {
  only: { type: 'string', multiple: true },
  runs: { type: 'string' },
  seed: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.list) return list(values.json);
  const order: ChaosOrder = {
    only: (values.only ?? []).flatMap((names) => names.split(',')).filter(Boolean),
    ...(values.runs === undefined ? {} : { runs: whole('--runs', values.runs) }),
    seed: values.seed === undefined ? anySeed() : whole('--seed', values.seed),
    quick: values.quick,
    note: (sentence) => process.stderr.write(`${sentence}\n`),
  };
  order.note(`seed ${order.seed}: the same again with --seed ${order.seed}`);
  const report = await chaos(order, untilSomebodyStopsIt());
  if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else process.stdout.write(table(report));
  return report.scenarios.every((scenario) => scenario.ok) ? 0 : 1;
}

function list(json: boolean): number {
  const lines = SCENARIOS.map(({ name, says, runs }) => ({ name, says, runs }));
  if (json) process.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
  else
    for (const { name, says, runs } of lines) process.stdout.write(`${name.padEnd(20)} ${says} (${runs.full} runs)\n`);
  return 0;
}

function whole(option: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new TypeError(`${option} must be a whole number from 1, not “${text}”.`);
}

/** Ctrl-C, and being told to leave, end the run in order; the second time at once. */
function untilSomebodyStopsIt(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130);
      process.stderr.write('stopping; once more to leave at once\n');
      stopping.abort();
    });
  }
  return stopping.signal;
}

const COLUMNS = ['runs', 'early', 'duplicates', 'unflaggedDuplicates', 'silentLosses', 'unknown', 'late'] as const;

function table({ seed, scenarios }: ChaosReport): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length), 8);
  const head = `  ${'scenario'.padEnd(width)}  ${COLUMNS.map((column) => column.padStart(column.length)).join('  ')}`;
  const rows = scenarios.map((scenario) => {
    const figures = COLUMNS.map((column) => String(scenario[column]).padStart(column.length)).join('  ');
    return `${scenario.ok ? '✓' : '✗'} ${scenario.name.padEnd(width)}  ${figures}  ${scenario.note ?? ''}`.trimEnd();
  });
  return [head, ...rows, `seed ${seed}`, ''].join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
