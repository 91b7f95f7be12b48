import { createSecureContext, TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { SinkBody } from './sink.body.js';
import type { SinkHost } from './sink.host.js';
import type { Answer, SinkPhase } from './sink.script.js';

/** One session as the server sees it. */
export class SinkConnection {
  private commands = '';
  private readonly rest: Buffer[] = [];
  private body: SinkBody | undefined;
  private from: string | undefined;
  private to: string | undefined;
  private secure: boolean;
  private loggedIn = false;
  private expectLogin: string[] = [];
  private sent = 0;
  private working = false;
  private mute = false;
  private pending = '';
  private doomed = false;

  constructor(
    private socket: Socket,
    private readonly server: SinkHost,
    readonly number: number,
  ) {
    this.secure = socket instanceof TLSSocket;
    this.listen(socket);
    void this.say('greeting', 220, 'sink ESMTP').then(() => this.flush());
  }

  destroy(): void {
    this.socket.destroy();
  }

  private listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('data', (packet: Buffer) => {
      this.rest.push(packet);
      void this.work();
    });
    socket.on('error', () => undefined);
    socket.on('end', () => this.socket.end());
    socket.on('close', () => this.server.connections.delete(this));
  }

  /** One thing after another, also when an answer is delayed: what arrives meanwhile waits, as in a real server. */
  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    for (let packet = this.rest.shift(); packet && !this.mute; packet = this.rest.shift()) {
      if (this.body) await this.data(packet);
      else await this.lines(packet);
      this.flush();
    }
    this.working = false;
  }

  private async data(packet: Buffer): Promise<void> {
    const body = this.body!;
    if (body.bytes === 0) {
      const answer = this.server.script.answer({ phase: 'body', connection: this.number, to: this.to });
      if (answer) this.doomed = (await this.act(answer, 0, '')) >= 400;
      if (this.mute) return;
    }
    const end = body.take(packet);
    if (end < 0) return;
    this.body = undefined;
    if (end < packet.length) this.rest.unshift(packet.subarray(end));
    // refused before its end: swallowed, counted, and not answered again
    if (this.doomed) this.server.dots += 1;
    else await this.dot(body);
    this.doomed = false;
  }

  private async dot(body: SinkBody): Promise<void> {
    const { server, from, to } = this;
    [this.from, this.to] = [undefined, undefined];
    server.dots += 1;
    this.sent += 1;
    const answer = server.script.answer({ phase: 'dot', connection: this.number, to });
    const accepted = answer?.accept ?? (answer?.code === undefined ? answer === undefined : answer.code < 300);
    if (accepted) await server.accept({ connection: this.number, from: from!, to: to!, body });
    if (answer) await this.act(answer, 250, '2.0.0 Ok');
    else this.write(`250 2.0.0 Ok: queued as ${server.messages.length.toString(36).toUpperCase()}\r\n`);
    const { messagesPerConnection } = server.options;
    if (messagesPerConnection && this.sent >= messagesPerConnection) {
      this.write('421 4.7.0 Enough messages on this connection\r\n');
      this.bye();
    }
  }

  private async lines(packet: Buffer): Promise<void> {
    this.commands += packet.toString('utf8');
    for (let end = this.commands.indexOf('\r\n'); end >= 0 && !this.mute; end = this.commands.indexOf('\r\n')) {
      const line = this.commands.slice(0, end);
      this.commands = this.commands.slice(end + 2);
      await this.command(line);
      if (this.body && this.commands.length > 0) {
        this.rest.unshift(Buffer.from(this.commands, 'utf8'));
        this.commands = '';
      }
      if (this.body) return;
    }
  }

  private async command(line: string): Promise<void> {
    const pending = this.expectLogin.shift();
    if (pending) return this.loginStep(pending, line);
    const verb = line.split(' ')[0]!.toUpperCase();
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        return this.hello(verb);
      case 'STARTTLS':
        return this.startTls();
      case 'AUTH':
        return this.login(line);
      case 'MAIL':
        return this.mail(line);
      case 'RCPT':
        return this.rcpt(line);
      case 'DATA':
        return this.openBody();
      case 'RSET':
        [this.from, this.to] = [undefined, undefined];
        return void (await this.say('rset', 250, '2.0.0 Ok'));
      case 'QUIT':
        await this.say('quit', 221, '2.0.0 Bye');
        return this.bye();
      default:
        this.write('502 5.5.2 Command not recognised\r\n');
    }
  }

  private async hello(verb: string): Promise<void> {
    const { options } = this.server;
    const offers = [
      'sink',
      ...(options.pipelining === false ? [] : ['PIPELINING']),
      ...(options.eightBit === false ? [] : ['8BITMIME']),
      ...(options.smtpUtf8 === false ? [] : ['SMTPUTF8']),
      ...(options.size === undefined ? [] : [options.size > 0 ? `SIZE ${options.size}` : 'SIZE']),
      ...(options.tls === 'starttls' && !this.secure ? ['STARTTLS'] : []),
      ...(options.login ? ['AUTH PLAIN LOGIN'] : []),
    ];
    const lines = offers.map((offer, i) => `250${i === offers.length - 1 ? ' ' : '-'}${offer}\r\n`).join('');
    const answer = this.server.script.answer({ phase: 'ehlo', connection: this.number });
    if (answer) await this.act(answer, 250, 'sink');
    else this.write(verb === 'EHLO' ? lines : '250 sink\r\n');
  }

  private async startTls(): Promise<void> {
    const { certificate } = this.server;
    if (this.server.options.tls !== 'starttls' || !certificate) {
      this.write('502 5.5.1 Not offered\r\n');
      return;
    }
    if ((await this.say('starttls', 220, '2.0.0 Ready')) !== 220) return;
    this.flush();
    this.socket.removeAllListeners('data');
    this.socket = new TLSSocket(this.socket, { isServer: true, secureContext: createSecureContext(certificate) });
    this.secure = true;
    this.listen(this.socket);
  }

  private async login(line: string): Promise<void> {
    const [, mechanism = '', initial] = line.split(' ');
    if (mechanism.toUpperCase() === 'PLAIN' && initial) return this.loginStep('plain', initial);
    this.expectLogin = mechanism.toUpperCase() === 'LOGIN' ? ['user', 'password'] : ['plain'];
    this.write(`334 ${mechanism.toUpperCase() === 'LOGIN' ? 'VXNlcm5hbWU6' : ''}\r\n`);
  }

  private user = '';

  private async loginStep(step: string, line: string): Promise<void> {
    const text = Buffer.from(line, 'base64').toString('utf8');
    if (step === 'user') {
      this.user = text;
      this.write('334 UGFzc3dvcmQ6\r\n');
      return;
    }
    const [user, password] = step === 'plain' ? text.split('\0').slice(1) : [this.user, text];
    const { login } = this.server.options;
    const right = login !== undefined && login.user === user && login.password === password;
    const code = await this.say('auth', right ? 235 : 535, right ? '2.7.0 Welcome' : '5.7.8 Authentication failed');
    this.loggedIn = code === 235;
  }

  private async mail(line: string): Promise<void> {
    if (this.server.options.login && !this.loggedIn) return this.write('530 5.7.0 Authentication required\r\n');
    if (this.from !== undefined) return this.write('503 5.5.1 Nested MAIL command\r\n');
    const from = /^MAIL FROM:<([^>]*)>/i.exec(line)?.[1];
    if (from === undefined) return this.write('501 5.5.4 Syntax: MAIL FROM:<address>\r\n');
    this.server.mails.push(line);
    if (Math.floor((await this.say('mail', 250, '2.1.0 Ok')) / 100) === 2) this.from = from;
  }

  private async rcpt(line: string): Promise<void> {
    const to = /^RCPT TO:<([^>]+)>$/i.exec(line)?.[1];
    if (this.from === undefined) return this.write('503 5.5.1 Need MAIL first\r\n');
    if (!to) return this.write('501 5.5.4 Syntax: RCPT TO:<address>\r\n');
    if (this.to !== undefined) return this.write('452 4.5.3 Too many recipients\r\n');
    if (this.server.greylists(to)) return this.write('450 4.2.0 Greylisted, come back later\r\n');
    if (Math.floor((await this.say('rcpt', 250, '2.1.5 Ok', to)) / 100) === 2) this.to = to;
  }

  private async openBody(): Promise<void> {
    // some servers say 354 even so; a rule for `data` can make this one do it
    const answer = this.server.script.answer({ phase: 'data', connection: this.number, to: this.to });
    if (!answer && this.to === undefined) return this.write('554 5.5.1 No valid recipients\r\n');
    const code = answer ? await this.act(answer, 354, 'Go ahead') : 354;
    if (!answer) this.write('354 Go ahead\r\n');
    if (code === 354) this.body = new SinkBody(this.server.options.capture ?? 'raw');
  }

  /** The ordinary answer unless the script has another. Returns the code that counts; 0 when the session does not go on. */
  private async say(phase: SinkPhase, code: number, text: string, to = this.to): Promise<number> {
    const answer = this.server.script.answer({ phase, connection: this.number, ...(to ? { to } : {}) });
    if (answer) return this.act(answer, code, text);
    this.write(`${code} ${text}\r\n`);
    return code;
  }

  private async act(answer: Answer, code: number, text: string): Promise<number> {
    this.flush();
    if (answer.delayMs) await pause(answer.delayMs);
    const saysOrdinary =
      answer.code === undefined && answer.raw === undefined && (answer.delayMs || answer.chunk) && !answer.then;
    const said = answer.code ?? (saysOrdinary ? code : 0);
    const bytes = answer.raw ?? (said > 0 ? `${said} ${answer.text ?? text}\r\n` : '');
    // silence and a close are for good: what has arrived already must not be answered or taken any more
    this.mute ||= answer.then === undefined ? bytes === '' : answer.then !== 'deaf';
    if (bytes !== '') await this.trickle(bytes, answer);
    if (answer.then === 'rst') this.socket.resetAndDestroy();
    if (answer.then === 'fin') this.socket.destroy();
    if (answer.then === 'half_close') this.socket.end();
    if (answer.then === 'deaf') this.socket.pause();
    return answer.then ? 0 : said;
  }

  private async trickle(text: string, { chunk, everyMs }: Answer): Promise<void> {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length; at += chunk ?? bytes.length) {
      if (at > 0) await pause(everyMs ?? 1);
      if (this.socket.destroyed) return;
      this.flush(bytes.subarray(at, at + (chunk ?? bytes.length)));
    }
  }

  /** Answers to one packet leave together; three writes for a pipelined envelope would cost more than the sink's own work. */
  private write(line: string): void {
    this.pending += line;
  }

  private flush(bytes: string | Buffer = this.pending): void {
    if (bytes === this.pending) this.pending = '';
    if (bytes.length > 0 && !this.socket.destroyed && this.socket.writable) this.socket.write(bytes);
  }

  private bye(): void {
    this.flush();
    this.socket.end();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
