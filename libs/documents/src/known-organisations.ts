import type { KnownOrganisations } from './contact-tokens.js';
import type { Section } from './divide-sections.js';
import type { Sheet } from './sheet.js';

/** Which short texts are names of houses, by what the release says elsewhere: "About X", or a name it keeps repeating. */
export function knownOrganisations(sheet: Sheet, sections: readonly Section[]): KnownOrganisations {
  const titles = new Set<string>();
  for (const { kind, cue, blocks } of sections) {
    if (kind !== 'about' || !cue) continue;
    const heading = blocks[0]!.passage.text.slice(0, cue.rest);
    const name = heading
      .replace(/^[\s■◆●▍|#[【《<]*(?:about\s+(?:the\s+)?|關於|关于|有關|有关|認識|认识)\s*/iu, '')
      .replace(/[\s:：︰\]】》>]+$/u, '');
    if (name !== '') titles.add(plain(name));
  }
  const { text } = sheet.manuscript;
  return (words) => {
    const name = plain(words.replace(/[:：︰]\s*$/u, ''));
    if (name.length < 2) return false;
    if (titles.has(name)) return true;
    // part of the full name: "Harbour Watch" of "Harbour Watch Society"
    if (name.length >= 4 && [...titles].some((title) => title.startsWith(name) || name.startsWith(title))) return true;
    return name.length >= 3 && /\p{Script=Han}/u.test(words) && text.split(words.trim()).length > 4;
  };
}

function plain(text: string): string {
  return text
    .replace(/[\s（）()]+/g, '')
    .replace(/^the/i, '')
    .toLowerCase();
}
