import { open } from 'node:fs/promises';
import { readPostfixLine, readRelayUrl } from '#libs/delivery';
import type { Clock, Settings } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';

const TAIL = 64 * 1024;

/** The log that settles messages of unknown fate: there, readable, Postfix's, and of the relay that we use. */
export async function checkRelayLog(settings: Settings, clock: Clock): Promise<Finding[]> {
  const path = settings.text('RELAY_LOG');
  if (path === '') return [];
  try {
    const lines = await lastLines(path);
    const read = lines.filter((line) => readPostfixLine(line, clock.now()) !== undefined);
    if (lines.length > 0 && read.length === 0)
      return [
        fail(
          'relay.log',
          `${path} is not in the form of a mail log.`,
          'Name Postfix’s maillog_file, or the file that syslog writes mail to, in RELAY_LOG.',
        ),
      ];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return [
      fail(
        'relay.log',
        `RELAY_LOG ${path} cannot be read (${code}).`,
        'Let the worker’s user read it (on Debian: the group adm), or take RELAY_LOG away.',
      ),
    ];
  }
  if (isElsewhere(settings))
    return [
      warn(
        'relay.log',
        'RELAY_LOG is set, and the relay in SMTP_URL is not on this machine.',
        'Set RELAY_LOG only where workers hand mail to the Postfix that writes it.',
      ),
    ];
  return [ok('relay.log', `Messages whose answer is lost are settled by ${path}.`)];
}

async function lastLines(path: string): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL), 0, TAIL, start);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return (start === 0 ? lines : lines.slice(1)).filter((line) => line !== '');
  } finally {
    await file.close();
  }
}

function isElsewhere(settings: Settings): boolean {
  if (!settings.isSet('SMTP_URL')) return false;
  try {
    return !/^(localhost|127\.|\[?::1)/.test(readRelayUrl(settings.text('SMTP_URL')).host);
  } catch {
    return false; // told by the check of the relay
  }
}
