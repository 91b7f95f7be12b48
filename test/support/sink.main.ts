/**
 * The sink as a process of its own, for runs in which the sender is killed. Prints `{"port":…,"url":…}` on one line when
 * it listens and, on SIGTERM or when its standard input ends, `{"accepted":…,"dots":…}`.
 *
 *   node dist/test/support/sink.main.js '{"capture":"sha256","acceptLog":"/tmp/accepted.jsonl","script":[…]}'
 */
import { startSink, type SinkOptions } from './sink.js';

const options = JSON.parse(process.argv[2] ?? '{}') as SinkOptions;
const sink = await startSink(options);
process.stdout.write(`${JSON.stringify({ port: sink.port, url: sink.url })}\n`);

let leaving = false;
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  process.stdout.write(`${JSON.stringify({ accepted: sink.messages.length, dots: sink.dots })}\n`);
  await sink.stop();
  process.exit(0);
}

process.on('SIGTERM', () => void leave());
process.on('SIGINT', () => void leave());
process.stdin.on('end', () => void leave()).resume();
