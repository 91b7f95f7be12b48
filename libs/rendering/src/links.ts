import { cleanText, oneLine } from './escape.js';

const WEB = new Set(['http:', 'https:']);
const DIRECT = new Set(['mailto:', 'tel:']);

/** A web, mail or telephone address as plain ASCII, or null for anything else: scripts, files, relative paths, hidden logins. */
export function safeHref(href: string): string | null {
  const trimmed = href.trim();
  if (cleanText(trimmed) !== trimmed || /\s/.test(trimmed) || !URL.canParse(trimmed)) return null;
  const url = new URL(trimmed);
  if (WEB.has(url.protocol)) return url.username || url.password || !url.hostname ? null : quoted(url.href);
  return DIRECT.has(url.protocol) && url.pathname !== '' ? quoted(url.href) : null;
}

/** Characters that would end the address where a mail program recognises addresses in plain text. */
function quoted(href: string): string {
  return href.replace(/["'<>\\^`{|}]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The host a web link leads to, for printing beside a link whose words do not say it. */
export function hostOf(href: string): string {
  return URL.canParse(href) ? new URL(href).hostname.replace(/^www\./, '') : '';
}

/** `mailto:` with a subject, or null when the text is not a plain mail address. */
export function mailtoHref(address: string, subject: string): string | null {
  const plain = address.trim();
  if (!/^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+$/.test(plain)) return null;
  const [local = '', domain = ''] = plain.split('@');
  return `mailto:${encodeURIComponent(local)}@${encodeURIComponent(domain)}?subject=${encodeURIComponent(oneLine(subject))}`;
}

/** Country codes that stand in brackets without a plus sign on press releases from here; other brackets are area codes. */
const BRACKETED_COUNTRY = /^[(（]\s*(852|853|886|86|65|44|81|82)\s*[)）]/;
const EXTENSION = /(?:ext\.?|extension|x|內線|内线|分機|分机|轉|转|#)\s*\d+.*$/iu;

/** `tel:` for a number as printed, international where the print says so; null when it holds too few digits. */
export function telHref(printed: string): string | null {
  const number = printed.trim().normalize('NFKC').replace(EXTENSION, '');
  const start = /[+(]?\d/.exec(number);
  if (!start) return null;
  const rest = number.slice(start.index);
  const digits = rest.replace(/\D/g, '');
  if (digits.length < 3 || digits.length > 15) return null;
  return `tel:${rest.startsWith('+') || BRACKETED_COUNTRY.test(rest) ? '+' : ''}${digits}`;
}
