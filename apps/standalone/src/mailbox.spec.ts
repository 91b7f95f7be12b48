import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTransport } from 'nodemailer';
import { systemClock } from '#libs/kernel';
import type { Mailbox } from './mailbox.js';
import { isAlive } from './postmaster-file.js';

const compiled = resolve('dist/apps/standalone/src/mailbox.js');
const { startMailbox } = (await import(compiled)) as typeof import('./mailbox.js');

interface ShownMail {
  readonly id: string;
  readonly subject: string;
  readonly to: readonly { readonly address: string }[];
}

async function shown(mailbox: Mailbox): Promise<readonly ShownMail[]> {
  return (await (await fetch(`${mailbox.webUrl}/api/email`)).json()) as ShownMail[];
}

/** Sends through 20 connections; about 70 KB each, as large as a release with its Chinese in base64. */
async function send(mailbox: Mailbox, count: number): Promise<void> {
  const transport = createTransport({ url: mailbox.smtpUrl, pool: true, maxConnections: 20, maxMessages: Infinity });
  const html = `<p lang="zh-Hant">${'維多利亞港的早晨。'.repeat(1_800)}</p>`;
  const sent = Array.from({ length: count }, (_, i) =>
    transport.sendMail({ from: 'press@dateline.example', to: `j${i}@news.example`, subject: `新聞稿 ${i}`, html }),
  );
  await Promise.all(sent);
  transport.close();
}

describe('the local mailbox', () => {
  let folder = '';
  let mailbox: Mailbox;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dateline-mailbox-'));
    mailbox = await startMailbox({ smtpPort: 0, webPort: 0, folder });
  });
  afterAll(async () => {
    await mailbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('takes a whole distribution over twenty connections at once, and shows it', async () => {
    await send(mailbox, 260);
    const mails = await shown(mailbox);
    expect(new Set(mails.map((mail) => mail.to[0]?.address)).size).toBe(260);
  });

  test('shows its mails again after a restart, on the ports it is given', async () => {
    await mailbox.stop();
    const ports = { smtpPort: Number(new URL(mailbox.smtpUrl).port), webPort: Number(new URL(mailbox.webUrl).port) };
    mailbox = await startMailbox({ ...ports, folder });
    expect(await shown(mailbox)).toHaveLength(260);
    expect(new URL(mailbox.webUrl).port).toBe(String(ports.webPort));
  });

  test('forwards nothing, even when its page is asked to', async () => {
    const [mail] = await shown(mailbox);
    const answer = await fetch(`${mailbox.webUrl}/api/email/${mail?.id}/relay/someone@elsewhere.example`, {
      method: 'POST',
    });
    expect(answer.ok).toBe(false);
  });

  test('gives nothing to pages of other web sites, nor under a borrowed name', async () => {
    const ask = (headers: Record<string, string>) => fetch(`${mailbox.webUrl}/api/email`, { headers });
    expect((await ask({ origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await ask({ origin: mailbox.webUrl })).status).toBe(200);
    expect(await statusUnderName('elsewhere.example')).toBe(403);
    expect(await statusUnderName('localhost')).toBe(200);
  });

  async function statusUnderName(host: string): Promise<number> {
    const { request } = await import('node:http');
    return new Promise((done, fail) => {
      const { port } = new URL(mailbox.webUrl);
      const asked = request(
        { host: '127.0.0.1', port, path: '/api/email', headers: { host: `${host}:${port}` } },
        (answer) => {
          answer.resume();
          done(answer.statusCode ?? 0);
        },
      );
      asked.on('error', fail).end();
    });
  }

  test.each([
    ['MAILBOX_PORT', 'webPort'],
    ['MAILBOX_SMTP_PORT', 'smtpPort'],
  ])('names %s when that port is taken', async (field, option) => {
    const taken = Number(new URL(option === 'webPort' ? mailbox.webUrl : mailbox.smtpUrl).port);
    const options = { smtpPort: 0, webPort: 0, folder: join(folder, 'other'), [option]: taken };
    await expect(startMailbox(options)).rejects.toMatchObject({ code: 'mailbox.port', field });
  });

  test('goes when its owner is killed', async () => {
    const owner = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { startMailbox } = await import(${JSON.stringify(compiled)});
         await startMailbox({ smtpPort: 0, webPort: 0, folder: process.argv[1] });
         const { execSync } = await import('node:child_process');
         console.log(execSync('ps -o pid= --ppid ' + process.pid + ' -o args=').toString().match(/(\\d+) .*mailbox.main/)[1]);
         setInterval(() => undefined, 1000);`,
        join(folder, 'orphaned'),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const pid = Number(await new Promise<string>((done) => owner.stdout.setEncoding('utf8').once('data', done)));
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    const deadline = systemClock.monotonic() + 5_000;
    while (isAlive(pid) && systemClock.monotonic() < deadline) await systemClock.sleep(20);
    expect(isAlive(pid)).toBe(false);
  });
});
