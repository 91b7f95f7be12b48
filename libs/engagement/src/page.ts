import type { Language } from '#libs/kernel';
import { escapeHtml } from '#libs/rendering';
import { STYLE } from './page.style.js';

/**
 * HTML that was escaped where it was made. Texts become one through the tag `html`, which escapes whatever it is given, so
 * that a text cannot be forgotten.
 */
export interface Html {
  readonly html: string;
}

/** Markup with values: texts are escaped, `Html` stands as it is, lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const written = values.map((value) => {
    if (typeof value === 'string') return escapeHtml(value);
    return 'html' in value ? value.html : value.map((item) => item.html).join('');
  });
  return { html: parts.map((part, place) => part + (written[place] ?? '')).join('') };
}

/** Its text must be, byte for byte, what STYLE_HASH was made of. */
const STYLE_ELEMENT: Html = { html: `<style>${STYLE}</style>` };

/** The tag that decides how Han characters are drawn and spoken. */
const TAGS = { 'zh-Hant': 'zh-Hant-HK', 'zh-Hans': 'zh-Hans', en: 'en' } as const satisfies Record<Language, string>;

export interface PageParts {
  readonly language: Language;
  readonly title: string;
  /** Who speaks, above the card; none on pages that belong to nobody. */
  readonly organisation?: string;
  readonly body: Html;
}

/** A whole page: one card, no script, no picture, nothing from elsewhere. */
export function page(parts: PageParts): string {
  const head = parts.organisation ? html`<header>${parts.organisation}</header>` : html``;
  return html`<!doctype html>
    <html lang="${TAGS[parts.language]}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="color-scheme" content="light dark" />
        <title>${parts.title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        ${head}
        <main>${parts.body}</main>
      </body>
    </html> `.html;
}

export function languageTag(language: Language): string {
  return TAGS[language];
}
