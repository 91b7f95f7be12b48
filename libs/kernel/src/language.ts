/** The languages an edition can be written in; also those of every screen and mail. BCP 47 tags with script. */
export const LANGUAGES = ['zh-Hant', 'zh-Hans', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in some of our languages. */
export type LocalText = Partial<Record<Language, string>>;

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text);
}
