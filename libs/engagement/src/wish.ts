import { isLanguage, type Language } from '#libs/kernel';

const MOST_FIELDS = 20;

/**
 * What a POST to an unsubscribe link asks for: `one-click` from a mail program (RFC 8058), `page` from our own button,
 * undefined when it says neither; then nothing happens, because scanners post too.
 */
export function unsubscribeWish(contentType: string, body: string): 'one-click' | 'page' | undefined {
  const fields = formFields(contentType, body);
  if (fields.get('list-unsubscribe') === 'One-Click') return 'one-click';
  return fields.get('stop') === 'yes' ? 'page' : undefined;
}

export type PreferencesWish =
  { readonly act: 'language'; readonly language: Language } | { readonly act: 'stop' } | undefined;

/** What the preferences page asks for. */
export function preferencesWish(contentType: string, body: string): PreferencesWish {
  const fields = formFields(contentType, body);
  if (fields.get('stop') === 'yes') return { act: 'stop' };
  const language = fields.get('language') ?? '';
  return isLanguage(language) ? { act: 'language', language } : undefined;
}

/** Fields by lower-case name. RFC 8058 section 3.2 wants both form encodings understood; mail programs send either. */
function formFields(contentType: string, body: string): ReadonlyMap<string, string> {
  const boundary = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType);
  const pairs = boundary ? multipart(body, boundary[1] ?? boundary[2] ?? '') : [...new URLSearchParams(body)];
  return new Map(pairs.slice(0, MOST_FIELDS).map(([name, value]) => [name.toLowerCase(), value.trim()]));
}

function multipart(body: string, boundary: string): [string, string][] {
  return body.split(`--${boundary}`).flatMap((part): [string, string][] => {
    const [, head = '', value = ''] = /^\r?\n([^]*?)\r?\n\r?\n([^]*)$/.exec(part) ?? [];
    const name = /^content-disposition:[^\r\n]*;\s*name="?([^";\r\n]+)/im.exec(head)?.[1];
    return name === undefined ? [] : [[name, value]];
  });
}
