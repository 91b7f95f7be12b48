import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { noEmbargo } from '#libs/embargo';
import type { Language } from '#libs/kernel';
import { fillSlot, greetingFor } from '#libs/rendering';
import { say } from '../terminal.js';
import { AS, onRelease, type CommandContext } from './context.js';

const SOMEBODY: Readonly<Record<Language, string>> = { 'zh-Hant': '記者', 'zh-Hans': '记者', en: 'Journalist' };
/** Stand-ins for what each journalist's own copy holds. */
const SAMPLE: Readonly<Record<string, string>> = {
  address: 'journalist@example.org',
  unsubscribe: 'https://example.org/u/sample',
  preferences: 'https://example.org/p/sample',
};

export function addPreview(release: Command, context: CommandContext): void {
  release
    .command('preview <number>')
    .description('write the mail as it will leave, per language: .html, .txt and subject')
    .requiredOption('--out <folder>', 'where to')
    .option('--embargo', 'the advance copy with its embargo banner, instead of what leaves at T')
    .option(...AS)
    .action((number: string, options: { as?: string; out: string; embargo?: boolean }) =>
      onRelease(context, async (house, by, one) => {
        const embargo = await house.embargoes.of(house.db, by.organisation, one.id);
        if (!embargo) throw noEmbargo(one.number);
        mkdirSync(options.out, { recursive: true });
        const instant = { utcMs: embargo.liftsAt.getTime(), zone: embargo.zone };
        for (const language of one.languages) {
          const { rendered } = await house.db.transaction((tx) =>
            house.letters.compose(tx, one, language, options.embargo ? 'embargo' : 'at_t', instant),
          );
          const sample: typeof SAMPLE = { ...SAMPLE, greeting: greetingFor(language, SOMEBODY[language]) };
          const fill = (part: 'html' | 'text') =>
            rendered.slots
              .filter((slot) => slot.part === part)
              .reduce(
                (text, slot) => text.replaceAll(slot.token, () => fillSlot(slot, sample[slot.name] ?? '')),
                rendered[part],
              );
          const base = join(options.out, `${one.number}.${language}`);
          writeFileSync(`${base}.html`, fill('html'));
          writeFileSync(`${base}.txt`, fill('text'));
          say.good(`${base}.html  ${rendered.htmlBytes} bytes  ${rendered.subject}`);
        }
      })(number, options),
    );
}
