import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, listens } from '../support/ports.js';
import { mainCfOf, masterCf, userId } from '../support/postfix.config.js';
import { CONNECTIONS } from './house.js';
import { endWithUs } from './processes.js';
import { programPath } from './programs.js';
import type { Scope } from './scope.js';

const STARTS_WITHIN_MS = 20_000;
const LEAVES_WITHIN_MS = 10_000;

/** A Postfix of the bench's own: its configuration, queue and log in a folder of its own, on loopback only. */
export interface PostfixInstance {
  /** Takes mail in, straight into the hold queue. */
  readonly port: number;
  /** Files in one of its queues. */
  count(queue: 'hold' | 'deferred' | 'active' | 'incoming'): number;
  /** Lets everything go that is on hold, and has the queue manager look at once. */
  release(): void;
}

/** Why Postfix cannot run here; undefined when it can. */
export function postfixObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'Postfix’s hold queue was left out: its master process needs root.';
  if (userId('postfix') === undefined) return 'Postfix’s hold queue was left out: there is no user "postfix".';
  return undefined;
}

/** Starts it; everything goes to one relay on this machine, over as many connections as the other contenders have. */
export async function startPostfix(scope: Scope, relayPort: number): Promise<PostfixInstance> {
  const folder = scope.own(mkdtempSync(join(tmpdir(), 'dateline-bench-postfix-')), (path) =>
    rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  );
  chmodSync(folder, 0o755);
  const places = { conf: join(folder, 'conf'), spool: join(folder, 'spool'), data: join(folder, 'data') };
  for (const place of Object.values(places)) mkdirSync(place);
  chownSync(places.data, userId('postfix') ?? 0, 0);
  const port = await freePort();
  writeFileSync(join(places.conf, 'main.cf'), mainCf(folder, places, relayPort));
  writeFileSync(join(places.conf, 'master.cf'), masterCf(port));
  run('postfix', ['-c', places.conf, 'start']);
  const pid = Number(readFileSync(join(places.spool, 'pid', 'master.pid'), 'utf8'));
  scope.own(pid, endMaster);
  endWithUs(scope, pid);
  for (let waited = 0; !(await listens(port)); waited += 20) {
    if (waited > STARTS_WITHIN_MS) throw new Error('Postfix did not start');
    await sleep(20);
  }
  return {
    port,
    count: (queue) => filesIn(join(places.spool, queue)),
    release: () => {
      run('postsuper', ['-c', places.conf, '-H', 'ALL']);
      run('postqueue', ['-c', places.conf, '-f']);
    },
  };
}

async function endMaster(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (let waited = 0; waited < LEAVES_WITHIN_MS; waited += 20) {
      try {
        process.kill(pid, waited === 0 ? signal : 0);
      } catch {
        return;
      }
      await sleep(20);
    }
  }
}

function run(program: string, args: readonly string[]): void {
  const done = spawnSync(programPath(program), [...args], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${(done.stderr || done.stdout).trim()}`);
}

function filesIn(folder: string): number {
  const found = spawnSync('find', [folder, '-type', 'f'], { encoding: 'utf8', maxBuffer: 64_000_000 });
  return found.stdout.split('\n').length - 1;
}

function mainCf(folder: string, places: { spool: string; data: string }, relayPort: number): string {
  const settings = {
    compatibility_level: '3.6',
    queue_directory: places.spool,
    data_directory: places.data,
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    myhostname: 'bench.clear-harbour.example.org',
    mydestination: '',
    alias_maps: '',
    local_recipient_maps: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    relayhost: `[127.0.0.1]:${relayPort}`,
    disable_dns_lookups: 'yes',
    smtp_host_lookup: 'native',
    smtpd_client_restrictions: 'check_client_access static:HOLD',
    smtpd_recipient_restrictions: 'permit_mynetworks, reject',
    // as fast as it goes: as many connections as the others, all kept open, nothing slowed down on the way in
    default_destination_concurrency_limit: String(CONNECTIONS),
    initial_destination_concurrency: String(CONNECTIONS),
    smtp_connection_cache_destinations: `[127.0.0.1]:${relayPort}`,
    smtp_connection_reuse_time_limit: '600s',
    default_process_limit: '100',
    in_flow_delay: '0',
    qmgr_message_active_limit: '100000',
    qmgr_message_recipient_limit: '100000',
    smtp_tls_security_level: 'none',
    smtpd_tls_security_level: 'none',
    maillog_file: join(folder, 'maillog'),
    maillog_file_prefixes: folder,
  };
  return mainCfOf(settings);
}
