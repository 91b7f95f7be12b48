import { isLinkAddress } from './document.schema.js';
import type { ManuscriptBuilder } from './manuscript.js';

/** The address of a link in the form a document may hold, or null; anything but a jump inside the page that is left out is a warning. */
export function linkHref(href: string, builder: Pick<ManuscriptBuilder, 'warnings'>): string | null {
  const trimmed = href.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  const address = withScheme(trimmed);
  if (isLinkAddress(address)) return address;
  builder.warnings.add('link-left-out');
  return null;
}

/** `www.example.org` and `jo@example.org` as addresses with their scheme; anything else as it is. */
export function withScheme(text: string): string {
  if (/^www\./i.test(text)) return `https://${text}`;
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(text)) return `mailto:${text}`;
  return text.replace(/^(https?|mailto|tel):/i, (scheme) => scheme.toLowerCase()).replace(/ /g, '%20');
}
