import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONNECTIONS, type BenchHouse } from './house.js';
import { startPostfix } from './postfix.instance.js';
import { gone, stopProcess } from './processes.js';
import { programPath } from './programs.js';
import type { Contest, Measured } from './results.js';
import type { Scope } from './scope.js';
import { startSink, type RunningSink } from './sinks.js';

const LIMIT_MS = 180_000;
const POLL_MS = 5;

/**
 * A real mail server that keeps messages until T: Postfix with everything in its hold queue beforehand, released at T by
 * `postsuper -H ALL`. It has complete messages already, personalises and signs nothing, and its record is a log.
 */
export function runPostfixHold(house: BenchHouse, contest: Contest, messageBytes: number): Promise<Measured> {
  return house.scope.within(`Postfix’s hold queue to ${contest.sink}`, LIMIT_MS, async (scope) => {
    const sink = await startSink(scope, contest.sink, contest.recipients);
    const postfix = await startPostfix(scope, sink.port);
    await fill(scope, postfix.port, contest.recipients, messageBytes);
    const held = postfix.count('hold');
    if (held !== contest.recipients) throw new Error(`Postfix holds ${held} of ${contest.recipients} messages`);
    await sink.reset();
    const startedAt = Date.now();
    postfix.release();
    const { firstAt, lastAt } = await acceptedAll(sink, contest.recipients);
    return {
      firstMs: firstAt === null ? null : firstAt - startedAt,
      lastMs: lastAt - startedAt,
      ledgerMs: null,
      peakRssMb: null,
      loopDelayP99Ms: null,
      cpu: null,
    };
  });
}

async function fill(scope: Scope, port: number, recipients: number, messageBytes: number): Promise<void> {
  const child = scope.own(
    spawn(
      programPath('smtp-source'),
      [
        '-d',
        '-N',
        ...['-s', String(CONNECTIONS)],
        ...['-m', String(recipients)],
        ...['-l', String(Math.round(messageBytes))],
        ...['-f', 'press@clear-harbour.example.org'],
        ...['-t', 'journalist@outlet.example.com'],
        `127.0.0.1:${port}`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    ),
    stopProcess,
  );
  await gone(child);
  if (child.exitCode !== 0) throw new Error(`Postfix did not take all messages in (${child.exitCode})`);
}

/** Postfix’s sink leaves after the last message, the fast one tells its count. */
async function acceptedAll(sink: RunningSink, recipients: number): Promise<{ firstAt: number | null; lastAt: number }> {
  if (sink.kind === 'smtp-sink') {
    await sink.left;
    return { firstAt: null, lastAt: Date.now() };
  }
  for (;;) {
    const report = await sink.report();
    if (report && report.accepted >= recipients && report.lastAt !== null)
      return { firstAt: report.firstAt, lastAt: report.lastAt };
    await sleep(POLL_MS);
  }
}
