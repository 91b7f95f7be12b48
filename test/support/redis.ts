import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.js';

export interface RedisOptions {
  /** As in redis.conf; production wants `noeviction`, the default here. */
  readonly maxmemoryPolicy?: string;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Power cut: what was not yet in the append-only file is gone. */
  kill9(): Promise<void>;
  /** Starts again on the same port with the same files. */
  restart(): Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** Prints the server's pid, and ends the server when this process dies, so that no killed spec leaves one behind. */
const WATCHDOG = `
"$@" >redis.log 2>&1 & server=$!; echo $server
exec 3<&0
{ cat <&3 >/dev/null; kill -TERM $server; } & watcher=$!
exec 3<&- </dev/null >/dev/null
wait $server; kill $watcher 2>/dev/null`;

/** A real redis-server of this test's own: free port, temporary folder, set up as production asks for. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-redis-'));
  const port = await freePort();
  let running = await launch(folder, port, options);
  const end = async (signal: NodeJS.Signals) => {
    if (running.child.exitCode !== null) return;
    const ended = new Promise((done) => running.child.once('exit', done));
    process.kill(running.pid, signal);
    await ended;
    running.child.stdin?.destroy();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running.pid;
    },
    kill9: () => end('SIGKILL'),
    restart: async () => {
      running = await launch(folder, port, options);
    },
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
}

async function launch(folder: string, port: number, options: RedisOptions): Promise<Running> {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    'maxmemory-policy': options.maxmemoryPolicy ?? 'noeviction',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    hz: '100',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'redis-watchdog', 'redis-server', ...args], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  const pid = Number(await new Promise<string>((done) => child.stdout.setEncoding('utf8').once('data', done)));
  for (let tries = 0; !(await answersPing(port)); tries++) {
    if (child.exitCode !== null || tries > 500) throw new Error(`redis-server did not start; see ${folder}/redis.log`);
    await sleep(10);
  }
  return { child, pid };
}

/** Ready means "+PONG": while it reads its files it says -LOADING. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => {
      socket.destroy();
      done(answer.toString().startsWith('+PONG'));
    });
    socket.once('error', () => done(false));
  });
}
