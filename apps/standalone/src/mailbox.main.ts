import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MailDev } from 'maildev';
import type { MailboxWord } from './mailbox.js';

/** Beyond this the oldest goes, with its file: each takes 0.2 MB of memory, and 6 ms to read back at the next start. */
const MOST_MAILS = 3_000;
const LOOPBACK = '127.0.0.1';
const LOCAL_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

async function main([smtpPort, webPort, folder]: readonly string[]): Promise<void> {
  // only the process that started us decides when we go: Ctrl-C must not close us while it still sends
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  const maildev = new MailDev({
    smtp: Number(smtpPort),
    web: Number(webPort),
    ip: LOOPBACK,
    webIp: LOOPBACK,
    mailDirectory: folder ?? '',
    maxEmails: MOST_MAILS,
    // its certificate is self-signed, and nothing leaves this machine
    hideExtensions: ['STARTTLS'],
    silent: true,
  });
  process.on('disconnect', () => void maildev.stop().finally(() => process.exit(0)));
  try {
    const { smtp, api } = await maildev.start();
    if (api) refuseStrangers(api.server.server);
    tell({ word: 'ready', smtpPort: smtp.getPort(), webPort: api?.getAddress()?.port ?? 0 });
  } catch (error) {
    const { code = 'EUNKNOWN', port, message } = error as NodeJS.ErrnoException & { port?: number };
    tell({ word: 'failed', code, port, says: message });
  }
}

function tell(word: MailboxWord): void {
  process.send?.(word);
}

/**
 * The mailbox may hold releases under embargo, and answers any web site's script by default (CORS). So only pages that
 * came from this mailbox may ask, and only under a name of this machine, against DNS that is pointed here later.
 */
function refuseStrangers(server: Server): void {
  for (const event of ['request', 'upgrade'] as const) {
    const listeners = server.listeners(event) as ((...parts: unknown[]) => void)[];
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, answer: ServerResponse | Duplex, ...rest: unknown[]) => {
      if (isOurs(request)) for (const listener of listeners) listener.call(server, request, answer, ...rest);
      else if ('writeHead' in answer)
        answer.writeHead(403).end('Open the mailbox by its own address on this machine.\n');
      else answer.destroy();
    });
  }
}

function isOurs(request: IncomingMessage): boolean {
  const { host = '', origin } = request.headers;
  if (!LOCAL_NAMES.includes(host.replace(/:\d+$/, ''))) return false;
  return origin === undefined || origin === `http://${host}`;
}

await main(process.argv.slice(2));
