import { Problem } from '#libs/kernel';

/** Where and how a relay is reached, read from SMTP_URL. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
  /**
   * `implicit`: TLS from the first byte (smtps). `required`: STARTTLS or nothing. `off`: in clear, on this machine's own
   * loopback, or because the URL says `?tls=off` for a network that ops vouch for.
   */
  readonly tls: 'implicit' | 'required' | 'off';
  readonly login?: { readonly user: string; readonly password: string };
  /** How we introduce ourselves in EHLO; the machine's name when not given (`?name=`). */
  readonly name?: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i;

/** Reads `smtp://user:password@host:587`, `smtps://…:465`, with `?tls=required|off` and `?name=…`. Throws a Problem. */
export function readRelayUrl(text: string): RelayTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw wrong(
      'SMTP_URL is not the address of a mail relay.',
      'Write it like smtp://user:password@relay.example:587.',
    );
  }
  const asked = url.searchParams.get('tls');
  if (asked !== null && asked !== 'required' && asked !== 'off') {
    throw wrong(
      `SMTP_URL asks for tls=${asked}, which does not exist.`,
      'Write tls=required or tls=off, or leave it out.',
    );
  }
  const implicit = url.protocol === 'smtps:';
  const loopback = LOOPBACK.test(url.hostname);
  const tls = implicit ? 'implicit' : (asked ?? (loopback ? 'off' : 'required'));
  const login = readLogin(url);
  if (login && tls === 'off' && !loopback) {
    throw wrong('SMTP_URL would send the password over the network in clear.', 'Remove tls=off, or user and password.');
  }
  const name = url.searchParams.get('name');
  if (name !== null && !/^[A-Za-z0-9.-]+$/.test(name)) {
    throw wrong('SMTP_URL gives a name that is no host name.', 'Write name=mail.example.org.');
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (implicit ? 465 : 587),
    tls,
    ...(login ? { login } : {}),
    ...(name ? { name } : {}),
  };
}

function readLogin(url: URL): RelayTarget['login'] {
  if (url.username === '' && url.password === '') return undefined;
  try {
    return { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  } catch (cause) {
    throw wrong(
      'User or password in SMTP_URL has a % that is not an escape.',
      'Write % as %25, @ as %40, / as %2F.',
      cause,
    );
  }
}

function wrong(message: string, remedy: string, cause?: unknown): Problem {
  return new Problem({ code: 'settings.smtp-url', field: 'SMTP_URL', message, remedy, cause });
}
