import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { systemClock, type Log } from '#libs/kernel';
import { makeCertificate } from '../../../test/support/certificate.js';
import { startSink } from '../../../test/support/sink.js';
import { messageSha256 } from './pieces.js';
import { openRelay } from './transport.smtp.js';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const pass = async () => true;

describe('with mail software that others wrote', () => {
  test('our transport and their server: STARTTLS, login, 30 messages byte for byte', async () => {
    const certificate = makeCertificate();
    const taken: { to: string; bytes: Buffer }[] = [];
    const server = new SMTPServer({
      ...certificate,
      onAuth: ({ username, password }, _session, done) =>
        done(username === 'press' && password === 'secret' ? null : new Error('no'), { user: username }),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          taken.push({ to: session.envelope.rcptTo[0]!.address, bytes: Buffer.concat(chunks) });
          done(null, 'queued');
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    const relay = openRelay({
      url: `smtp://press:secret@127.0.0.1:${port}?tls=required`,
      connections: 3,
      clock: systemClock,
      log: silent,
      trust: certificate.cert,
    });
    const shared = Buffer.from(`${'=E9=95=B7'.repeat(8)}=\r\n`.repeat(800));
    const sent = Array.from({ length: 30 }, (_, i) => ({
      from: 'desk@press.example',
      to: `r${i}@outlet.example`,
      segments: [
        Buffer.from(`Message-ID: <${i}>\r\n\r\n`),
        shared,
        Buffer.from(`value ${i}=\r\n`),
        Buffer.from('\r\nend\r\n'),
      ],
    }));
    const verdicts = await Promise.all(sent.map((message) => relay.send(message, pass)));
    expect(verdicts.map((verdict) => verdict.word)).toEqual(Array(30).fill('accepted'));
    for (const { to, segments } of sent) {
      const found = taken.filter((message) => message.to === to);
      expect(found.map(({ bytes }) => bytes.equals(Buffer.concat(segments)))).toEqual([true]);
    }
    await relay.close();
    await new Promise<void>((resolve) => server.close(resolve));
  });

  test('their client and our sink: STARTTLS, login, a message with dots, and an accept log on disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sink-'));
    const acceptLog = join(folder, 'accepted.jsonl');
    const certificate = makeCertificate();
    const login = { user: 'press', password: 'secret' };
    const sink = await startSink({ tls: 'starttls', certificate, login, acceptLog });
    const client = createTransport({
      host: 'localhost',
      port: sink.port,
      requireTLS: true,
      auth: { user: login.user, pass: login.password },
      tls: { ca: certificate.cert },
    });
    await client.sendMail({
      from: 'a@x.example',
      to: 'b@y.example',
      subject: 'Dots',
      text: '.\n..\nend',
      messageId: '<d@x.example>',
    });
    client.close();
    const raw = sink.messages[0]!.raw!;
    expect(raw.toString()).toContain('\r\n..\r\n...\r\nend\r\n');
    const logged = JSON.parse(readFileSync(acceptLog, 'utf8')) as Record<string, unknown>;
    expect(logged).toMatchObject({
      from: 'a@x.example',
      to: 'b@y.example',
      messageId: '<d@x.example>',
      bytes: raw.length,
      sha256: messageSha256([raw]).toString('hex'),
    });
    await sink.stop();
    rmSync(folder, { recursive: true });
  });
});
