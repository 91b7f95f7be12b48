import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, listens } from '../support/ports.js';
import { mainCfOf, masterCf, userId } from '../support/postfix.config.js';
import { until } from '../support/world.js';
import type { ChaosHouse } from './chaos.house.js';

/** Starts it, waits until whoever started us closes the line or dies, whatever killed them, then stops it. */
const WATCHDOG = 'postfix -c "$1" start || exit 1; cat >/dev/null; postfix -c "$1" stop';
const QUEUES = ['maildrop', 'incoming', 'active', 'deferred'] as const;
const NEEDED = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * A real Postfix of this run's own: configuration, queue, data and log in one folder, on loopback, passing everything on to
 * one server. The machine's own Postfix is not touched.
 */
export class PrivatePostfix {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Why it cannot run here; undefined when it can. */
  static obstacle(): string | undefined {
    if (process.getuid?.() !== 0) return 'left out: Postfix’s master process needs root';
    return userId('postfix') === undefined ? 'left out: there is no user "postfix"' : undefined;
  }

  /** @param relayUrl smtp:// on loopback. Stopped with the house. */
  static async start(house: ChaosHouse, relayUrl: string): Promise<PrivatePostfix> {
    const folder = house.folder();
    // its daemons run as the user postfix and must get through
    chmodSync(folder, 0o755);
    for (const place of ['conf', 'spool', 'data']) mkdirSync(join(folder, place));
    chownSync(join(folder, 'data'), userId('postfix') ?? 0, 0);
    const port = await freePort();
    writeFileSync(join(folder, 'conf', 'main.cf'), mainCf(folder, new URL(relayUrl)));
    writeFileSync(join(folder, 'conf', 'master.cf'), masterCf(port));
    // detached: Ctrl-C reaches us, and it is stopped in order
    const child = spawn('/bin/sh', ['-c', WATCHDOG, 'postfix-watchdog', join(folder, 'conf')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: NEEDED,
    });
    const postfix = new PrivatePostfix(folder, child, `smtp://127.0.0.1:${port}`);
    house.later(() => postfix.stop());
    await until('Postfix', () => child.exitCode !== null || listens(port));
    if (child.exitCode !== null) throw new Error(`Postfix did not start: ${postfix.lastWords()}`);
    return postfix;
  }

  get log(): string {
    return join(this.folder, 'maillog');
  }

  /** Waits until it has passed everything on. */
  async drained(): Promise<void> {
    await until('an empty queue of Postfix', () => this.queued() === 0, 60_000).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${this.queued()} messages in it: ${this.lastWords()}`);
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.stdin?.end();
    await Promise.race([gone, sleep(20_000, undefined, { ref: false })]);
  }

  private queued(): number {
    return QUEUES.reduce((sum, queue) => sum + filesBelow(join(this.folder, 'spool', queue)), 0);
  }

  private lastWords(): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-5).join('\n');
  }
}

function filesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

function mainCf(folder: string, relay: URL): string {
  const settings = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'spool'),
    data_directory: join(folder, 'data'),
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    maillog_file: join(folder, 'maillog'),
    maillog_file_prefixes: folder,
    myhostname: 'relay.clear-harbour.example.org',
    mydestination: '',
    alias_maps: '',
    local_recipient_maps: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    smtpd_recipient_restrictions: 'permit_mynetworks, reject',
    relayhost: `[${relay.hostname}]:${relay.port}`,
    disable_dns_lookups: 'yes',
    smtp_host_lookup: 'native',
    smtp_tls_security_level: 'none',
    smtpd_tls_security_level: 'none',
  };
  return mainCfOf(settings);
}
