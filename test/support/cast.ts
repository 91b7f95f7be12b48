import { Accounts, type Organisation } from '#libs/accounts';
import type { PressDocument } from '#libs/documents';
import type { Actor, Database, Language } from '#libs/kernel';

/** The officers of every story, by the part they play. */
export interface Officers {
  /** Writes and submits. */
  readonly ada: Actor;
  /** Approves; never wrote anything. */
  readonly bo: Actor;
  /** Schedules, moves, cancels, stops. */
  readonly chen: Actor;
}

/** Clear Harbour Observatory, an invented organisation with its three officers. */
export async function castOfficers(
  db: Database,
  slug = 'clear-harbour',
): Promise<{ organisation: Organisation } & Officers> {
  const accounts = new Accounts();
  return db.transaction(async (tx) => {
    const organisation = await accounts.createOrganisation(tx, {
      slug,
      names: { 'zh-Hant': '清港觀測所', 'zh-Hans': '清港观测所', en: 'Clear Harbour Observatory' },
      deskNames: { 'zh-Hant': '清港觀測所新聞組', 'zh-Hans': '清港观测所新闻组', en: 'Clear Harbour press desk' },
      deskAddress: 'press@clear-harbour.example.org',
      postalAddress: { zh: '香港堅尼地城海傍街一號', en: '1 Praya Street, Kennedy Town, Hong Kong' },
      zone: 'Asia/Hong_Kong',
      market: 'HK',
      website: 'https://clear-harbour.example.org/',
    });
    const officer = (name: string, roles: ('author' | 'approver' | 'releaser' | 'ops')[]) =>
      accounts.addOfficer(tx, organisation.id, {
        name,
        address: `${name.toLowerCase()}@clear-harbour.example.org`,
        roles,
      });
    return {
      organisation,
      ada: await officer('Ada', ['author']),
      bo: await officer('Bo', ['approver']),
      chen: await officer('Chen', ['releaser', 'ops']),
    };
  });
}

const WORDS: Record<Language, { headline: string; place: string; body: string; about: string }> = {
  'zh-Hant': {
    headline: '清港浮標網絡啟用',
    place: '香港',
    body: '四十八個浮標今日起公開水質讀數。',
    about: '關於清港觀測所',
  },
  'zh-Hans': {
    headline: '清港浮标网络启用',
    place: '香港',
    body: '四十八个浮标今日起公开水质读数。',
    about: '关于清港观测所',
  },
  en: {
    headline: 'Clear Harbour buoys go live',
    place: 'HONG KONG',
    body: 'Forty-eight buoys publish their readings from today.',
    about: 'About',
  },
};

/** A complete edition; `mark` makes one differ from another. */
export function editionIn(language: Language, mark = ''): PressDocument {
  const words = WORDS[language];
  const text = (value: string) => [{ type: 'text' as const, text: value }];
  return {
    type: 'doc',
    attrs: { language },
    content: [
      { type: 'headline', content: text(`${words.headline}${mark}`) },
      { type: 'dateline', attrs: { place: words.place, date: '2026-12-02', text: words.place } },
      { type: 'paragraph', content: text(words.body) },
      {
        type: 'mediaContact',
        attrs: {
          organisation: 'Clear Harbour',
          name: 'Lin Wai',
          role: '',
          phones: ['(852) 0000 0101'],
          emails: ['lin@clear-harbour.example.org'],
          note: '',
        },
      },
      {
        type: 'boilerplate',
        attrs: { title: words.about },
        content: [{ type: 'paragraph', content: text(words.body) }],
      },
    ],
  };
}
