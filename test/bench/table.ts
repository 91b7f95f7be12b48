import type { BenchResult, CpuSeconds, CurvePoint, Lateness, Ratios, Row } from './results.js';

const CPU = 'CPU s: worker + database + sink';

type Cell = string | number | null;

/** Columns as wide as their widest cell; words to the left, figures to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [headings, ...rows.map((row) => row.map(cellText))];
  const widths = headings.map((_, column) => Math.max(...texts.map((row) => (row[column] ?? '').length)));
  const isWord = headings.map((_, column) => rows.every((row) => typeof row[column] !== 'number'));
  return texts
    .map((row) =>
      row
        .map((text, column) => (isWord[column] ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellText(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  return Math.abs(cell) < 100 && !Number.isInteger(cell) ? cell.toFixed(1) : Math.round(cell).toLocaleString('en');
}

/** Everything a run gave, as people read it. */
export function report(result: BenchResult): string {
  const { machine } = result;
  const parts = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres}, Redis ${machine.redis}, Postfix ${machine.postfix}; load before ${machine.loadBefore}`,
    `${result.quick ? 'QUICK: fewer recipients and rounds than the figures in docs/benchmarks.md. ' : ''}${result.rows.length > 0 ? `Medians of ${result.rounds} interleaved rounds; ` : ''}messages of ${(result.messageBytes / 1000).toFixed(1)} KB in three languages`,
    ...(result.rows.length > 0 ? ['', rowTable(result.rows), ''] : []),
    ...ratioLines('smtp-sink', result.ratios),
    ...ratioLines('fast sink', result.fastSinkRatios),
    ...(result.curve.length > 0 ? ['', curveTable(result.curve)] : []),
    ...profileLines(result.profile),
    ...latenessLines(result.lateness),
    ...(result.notes.length > 0 ? ['', ...result.notes] : []),
  ];
  return parts.join('\n');
}

function rowTable(rows: readonly Row[]): string {
  return table(
    [
      '',
      'sink',
      'queue',
      'processes',
      'recipients',
      'first ms',
      'last ms',
      'ledger ms',
      'per s',
      '(lowest',
      'highest)',
      'MB',
      'loop p99 ms',
      CPU,
    ],
    rows.map((row) => [
      row.name,
      row.sink,
      row.backend,
      row.workers,
      row.recipients,
      row.firstMs,
      row.lastMs,
      row.ledgerMs,
      row.perSecond,
      Math.round(row.spread[0]),
      Math.round(row.spread[1]),
      row.peakRssMb,
      row.loopDelayP99Ms,
      cpuText(row.cpu),
    ]),
  );
}

function cpuText(cpu: CpuSeconds | null): string | null {
  return cpu && [cpu.workers, cpu.postgres, cpu.sink].map((seconds) => seconds.toFixed(1)).join(' + ');
}

function ratioLines(sink: string, ratios: Ratios): string[] {
  const says = [
    times(ratios.vsSmtpSource, 2, 'the rate of smtp-source'),
    times(ratios.vsQuickstart, 1, 'that of the quickstart way'),
    times(ratios.vsPeer, 1, 'that of Postfix’s hold queue'),
    ratios.gateCost === null ? undefined : `the final-dot gate costs ${(ratios.gateCost * 100).toFixed(1)} %`,
  ].filter((part) => part !== undefined);
  return says.length === 0 ? [] : [`${sink}: ${says.join(', ')}`];
}

function times(ratio: number | null, digits: number, than: string): string | undefined {
  return ratio === null ? undefined : `${ratio.toFixed(digits)} × ${than}`;
}

function curveTable(curve: readonly CurvePoint[]): string {
  return table(
    ['recipients', 'prepare ms', 'growth MB', 'first ms', 'last ms', 'ledger ms', 'per s', 'MB', 'loop p99 ms', CPU],
    curve.map((point) => [
      point.recipients,
      point.prepareMs,
      point.prepareGrowthMb,
      point.firstMs,
      point.lastMs,
      point.ledgerMs,
      point.perSecond,
      point.peakRssMb,
      point.loopDelayP99Ms,
      cpuText(point.cpu),
    ]),
  );
}

function profileLines(profile: BenchResult['profile']): string[] {
  if (profile.length === 0) return [];
  const lines = profile.map(({ where, share }) => `${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
  return ['', 'A worker’s own time while it sends to Postfix’s sink:', ...lines];
}

function latenessLines(lateness: BenchResult['lateness']): string[] {
  const lines = Object.entries(lateness).flatMap(([when, one]: [string, Lateness | null]) =>
    one === null
      ? []
      : [
          `${when}: p50 ${one.p50.toFixed(1)} ms, p99 ${one.p99.toFixed(1)} ms, latest ${one.max.toFixed(1)} ms after T; ${one.early} of ${one.schedules} early`,
        ],
  );
  return lines.length === 0 ? [] : ['', 'First message after T:', ...lines];
}
