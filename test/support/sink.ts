import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { TestCertificate } from './certificate.js';
import type { SinkBody } from './sink.body.js';
import type { SinkHost, SinkOptions, SunkMessage } from './sink.host.js';
import { SinkConnection } from './sink.connection.js';
import { SyncedLog } from './sink.log.js';
import { SinkScript, type Rule } from './sink.script.js';

export type { SinkOptions, SunkMessage } from './sink.host.js';

/** A mail server for tests that takes everything, unless its script says otherwise, and remembers it. */
export interface Sink {
  readonly url: string;
  readonly port: number;
  /** Accepted messages, in order. */
  readonly messages: readonly SunkMessage[];
  /** Final dots seen, accepted or not. */
  readonly dots: number;
  /** MAIL commands as they came. */
  readonly mails: readonly string[];
  /** Connections ever made. */
  readonly connectionsMade: number;
  readonly openConnections: number;
  /** Replaces the script while it runs. */
  script(rules: readonly Rule[]): void;
  /** Forgets messages and counts. */
  forget(): void;
  stop(): Promise<void>;
}

export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const server = new SinkServer(options);
  await server.listen();
  return {
    url: server.url,
    port: server.port,
    get messages() {
      return server.messages;
    },
    get dots() {
      return server.dots;
    },
    get mails() {
      return server.mails;
    },
    get connectionsMade() {
      return server.made;
    },
    get openConnections() {
      return server.connections.size;
    },
    script: (rules) => server.script.set(rules),
    forget: () => server.forget(),
    stop: () => server.stop(),
  };
}

export class SinkServer implements SinkHost {
  readonly script: SinkScript;
  readonly connections = new Set<SinkConnection>();
  readonly certificate: TestCertificate | undefined;
  messages: SunkMessage[] = [];
  mails: string[] = [];
  dots = 0;
  made = 0;
  /** Numbers connections for rules and records; goes on when counts are forgotten. */
  private serial = 0;
  private readonly firstSeen = new Map<string, number>();
  private readonly log: SyncedLog | undefined;
  private readonly server: Server;

  constructor(readonly options: SinkOptions) {
    this.script = new SinkScript(options.script);
    this.certificate = options.certificate;
    this.log = options.acceptLog ? new SyncedLog(options.acceptLog) : undefined;
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.connect(socket));
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port ?? 0, '127.0.0.1', 511, resolve);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    const { login, tls } = this.options;
    const who = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : '';
    return `${tls === 'implicit' ? 'smtps' : 'smtp'}://${who}127.0.0.1:${this.port}${tls === 'starttls' ? '?tls=required' : ''}`;
  }

  async accept(taken: { connection: number; from: string; to: string; body: SinkBody }): Promise<void> {
    const { connection, from, to, body } = taken;
    const { messageId, raw, sha256 } = body;
    const at = Date.now();
    const facts = {
      at,
      connection,
      from,
      to,
      bytes: body.bytes - 3,
      messageId,
      sha256: this.options.capture === 'none' ? undefined : sha256,
    };
    this.messages.push(raw ? { ...facts, raw } : facts);
    await this.log?.append(facts);
  }

  greylists(to: string): boolean {
    const { greylistMs } = this.options;
    if (greylistMs === undefined) return false;
    const first = this.firstSeen.get(to);
    if (first === undefined) this.firstSeen.set(to, Date.now());
    return first === undefined || Date.now() - first < greylistMs;
  }

  forget(): void {
    this.messages = [];
    this.mails = [];
    this.dots = 0;
    this.made = 0;
    this.firstSeen.clear();
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await this.log?.close();
  }

  private connect(plain: Socket): void {
    this.made += 1;
    this.serial += 1;
    const { maxConnections, tls } = this.options;
    if (maxConnections && this.connections.size >= maxConnections) {
      plain.end('421 4.7.0 Too many connections\r\n');
      return;
    }
    const socket =
      tls === 'implicit' && this.certificate
        ? new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(this.certificate) })
        : plain;
    this.connections.add(new SinkConnection(socket, this, this.serial));
  }
}
