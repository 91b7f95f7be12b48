import type { AudienceMember } from '#libs/contacts';
import { AudienceSelection } from '#libs/contacts';
import { missingParts } from '#libs/documents';
import { noEmbargo, timeWarnings } from '#libs/embargo';
import { Problem, type Language, type Tx } from '#libs/kernel';
import { mailProblems } from '#libs/rendering';
import type { Release, VersionContent } from '#libs/releases';
import type { CheckReport } from './checks.js';
import type { DeskTools } from './desk.tools.js';

/** The checks before a release goes to its approver. Every one names a field and a remedy. */
export class Checks {
  constructor(private readonly tools: DeskTools) {}

  async run(tx: Tx, release: Release): Promise<CheckReport> {
    const content = await this.tools.releases.content(tx, release);
    const members = await this.members(tx, release);
    const receiving = members.filter((member) => !member.suppressed);
    const recipients: Partial<Record<Language, number>> = {};
    for (const member of receiving) recipients[member.language] = (recipients[member.language] ?? 0) + 1;
    const letters = await this.letters(tx, release, content);
    const time = await this.time(tx, release);
    return {
      blocks: [
        ...content.editions.flatMap((edition) => missingParts(edition).required),
        ...this.audienceFaults(release, content, recipients),
        ...time.blocks,
        ...letters.blocks,
      ],
      warnings: [
        ...content.editions.flatMap((edition) => missingParts(edition).advised),
        ...time.warnings,
        ...letters.warnings,
      ],
      recipients,
      suppressed: members.length - receiving.length,
    };
  }

  /** The whole audience, suppressed members too: they stand in the ledger with their reason. */
  async audience(tx: Tx, release: Release): Promise<AudienceMember[]> {
    return this.members(tx, release);
  }

  private async members(tx: Tx, release: Release): Promise<AudienceMember[]> {
    if (release.audienceSelection === null) return [];
    const selection = AudienceSelection.parse(release.audienceSelection);
    return this.tools.contacts.resolveAudience(tx, release.organisation, selection);
  }

  private audienceFaults(
    release: Release,
    content: VersionContent,
    recipients: Partial<Record<Language, number>>,
  ): Problem[] {
    const languages = Object.keys(recipients) as Language[];
    if (languages.length === 0) {
      return [
        new Problem({
          code: 'release.audience.empty',
          field: 'audience',
          message: `${release.number} would go to nobody.`,
          remedy: 'Choose media lists with journalists who are not suppressed.',
        }),
      ];
    }
    const written = new Set(content.editions.map((edition) => edition.attrs.language));
    return languages
      .filter((language) => !written.has(language))
      .map(
        (language) =>
          new Problem({
            code: 'release.edition.missing',
            field: `edition ${language}`,
            message: `${recipients[language]} of its recipients read ${language}, and ${release.number} has no edition in it.`,
            remedy: 'Add that edition, or leave those journalists out.',
          }),
      );
  }

  private async time(tx: Tx, release: Release): Promise<{ blocks: Problem[]; warnings: Problem[] }> {
    const embargo = await this.tools.embargoes.of(tx, release.organisation, release.id);
    if (!embargo) return { blocks: [noEmbargo(release.number)], warnings: [] };
    const instant = { ...embargo, utcMs: embargo.liftsAt.getTime() };
    const warnings = timeWarnings(instant).map(
      (warning) =>
        new Problem({
          code: `embargo.${warning.code}`,
          field: 'embargo',
          message: warning.message,
          remedy: warning.remedy,
        }),
    );
    return { blocks: [], warnings };
  }

  private async letters(
    tx: Tx,
    release: Release,
    content: VersionContent,
  ): Promise<{ blocks: Problem[]; warnings: Problem[] }> {
    const embargo = await this.tools.embargoes.of(tx, release.organisation, release.id);
    const instant = { utcMs: embargo?.liftsAt.getTime() ?? 0, zone: embargo?.zone ?? 'UTC' };
    const blocks: Problem[] = [];
    for (const edition of content.editions) {
      if (missingParts(edition).required.length > 0) continue;
      const { rendered } = await this.tools.letters.compose(tx, release, edition.attrs.language, 'at_t', instant);
      blocks.push(...mailProblems(rendered));
    }
    return { blocks, warnings: [] };
  }
}
