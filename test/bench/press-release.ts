import type { PressDocument, PressNode } from '#libs/documents';
import { instantAt } from '#libs/embargo';
import type { Language, MediaListId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { editionIn } from '../support/cast.js';
import type { World } from '../support/world.js';

const HALF_HOUR_MS = 1_800_000;

/** Sentences that a body is made of, and how many paragraphs make a message of about 60 KB on the wire. */
const BODIES: Record<Language, { readonly sentences: readonly string[]; readonly paragraphs: number }> = {
  'zh-Hant': {
    sentences: [
      '清港觀測所今日公布第三季水質讀數，四十八個浮標連續九十日無間斷回傳。',
      '堅尼地城外海的溶氧量較去年同期上升一成二，為有紀錄以來最高。',
      '觀測所呼籲沿岸工程於大潮期間暫停排放，並每小時公開監測結果。',
    ],
    paragraphs: 17,
  },
  'zh-Hans': {
    sentences: [
      '清港观测所今日公布第三季水质读数，四十八个浮标连续九十日无间断回传。',
      '坚尼地城外海的溶氧量较去年同期上升一成二，为有纪录以来最高。',
      '观测所呼吁沿岸工程于大潮期间暂停排放，并每小时公开监测结果。',
    ],
    paragraphs: 17,
  },
  en: {
    sentences: [
      'The observatory today published its readings for the third quarter: forty-eight buoys reported for ninety days without a gap.',
      'Dissolved oxygen off Kennedy Town rose by twelve per cent against the same months of last year, the highest on record.',
      'Works along the shore are asked to pause their discharge during spring tides and to publish what they measure every hour.',
    ],
    paragraphs: 43,
  },
};

/**
 * An edition of about 60 KB as a mail: text and HTML of it, in quoted-printable.
 * @param length how much longer its body is than that
 */
export function longEdition(language: Language, length = 1): PressDocument {
  const short = editionIn(language);
  const { sentences, paragraphs } = BODIES[language];
  const body: PressNode[] = Array.from({ length: Math.round(paragraphs * length) }, (_, i) => {
    const text = `${sentences.map((_, k) => sentences[(i + k) % sentences.length]).join('')}(${i + 1})`;
    return { type: 'paragraph', content: [{ type: 'text', text }] };
  });
  const place = short.content.findIndex((node) => node.type === 'mediaContact');
  return { ...short, content: [...short.content.slice(0, place), ...body, ...short.content.slice(place)] };
}

/** A release in the given languages to one list: written, approved and scheduled half an hour ahead, as officers do it. */
export async function scheduleRelease(
  world: World,
  list: MediaListId,
  languages: readonly Language[],
): Promise<Release> {
  const { ada, bo, chen, organisation } = world.cast;
  return world.db.transaction(async (tx) => {
    const draft = await world.desk.write(tx, ada, {
      editions: languages.map((language) => longEdition(language)),
      assets: {},
    });
    await world.releases.chooseAudience(tx, ada, draft.id, { lists: [list] });
    await world.desk.setEmbargo(tx, ada, draft.id, instantAt(Date.now() + HALF_HOUR_MS, 'Asia/Hong_Kong'));
    await world.desk.submit(tx, ada, draft.id);
    await world.desk.approve(tx, bo, draft.id);
    await world.desk.schedule(tx, chen, draft.id);
    return world.releases.get(tx, organisation.id, draft.id);
  });
}
