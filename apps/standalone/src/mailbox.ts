import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, Problem, systemClock } from '#libs/kernel';

export interface MailboxOptions {
  /** 0 takes a free one. */
  readonly smtpPort: number;
  /** 0 takes a free one. */
  readonly webPort: number;
  /** Where mails are kept, so that they are shown again after a restart. */
  readonly folder: string;
  readonly clock?: Clock;
}

export interface Mailbox {
  readonly smtpUrl: string;
  readonly webUrl: string;
  /** Closes it; its mails stay in the folder. */
  stop(): Promise<void>;
}

/** What the mailbox's own process says to us, once. */
export type MailboxWord =
  | { readonly word: 'ready'; readonly smtpPort: number; readonly webPort: number }
  | { readonly word: 'failed'; readonly code: string; readonly port: number | undefined; readonly says: string };

const START_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 5_000;

/**
 * Starts the local mailbox in a process of its own: it takes every mail, shows it on a page, and forwards none. Only
 * this machine reaches it. It goes when this process goes.
 * @throws Problem when a port is taken or the folder cannot be written to
 */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const clock = options.clock ?? systemClock;
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const child = fork(
    fileURLToPath(new URL('./mailbox.main.js', import.meta.url)),
    [String(options.smtpPort), String(options.webPort), folder],
    // its own group, so that Ctrl-C does not close it under a sending worker; no secret of ours in its environment
    { detached: true, execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );
  const word = await firstWord(child, clock);
  if (word.word === 'failed') throw problem(word, options, folder);
  child.unref();
  child.channel?.unref();
  return {
    smtpUrl: `smtp://127.0.0.1:${word.smtpPort}`,
    webUrl: `http://127.0.0.1:${word.webPort}`,
    stop: () => stop(child, clock),
  };
}

async function firstWord(child: ChildProcess, clock: Clock): Promise<MailboxWord> {
  const late = new AbortController();
  const word = await new Promise<MailboxWord>((done) => {
    const failed = (code: string, says: string) => done({ word: 'failed', code, port: undefined, says });
    child.once('message', (message) => done(message as MailboxWord));
    child.once('error', (error) => failed('ESPAWN', error.message));
    child.once('exit', (code) => failed('EXIT', `its process ended with ${code}`));
    void clock.sleep(START_WITHIN_MS, late.signal).then(() => failed('ETIMEDOUT', 'it was not ready in time'));
  });
  late.abort();
  if (word.word === 'failed') child.kill('SIGKILL');
  return word;
}

async function stop(child: ChildProcess, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const late = new AbortController();
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  if (child.connected) child.disconnect();
  await Promise.race([gone, clock.sleep(STOP_WITHIN_MS, late.signal).then(() => child.kill('SIGKILL'))]);
  late.abort();
  await gone;
}

function problem(word: MailboxWord & { word: 'failed' }, options: MailboxOptions, folder: string): Problem {
  if (word.code === 'EADDRINUSE' || word.code === 'EACCES') {
    const field = word.port === options.webPort ? 'MAILBOX_PORT' : 'MAILBOX_SMTP_PORT';
    return new Problem({
      code: 'mailbox.port',
      field,
      message: `The local mailbox cannot use port ${word.port}: another program has it, or it is not allowed.`,
      remedy: `Set ${field} to another port; 0 takes a free one.`,
    });
  }
  return new Problem({
    code: 'mailbox.start',
    field: 'DATELINE_DATA',
    message: `The local mailbox did not start in ${folder}: ${word.says}.`,
    remedy: 'Check that this user may write to the folder, or set SMTP_URL to a mail relay.',
  });
}
