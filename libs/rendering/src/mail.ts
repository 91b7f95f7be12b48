import type { Language } from '#libs/kernel';
import type { EditionInput } from './edition.js';
import { type EmbargoWording, embargoWording } from './embargo-wording.js';
import { escapeHtml } from './escape.js';
import { safeHref } from './links.js';
import { isChinese, type Locale, localeOf } from './locale.js';
import { type Outline, outlineOf } from './outline.js';
import type { SlotSheet } from './slots.js';
import { type Theme, themeFor } from './theme.js';
import type { Wording } from './wording.js';
import { wordingFor } from './wordings.js';

/** Everything the parts of one mail are written from. */
export interface Mail {
  readonly input: EditionInput;
  readonly language: Language;
  readonly locale: Locale;
  readonly chinese: boolean;
  readonly outline: Outline;
  readonly wording: Wording;
  readonly embargo: EmbargoWording;
  readonly theme: Theme;
  readonly slots: SlotSheet;
  readonly leaves: Leaves;
}

export function mailFrom(input: EditionInput, slots: SlotSheet): Mail {
  const { language } = input.document.attrs;
  const locale = localeOf(language, input.market);
  return {
    input,
    language,
    locale,
    chinese: isChinese(language),
    outline: outlineOf(input.document),
    wording: wordingFor(language, input.market),
    embargo: embargoWording(input.instant.utcMs, input.instant.zone, language, input.market),
    theme: themeFor(locale, input.sender.brandColour),
    slots,
    leaves: new Leaves(slots),
  };
}

/**
 * Texts that MJML never sees. The template carries an ASCII token for each; after compiling, one pass puts the escaped
 * texts in. Whatever an officer writes, MJML cannot take it for a tag, an attribute or a comment.
 */
export class Leaves {
  private readonly texts: string[] = [];
  private readonly known = new Map<string, string>();

  constructor(private readonly slots: SlotSheet) {}

  /** Token for a text, good inside an element and inside a quoted attribute. */
  text(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const token = `${this.slots.leafMark}${this.texts.length}@@`;
    this.texts.push(escapeHtml(text));
    this.known.set(text, token);
    return token;
  }

  /** A link, or its words alone when the address is not one a mail may carry. `attributes` are ours, not a user's. */
  link(href: string | null, words: string, attributes = ''): string {
    const safe = href === null ? null : safeHref(href);
    return safe === null ? words : `<a href="${this.text(safe)}"${attributes}>${words}</a>`;
  }

  /** Puts the texts into compiled HTML. What was put in is not looked at again. */
  restore(html: string): string {
    return html
      .split(this.slots.leafMark)
      .map((piece, place) => {
        if (place === 0) return piece;
        const end = piece.indexOf('@@');
        return (this.texts[Number(piece.slice(0, end))] ?? '') + piece.slice(end + 2);
      })
      .join('');
  }
}
