import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Clock, Settings, SettingName } from '#libs/kernel';
import { startMailbox, type Mailbox } from './mailbox.js';
import { Supervised } from './supervisor.js';

export interface ProductOptions {
  readonly workers: number;
  readonly clock: Clock;
}

/** The apps as processes of their own, with the local mailbox where no relay is given. */
export class Product {
  private constructor(
    readonly settings: Settings,
    readonly processes: readonly Supervised[],
    private readonly mailbox: Mailbox | undefined,
  ) {}

  /** @param settings with DATABASE_URL of a migrated database */
  static async start(settings: Settings, { workers, clock }: ProductOptions): Promise<Product> {
    let own = await withFreePorts(settings);
    let mailbox: Mailbox | undefined;
    if (!own.isSet('SMTP_URL')) {
      mailbox = await startMailbox({
        smtpPort: own.number('MAILBOX_SMTP_PORT'),
        webPort: own.number('MAILBOX_PORT'),
        folder: mailboxFolder(own),
      });
      own = own.with({ SMTP_URL: mailbox.smtpUrl });
    }
    const processes: Supervised[] = [];
    try {
      const starting = [
        Supervised.start('api', 1, own, clock),
        Supervised.start('newsroom', 1, own, clock),
        ...Array.from({ length: workers }, (_, i) =>
          Supervised.start('worker', i + 1, own.with({ WORKER_PORT: '0' }), clock),
        ),
      ];
      const outcomes = await Promise.allSettled(starting);
      for (const outcome of outcomes) if (outcome.status === 'fulfilled') processes.push(outcome.value);
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    } catch (error) {
      await Promise.all(processes.map((one) => one.stop()));
      await mailbox?.stop();
      throw error;
    }
    return new Product(own, processes, mailbox);
  }

  /** What runs where, for people. */
  addresses(): [string, string][] {
    const host = this.settings.text('LISTEN_HOST');
    const shown = host === '0.0.0.0' ? 'localhost' : host;
    return [
      ...(this.mailbox ? ([['mailbox', this.mailbox.webUrl]] as [string, string][]) : []),
      ['newsroom', this.settings.text('NEWSROOM_URL')],
      ['api', `http://${shown}:${this.settings.text('API_PORT')}`],
      [
        'workers',
        this.processes
          .filter((one) => one.app === 'worker')
          .map((one) => `http://127.0.0.1:${one.port}/health/ready`)
          .join(' '),
      ],
    ];
  }

  get mailboxUrl(): string | undefined {
    return this.mailbox?.webUrl;
  }

  /** Where the local mailbox keeps its mails. */
  get mailboxFolder(): string | undefined {
    return this.mailbox ? mailboxFolder(this.settings) : undefined;
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.stop()));
    await this.mailbox?.stop();
  }
}

function mailboxFolder(settings: Settings): string {
  return join(settings.text('DATELINE_DATA'), 'mailbox');
}

/** Ports that somebody else has taken are replaced by free ones, so that a second copy or a busy machine is no obstacle. */
async function withFreePorts(settings: Settings): Promise<Settings> {
  const changes: Partial<Record<SettingName, string>> = {};
  for (const name of ['API_PORT', 'NEWSROOM_PORT', 'MAILBOX_PORT', 'MAILBOX_SMTP_PORT'] as const) {
    const port = await usable(settings.number(name), settings.text('LISTEN_HOST'));
    if (port !== settings.number(name)) changes[name] = String(port);
  }
  const newsroom = new URL(settings.text('NEWSROOM_URL'));
  // only our own default address follows the port; a public address is a promise already made in mails
  if (changes.NEWSROOM_PORT && newsroom.hostname === 'localhost') {
    changes.NEWSROOM_URL = `http://localhost:${changes.NEWSROOM_PORT}`;
  }
  return settings.with(changes);
}

function usable(port: number, host: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    const close = () => {
      const found = (probe.address() as AddressInfo).port;
      probe.close(() => resolve(found));
    };
    probe.once('error', () => probe.listen(0, host, close));
    probe.listen(port, host, close);
  });
}
