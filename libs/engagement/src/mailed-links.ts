import type { Clock, Language, LinkPurpose, Links } from '#libs/kernel';
import type { EngagementStore, Reader, UnsubscribeWay } from './engagement.store.js';

/**
 * What the holder of a mailed link may do. A token that is forged, expired, for another purpose, or whose delivery is gone
 * gets the same answer: undefined.
 */
export class MailedLinks {
  constructor(
    private readonly store: EngagementStore,
    private readonly links: Links,
    private readonly clock: Clock,
  ) {}

  /** Changes nothing, however often it is asked: mail scanners open every link. */
  async reader(token: string, purpose: LinkPurpose): Promise<Reader | undefined> {
    const delivery = this.links.read(token, purpose, this.clock.now());
    return delivery === undefined ? undefined : this.store.reader(delivery);
  }

  /** Stops all mail of the organisation to this address. Said again, it answers the same and changes nothing more. */
  async unsubscribe(token: string, purpose: LinkPurpose, way: UnsubscribeWay): Promise<Reader | undefined> {
    const delivery = this.links.read(token, purpose, this.clock.now());
    if (delivery === undefined || !(await this.store.unsubscribe(delivery, way))) return undefined;
    return this.store.reader(delivery);
  }

  /** The language of the mails that are prepared from now on. */
  async setLanguage(token: string, language: Language): Promise<Reader | undefined> {
    const delivery = this.links.read(token, 'preferences', this.clock.now());
    if (delivery === undefined) return undefined;
    await this.store.setLanguage(delivery, language);
    return this.store.reader(delivery);
  }
}
