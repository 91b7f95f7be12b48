import type { Language, LocalText, Tx } from '#libs/kernel';

/** How somebody said that they want no more mail. */
export type UnsubscribeWay = 'one-click' | 'page' | 'preferences';

/** Whom a mailed link belongs to, as far as a page needs to know. */
export interface Reader {
  readonly language: Language;
  /** `m…@outlet.example`: enough to tell one's own addresses apart, not enough to learn one. */
  readonly addressHint: string;
  /** The organisation that writes. */
  readonly names: LocalText;
  readonly deskAddress: string;
  /** By the reader's own wish. */
  readonly stopped: boolean;
}

/** The three things the newsroom's database role may call; each is one statement and commits by itself. */
export class EngagementStore {
  constructor(private readonly db: Pick<Tx, 'first'>) {}

  async reader(delivery: string): Promise<Reader | undefined> {
    return this.db.first<Reader>(
      `select language, address_hint as "addressHint", names, desk_address as "deskAddress", stopped
         from engagement_reader($1)`,
      [delivery],
    );
  }

  /** False when there is no such delivery. */
  async unsubscribe(delivery: string, way: UnsubscribeWay): Promise<boolean> {
    const row = await this.db.first<{ done: boolean }>(`select engagement_unsubscribe($1, $2) as done`, [
      delivery,
      way,
    ]);
    return row?.done ?? false;
  }

  /** False when there is no such delivery, or its journalist is gone. */
  async setLanguage(delivery: string, language: Language): Promise<boolean> {
    const row = await this.db.first<{ done: boolean }>(`select engagement_set_language($1, $2) as done`, [
      delivery,
      language,
    ]);
    return row?.done ?? false;
  }
}
