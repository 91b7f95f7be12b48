import { LANGUAGES } from '#libs/kernel';
import { html, languageTag, page } from './page.js';
import { PAGE_WORDING, type PageWording } from './page.wording.js';

/**
 * The answer to everything that is not there, not public yet, stopped, forged or expired: one text for all, in three
 * languages, because a text that depended on anything would tell what it depends on.
 */
export const MISSING_PAGE = inAllLanguages('missingTitle', 'missingLead');

/** The answer while something of ours is broken; equal for what exists and what does not. */
export const FAILED_PAGE = inAllLanguages('failedTitle', 'failedLead');

function inAllLanguages(
  title: keyof PageWording & `${string}Title`,
  lead: keyof PageWording & `${string}Lead`,
): string {
  const text = (key: keyof PageWording, language: (typeof LANGUAGES)[number]) => {
    const words = PAGE_WORDING[language][key];
    return typeof words === 'string' ? words : '';
  };
  return page({
    language: 'en',
    title: text(title, 'en'),
    body: html`${LANGUAGES.map(
      (language) =>
        html`<section lang="${languageTag(language)}">
          <h1>${text(title, language)}</h1>
          <p>${text(lead, language)}</p>
        </section> `,
    )}`,
  });
}
