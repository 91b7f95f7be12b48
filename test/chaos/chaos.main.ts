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
  help: { type: 'boolean', default: false },
} as const;

const USAGE = `npm run -s chaos -- [--only NAME[,NAME]] [--runs N] [--seed S] [--quick] [--json]
npm run -s chaos -- --list

--only    these scenarios; all when not given
--runs    so often instead of each scenario's own count
--seed    draws the same chance again; printed at each start
--quick   a small count of each, all within three minutes on two free cores
--json    one JSON document on standard output, notes on standard error
`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return said(USAGE);
  if (values.list) return said(listed(values.json));
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

function said(text: string): number {
  process.stdout.write(text);
  return 0;
}

function listed(json: boolean): string {
  const scenarios = SCENARIOS.map(({ name, says, runs }) => ({ name, says, runs }));
  if (json) return `${JSON.stringify(scenarios, null, 2)}\n`;
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return scenarios.map(({ name, says, runs }) => `${name.padEnd(width)}  ${says} (${runs.full} runs)\n`).join('');
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
