/**
 * Fills a ledger with a million events as sending writes them, seals it with the product's own sealer, and verifies it in a
 * process of its own. Promise: 60 s. Run: npm run bench:ledger [-- --deliveries 325000] [--json]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AuditLog } from '#libs/audit';
import { LedgerVerify, Sealer, type LedgerReport } from '#libs/delivery';
import { Database, Secrets, type OrganisationId } from '#libs/kernel';
import { fillLedger } from './ledger.filling.js';

const LIMIT = { seconds: 60, megabytes: 400 };
const SECRETS = new Secrets(Buffer.alloc(32, 7));

interface Figures {
  readonly seconds: number;
  /** Of this process; the rest of the time PostgreSQL worked. */
  readonly cpu: number;
  readonly peakRssMb: number;
  readonly report: LedgerReport;
}

/** In a process of its own, so that its memory is its own. */
async function verify(url: string, organisation: OrganisationId): Promise<void> {
  const db = await Database.open({ url, role: 'dateline_app' });
  const started = performance.now();
  const report = await new LedgerVerify(db, SECRETS).run(organisation);
  const seconds = (performance.now() - started) / 1_000;
  await db.close();
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const figures: Figures = { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, peakRssMb: maxRSS / 1_024, report };
  console.log(JSON.stringify(figures));
}

function verifyApart(url: string, organisation: string): Figures {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'verify', url, organisation], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Figures;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { deliveries: { type: 'string', default: '325000' }, json: { type: 'boolean', default: false } },
  });
  const { startEmbeddedPostgres } = await import('../../apps/standalone/src/embedded-postgres.js');
  const { migrate } = await import('#libs/ops');
  const folder = mkdtempSync(join(tmpdir(), 'dateline-bench-'));
  const server = await startEmbeddedPostgres({ folder });
  try {
    await migrate(server.url);
    const owner = await Database.open({ url: server.url, statementTimeoutMs: 0 });
    const organisation = await fillLedger(owner, SECRETS, Number(values.deliveries));
    const db = await Database.open({ url: server.url, role: 'dateline_app' });
    const started = performance.now();
    await new Sealer(db, new AuditLog()).seal();
    const sealSeconds = (performance.now() - started) / 1_000;
    const runs = [verifyApart(server.url, organisation), verifyApart(server.url, organisation)];
    await db.close();
    await owner.close();
    print({ sealSeconds, runs }, values.json);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print({ sealSeconds, runs }: { sealSeconds: number; runs: readonly Figures[] }, json: boolean): void {
  const machine = { cpus: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', node: process.version };
  const rows = runs.map(({ seconds, cpu, peakRssMb, report }) => ({
    events: report.events,
    deliveries: report.deliveries,
    seconds,
    cpu,
    peakRssMb,
    faults: report.faults.length,
    ok:
      seconds <= LIMIT.seconds &&
      peakRssMb <= LIMIT.megabytes &&
      report.faults.length === 0 &&
      report.events === report.sealed,
  }));
  if (rows.some((row) => !row.ok)) process.exitCode = 1;
  if (json) return console.log(JSON.stringify({ machine, sealSeconds, rows }));
  for (const { report } of runs) for (const fault of report.faults.slice(0, 5)) console.log(fault.where, fault.what);
  console.log(`sealed in ${sealSeconds.toFixed(1)} s`);
  for (const row of rows)
    console.log(
      `${row.ok ? '✓' : '✗'} ${row.events} events of ${row.deliveries} deliveries verified in ${row.seconds.toFixed(1)} s ` +
        `(${row.cpu.toFixed(1)} s CPU here, the rest PostgreSQL), ${row.peakRssMb.toFixed(0)} MB, ${row.faults} faults`,
    );
}

const [, , word, url = '', organisation = ''] = process.argv;
if (word === 'verify') await verify(url, organisation as OrganisationId);
else await main();
