import { randomBytes } from 'node:crypto';
import type { Accounts, Organisation } from '#libs/accounts';
import type { Assets } from '#libs/assets';
import { Problem, type Language, type Tx } from '#libs/kernel';
import type { Release, Releases } from '#libs/releases';
import {
  renderEdition,
  type Picture,
  type RenderedEdition,
  type Slot,
  type Variant,
  type ZonedInstant,
} from '#libs/rendering';
import type { Letter } from './mime.js';

/** What all mails of one language of a release share, rendered from the version that the release points to. */
export interface ComposedLetter {
  readonly rendered: RenderedEdition;
  readonly letter: Letter<Slot>;
}

/** Turns an edition into the letter that leaves. The only place that knows both what a release says and how a mail looks. */
export class Letters {
  constructor(
    private readonly accounts: Accounts,
    private readonly releases: Releases,
    private readonly assets: Assets,
    private readonly newsroomUrl: string,
  ) {}

  /** @throws Problem when the release has no edition in this language or it cannot be rendered */
  async compose(
    tx: Tx,
    release: Release,
    language: Language,
    variant: Variant,
    instant: ZonedInstant,
  ): Promise<ComposedLetter> {
    const organisation = await this.accounts.organisation(tx, release.organisation);
    const content = await this.releases.content(tx, release);
    const document = content.editions.find((edition) => edition.attrs.language === language);
    if (!document) throw editionMissing(release, language);
    const rendered = await renderEdition({
      document,
      sender: {
        name: organisation.names,
        desk: organisation.deskNames,
        postalAddress: organisation.postalAddress,
        email: organisation.deskAddress,
        newsroomUrl: this.newsroomUrl,
        ...(organisation.website ? { website: organisation.website } : {}),
      },
      release: { number: release.number, version: release.versionSeq },
      variant,
      instant,
      pictures: await this.pictures(tx, release, Object.keys(content.assets)),
      ...(await this.kit(tx, release)),
      otherEditions: [],
      market: organisation.market === 'TW' ? 'TW' : 'HK',
      slotNonce: randomBytes(12).toString('hex'),
    });
    return { rendered, letter: letterOf(organisation, release, rendered, instant) };
  }

  /** The release alone, as a text file offers it: no greeting, no footer, nobody's links. */
  async storyText(tx: Tx, release: Release, language: Language): Promise<string> {
    const { rendered } = await this.compose(tx, release, language, 'at_t', { utcMs: 0, zone: 'UTC' });
    return rendered.story;
  }

  private async pictures(tx: Tx, release: Release, ids: readonly string[]): Promise<ReadonlyMap<string, Picture>> {
    return ids.length === 0 ? new Map() : this.assets.picturesOf(tx, release.organisation, ids);
  }

  private async kit(tx: Tx, release: Release): Promise<{ kit?: { url: string; bytes: number } }> {
    const kit = await this.assets.kitOf(tx, release.organisation, release.id, release.versionSha256);
    return kit ? { kit } : {};
  }
}

function letterOf(
  organisation: Organisation,
  release: Release,
  rendered: RenderedEdition,
  instant: ZonedInstant,
): Letter<Slot> {
  const language = rendered.language;
  const name =
    organisation.deskNames[language] ?? organisation.names[language] ?? organisation.names.en ?? organisation.slug;
  return {
    subject: rendered.subject,
    from: { name, address: organisation.deskAddress },
    date: instant.utcMs,
    language,
    list: { label: name, id: `${organisation.slug}.releases.${domainOf(organisation.deskAddress)}` },
    feedbackId: `${release.number}:${language}:release:dateline`,
    html: rendered.html,
    text: rendered.text,
    slots: rendered.slots,
  };
}

/** The part after the @; the form of an organisation has checked that there is one. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

function editionMissing(release: Release, language: Language): Problem {
  return new Problem({
    code: 'release.edition.missing',
    field: `edition ${language}`,
    message: `${release.number} has no edition in ${language}, but somebody in its audience reads ${language}.`,
    remedy: 'Add that edition, or leave those journalists out.',
  });
}
