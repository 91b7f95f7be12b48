import type { Clock, Settings } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';

const LIMIT_MS = 5_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|.*\.localhost)$/i;

export interface NewsroomNeed {
  /** Whether mail leaves this machine, so that the address stands in public mails; `maybe` with a relay in clear. */
  readonly isPublic: 'no' | 'maybe' | 'yes';
  /** Whether a T lies near. */
  readonly isNear: boolean;
}

/** The address that every mail's pictures, unsubscribe and web links begin with: fit to be mailed, and answering. */
export async function checkNewsroom(settings: Settings, clock: Clock, need: NewsroomNeed): Promise<Finding[]> {
  const url = new URL(settings.text('NEWSROOM_URL'));
  return [...address(url, need), await answers(url, clock, need)];
}

function address(url: URL, { isPublic }: NewsroomNeed): Finding[] {
  if (isPublic === 'no') return [];
  const grave = isPublic === 'yes' ? fail : warn;
  if (LOOPBACK.test(url.hostname))
    return [
      grave(
        'newsroom.url',
        `NEWSROOM_URL is ${url.origin}: the links in mails would lead nowhere.`,
        'Set NEWSROOM_URL to the public address of the newsroom, with https.',
      ),
    ];
  if (url.protocol !== 'https:')
    return [
      grave(
        'newsroom.url',
        `NEWSROOM_URL is ${url.origin}, without TLS: mail programs refuse one-click unsubscribe over it (RFC 8058).`,
        'Put the newsroom behind HTTPS and write https:// in NEWSROOM_URL.',
      ),
    ];
  return [ok('newsroom.url', `Links in mails begin with ${url.origin}.`)];
}

async function answers(url: URL, clock: Clock, { isNear }: NewsroomNeed): Promise<Finding> {
  const ready = new URL(`${url.pathname.replace(/\/$/, '')}/health/ready`, url);
  const late = new AbortController();
  const done = new AbortController();
  void clock.sleep(LIMIT_MS, done.signal).then(() => late.abort());
  try {
    const response = await fetch(ready, { signal: late.signal, redirect: 'manual' });
    await response.body?.cancel();
    if (response.ok) return ok('newsroom.answers', `The newsroom answers at ${url.origin}.`);
    return silent(`The newsroom at ${url.origin} answers with ${response.status}.`, isNear);
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } }).cause?.code;
    const why = late.signal.aborted ? `within ${LIMIT_MS / 1000} s` : typeof cause === 'string' ? `(${cause})` : '';
    return silent(`The newsroom at ${url.origin} does not answer ${why}`.trim() + '.', isNear);
  } finally {
    done.abort();
  }
}

function silent(says: string, isNear: boolean): Finding {
  const remedy = 'Start it ("npm start"), or see what stands before it; pictures and unsubscribe links depend on it.';
  return isNear ? fail('newsroom.answers', says, remedy) : warn('newsroom.answers', says, remedy);
}
