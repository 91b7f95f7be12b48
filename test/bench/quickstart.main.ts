/**
 * How a first version is often built: one BullMQ job per recipient, delayed until T, and a worker that composes, signs and
 * sends each message through nodemailer's pool. It stands here to be compared with; nothing of it is Dateline.
 *
 *   node dist/test/bench/quickstart.main.js '{"redisUrl":…,"smtpPort":…,"recipients":600,"html":"compiled",…}'
 */
import { generateKeyPairSync } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { LANGUAGES, type Language } from '#libs/kernel';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import mjml2html from 'mjml';
import { createTransport } from 'nodemailer';
import { longEdition } from './press-release.js';

export interface QuickstartOrder {
  readonly redisUrl: string;
  readonly smtpPort: number;
  readonly recipients: number;
  /** The HTML compiled once beforehand, or from MJML in every job. */
  readonly html: 'compiled' | 'mjml';
}

/** Milliseconds after T. */
export interface QuickstartReport {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly loopDelayP99Ms: number;
}

interface Job {
  readonly name: string;
  readonly address: string;
  readonly language: Language;
}

const CONNECTIONS = 20;
const LEAD_MS = 1_500;
/** nodemailer's base64 and mjml's plain components make less of a text than our mails do: so much longer, as large. */
const LENGTH = 1.4;
const GREETING = '@@GREETING@@';
const UNSUBSCRIBE = '@@UNSUBSCRIBE@@';

const order = JSON.parse(process.argv[2] ?? '{}') as QuickstartOrder;

/** About as many components as a press release of ours has. */
function mjmlOf(language: Language): string {
  const paragraphs = textOf(language)
    .map((text) => `<mj-text font-size="16px" line-height="1.7" color="#1b1b1b">${text}</mj-text>`)
    .join('\n');
  return `<mjml><mj-body><mj-section><mj-column><mj-text>${GREETING}</mj-text>
    ${paragraphs}<mj-button href="${UNSUBSCRIBE}">Unsubscribe</mj-button></mj-column></mj-section></mj-body></mjml>`;
}

function textOf(language: Language): string[] {
  return longEdition(language, LENGTH).content.flatMap((node) =>
    node.type === 'paragraph' ? [node.content.map((part) => (part.type === 'text' ? part.text : '\n')).join('')] : [],
  );
}

const sources = new Map(LANGUAGES.map((language) => [language, mjmlOf(language)]));
const compiled = new Map<Language, string>();
for (const [language, source] of sources) compiled.set(language, (await mjml2html(source)).html);

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const transport = createTransport({
  pool: true,
  host: '127.0.0.1',
  port: order.smtpPort,
  secure: false,
  ignoreTLS: true,
  maxConnections: CONNECTIONS,
  maxMessages: Infinity,
  dkim: { domainName: 'clear-harbour.example.org', keySelector: 'dateline', privateKey },
});

const connection = new Redis(order.redisUrl, { maxRetriesPerRequest: null });
const queue = new Queue<Job>('mails', { connection });
let firstAt = Infinity;
let lastAt = 0;
let sent = 0;
let allSent: () => void = () => undefined;
const finished = new Promise<void>((resolve) => (allSent = resolve));

async function send(job: Job): Promise<void> {
  const unsubscribe = `https://news.clear-harbour.example.org/u/${encodeURIComponent(job.address)}`;
  const fill = (text: string) => text.replaceAll(GREETING, `Dear ${job.name}`).replaceAll(UNSUBSCRIBE, unsubscribe);
  const html =
    order.html === 'mjml'
      ? (await mjml2html(fill(sources.get(job.language) ?? ''))).html
      : fill(compiled.get(job.language) ?? '');
  await transport.sendMail({
    from: 'Clear Harbour press desk <press@clear-harbour.example.org>',
    to: `${job.name} <${job.address}>`,
    subject: 'Clear Harbour buoys go live',
    text: `Dear ${job.name}\n\n${textOf(job.language).join('\n\n')}\n\n${unsubscribe}`,
    html,
    list: { unsubscribe },
  });
  const now = Date.now();
  firstAt = Math.min(firstAt, now);
  lastAt = Math.max(lastAt, now);
  sent += 1;
  if (sent === order.recipients) allSent();
}

const jobs = Array.from({ length: order.recipients }, (_, n) => ({
  name: `Journalist ${n}`,
  address: `journalist.${n}@outlet-${n % 97}.example.com`,
  language: LANGUAGES[n % LANGUAGES.length] ?? 'en',
}));
const liftsAt = Date.now() + LEAD_MS;
await queue.addBulk(
  jobs.map((data) => ({
    name: 'mail',
    data,
    opts: { delay: Math.max(0, liftsAt - Date.now()), removeOnComplete: true },
  })),
);
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const worker = new Worker<Job>('mails', (job) => send(job.data), {
  connection: connection.duplicate(),
  concurrency: CONNECTIONS,
});
worker.on('failed', (_, error) => {
  process.stderr.write(`quickstart: ${error.message}\n`);
  process.exit(1);
});
await finished;
const report: QuickstartReport = {
  firstMs: firstAt - liftsAt,
  lastMs: lastAt - liftsAt,
  loopDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - 5),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
// the parent reads our peak memory, then closes our standard input
process.stdin.on('end', () => process.exit(0)).resume();
