import { LANGUAGES, type Language, type LocalText } from '#libs/kernel';
import type { Reader } from './engagement.store.js';
import { html, languageTag, page, type Html } from './page.js';
import { LANGUAGE_NAMES, PAGE_WORDING, type PageWording } from './page.wording.js';

/** Asks whether to stop, with one button; or says that it has been done. @param action where the button posts to */
export function unsubscribePage(reader: Reader, action: string): string {
  const words = PAGE_WORDING[reader.language];
  return page({
    language: reader.language,
    title: reader.stopped ? words.stoppedTitle : words.stopTitle,
    organisation: nameIn(reader.names, reader.language),
    body: reader.stopped ? stopped(reader) : asking(reader, action),
  });
}

/** The reader's language and the way out. @param saved says that a choice was just kept */
export function preferencesPage(reader: Reader, action: string, saved: boolean): string {
  const words = PAGE_WORDING[reader.language];
  return page({
    language: reader.language,
    title: reader.stopped ? words.stoppedTitle : words.settingsTitle,
    organisation: nameIn(reader.names, reader.language),
    body: reader.stopped ? stopped(reader) : settings(reader, action, saved),
  });
}

function asking(reader: Reader, action: string): Html {
  const words = PAGE_WORDING[reader.language];
  return html`<h1>${words.stopTitle}</h1>
    ${sentence(words.stopLead(nameIn(reader.names, reader.language)), reader)} ${stopForm(words, action, '')}`;
}

function settings(reader: Reader, action: string, saved: boolean): Html {
  const words = PAGE_WORDING[reader.language];
  return html`<h1>${words.settingsTitle}</h1>
    ${sentence(words.settingsLead(nameIn(reader.names, reader.language)), reader)}
    ${saved ? html`<p class="done" role="status">${words.saved}</p>` : html``}
    <section>
      <form method="post" action="${action}">
        <fieldset>
          <legend>${words.languageLegend}</legend>
          ${LANGUAGES.map((language) => choice(language, reader.language))}
        </fieldset>
        <button type="submit">${words.saveButton}</button>
      </form>
    </section>
    <section>
      <h2>${words.stopAllTitle}</h2>
      ${stopForm(words, action, 'quiet')}
    </section>`;
}

function choice(language: Language, present: Language): Html {
  const checked = language === present ? html` checked` : html``;
  return html`<label lang="${languageTag(language)}"
    ><input type="radio" name="language" value="${language}" ${checked} /> ${LANGUAGE_NAMES[language]}</label
  >`;
}

function stopForm(words: PageWording, action: string, look: string): Html {
  return html`<form method="post" action="${action}">
      <button type="submit" name="stop" value="yes" class="${look}">${words.stopButton}</button>
    </form>
    <p class="soft">${words.stopNote}</p>`;
}

function stopped(reader: Reader): Html {
  const words = PAGE_WORDING[reader.language];
  return html`<h1 class="done" role="status">${words.stoppedTitle}</h1>
    ${sentence(words.stoppedLead(nameIn(reader.names, reader.language)), reader)}
    <p class="soft">${words.stoppedNote}</p>
    <p class="soft">${words.resume}<a href="mailto:${encodeURI(reader.deskAddress)}">${reader.deskAddress}</a></p>`;
}

/** The address keeps to one line where it fits, with the mark that ends the sentence. */
function sentence([before, after]: readonly [string, string], reader: Reader): Html {
  return html`<p>
    ${before}<span class="mail"><b lang="en">${reader.addressHint}</b>${after}</span>
  </p>`;
}

/** A Chinese reader is better served by the other script than by English. */
const NEAREST: Readonly<Record<Language, readonly Language[]>> = {
  'zh-Hant': ['zh-Hant', 'zh-Hans', 'en'],
  'zh-Hans': ['zh-Hans', 'zh-Hant', 'en'],
  en: ['en', 'zh-Hant', 'zh-Hans'],
};

function nameIn(names: LocalText, language: Language): string {
  return NEAREST[language].map((candidate) => names[candidate]).find(Boolean) ?? '';
}
