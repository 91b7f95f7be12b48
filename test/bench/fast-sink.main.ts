/**
 * A mail server that does nothing but accept, as a process of its own: what a sender can do when the server is not the
 * limit. Prints `{"port":…}` when it listens. A line `report` on standard input is answered by what it counted since the
 * line `reset`, which is answered in the same way; it leaves when its standard input ends.
 *
 *   node dist/test/bench/fast-sink.main.js
 */
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { FastSinkSession } from './fast-sink.session.js';

/** Counts since the last reset; times are milliseconds of this machine's clock. */
export interface FastSinkReport {
  readonly accepted: number;
  readonly bytes: number;
  readonly connections: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

const NOTHING: FastSinkReport = { accepted: 0, bytes: 0, connections: 0, firstAt: null, lastAt: null };
let counted = { ...NOTHING };

const server = createServer({ noDelay: true }, (socket) => {
  const session = new FastSinkSession();
  counted = { ...counted, connections: counted.connections + 1 };
  socket.on('error', () => socket.destroy());
  socket.on('data', (packet) => {
    const { replies, accepted, bye } = session.feed(packet);
    count(packet.length, accepted);
    if (bye) socket.end(replies);
    else if (replies !== '') socket.write(replies);
  });
  socket.write('220 fast-sink ESMTP\r\n');
});

function count(bytes: number, accepted: number): void {
  const mutable = counted as { -readonly [Key in keyof FastSinkReport]: FastSinkReport[Key] };
  mutable.bytes += bytes;
  if (accepted === 0) return;
  const now = Date.now();
  mutable.accepted += accepted;
  mutable.firstAt ??= now;
  mutable.lastAt = now;
}

server.listen(0, '127.0.0.1', 1_024, () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'reset') counted = { ...NOTHING };
    process.stdout.write(`${JSON.stringify(counted)}\n`);
  })
  .on('close', () => process.exit(0));
