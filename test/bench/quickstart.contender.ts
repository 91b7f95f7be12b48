import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startRedis } from '../support/redis.js';
import type { BenchHouse } from './house.js';
import { peakRssMb, stopProcess } from './processes.js';
import type { QuickstartOrder, QuickstartReport } from './quickstart.main.js';
import type { Contest, Measured } from './results.js';
import { startSink } from './sinks.js';

const LIMIT_MS = 180_000;

/** The way a tutorial would build it, in a process of its own: see quickstart.main.ts. */
export function runQuickstart(house: BenchHouse, contest: Contest, html: QuickstartOrder['html']): Promise<Measured> {
  return house.scope.within(`quickstart to ${contest.sink}`, LIMIT_MS, async (scope) => {
    const redis = scope.own(await startRedis(), (server) => server.stop());
    const sink = await startSink(scope, contest.sink);
    const main = fileURLToPath(new URL('./quickstart.main.js', import.meta.url));
    const order: QuickstartOrder = { html, redisUrl: redis.url, smtpPort: sink.port, recipients: contest.recipients };
    const child = scope.own(
      spawn(process.execPath, [main, JSON.stringify(order)], {
        detached: true,
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
      stopProcess,
    );
    const line = await new Promise<string>((resolve, fail) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', (code) => fail(new Error(`the quickstart process ended with ${code}`)));
    });
    const { firstMs, lastMs, loopDelayP99Ms } = JSON.parse(line) as QuickstartReport;
    return { firstMs, lastMs, ledgerMs: null, loopDelayP99Ms, peakRssMb: peakRssMb(child.pid ?? 0), cpu: null };
  });
}
