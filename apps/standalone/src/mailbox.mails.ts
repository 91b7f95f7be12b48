import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface ReceivedMail {
  /** The part of the Message-ID before the @: our delivery id. */
  readonly id: string;
  /** When the file was written last, ms since 1970, by the file system's clock. */
  readonly at: number;
}

/**
 * File times are read from the kernel's coarse clock, which is up to one tick behind the fine one; 10 ms is the longest
 * tick in use (CONFIG_HZ 100).
 */
export const FILE_CLOCK_MS = 10;
const HEAD_BYTES = 8_192;

/** What the local mailbox holds on disk: a record of arrivals that none of our own processes wrote. */
export async function mailsInMailbox(folder: string): Promise<ReceivedMail[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.eml'));
  const mails: ReceivedMail[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const id = /^Message-ID:\s*<([^@>\s]+)@/im.exec(await head(file))?.[1];
    if (id) mails.push({ id, at: (await stat(file)).mtimeMs });
  }
  return mails;
}

async function head(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEAD_BYTES) });
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
