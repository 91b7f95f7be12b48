import { spawn } from 'node:child_process';
import { CONNECTIONS, type BenchHouse } from './house.js';
import { gone, stopProcess } from './processes.js';
import { programPath } from './programs.js';
import type { Contest, Measured } from './results.js';
import { startSink } from './sinks.js';

const LIMIT_MS = 120_000;

/**
 * Postfix's own load generator: equally large messages over as many connections, kept open, lock-step as it knows no
 * PIPELINING. It composes nothing, signs nothing and remembers nothing; T is when it is started.
 */
export function runSmtpSource(house: BenchHouse, contest: Contest, messageBytes: number): Promise<Measured> {
  return house.scope.within(`smtp-source to ${contest.sink}`, LIMIT_MS, async (scope) => {
    const sink = await startSink(scope, contest.sink);
    await sink.reset();
    const startedAt = Date.now();
    const started = performance.now();
    const child = scope.own(
      spawn(
        programPath('smtp-source'),
        [
          '-d',
          ...['-s', String(CONNECTIONS)],
          ...['-m', String(contest.recipients)],
          ...['-l', String(Math.round(messageBytes))],
          ...['-f', 'press@clear-harbour.example.org'],
          ...['-t', 'journalist@outlet.example.com'],
          `127.0.0.1:${sink.port}`,
        ],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      ),
      stopProcess,
    );
    await gone(child);
    const lastMs = performance.now() - started;
    if (child.exitCode !== 0) throw new Error(`smtp-source ended with ${child.exitCode}`);
    const report = await sink.report();
    if (report && report.accepted !== contest.recipients)
      throw new Error(`smtp-source sent ${contest.recipients} and the sink accepted ${report.accepted}`);
    return {
      firstMs: report?.firstAt == null ? null : report.firstAt - startedAt,
      lastMs: report?.lastAt == null ? lastMs : report.lastAt - startedAt,
      ledgerMs: null,
      peakRssMb: null,
      loopDelayP99Ms: null,
      cpu: null,
    };
  });
}
