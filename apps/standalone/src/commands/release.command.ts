import type { Command } from 'commander';
import { contentOf, readReleaseFiles, type ReadRelease } from '#libs/desk';
import { parseWhen } from '#libs/embargo';
import { Problem, type Actor } from '#libs/kernel';
import { ReleaseViews, type Release } from '#libs/releases';
import type { House } from '../house.js';
import { say } from '../terminal.js';
import { AS, asOfficer, onRelease, type AddCommands, type CommandContext } from './context.js';
import { listNamed } from './list-named.js';
import { printMapping } from './print-mapping.js';
import { printTime } from './print-time.js';
import { addPreview } from './preview.command.js';
import { addWatching } from './watch.command.js';

export const releaseCommands: AddCommands = (program, context) => {
  program
    .command('releases')
    .description('list releases, the newest first')
    .option(...AS)
    .action((options: { as?: string }) => asOfficer(context, options.as, listReleases));
  const release = program
    .command('release')
    .description('write, check, approve, schedule, watch and prove one release');
  addWriting(release, context);
  addTime(release, context);
  addDecisions(release, context);
  addPreview(release, context);
  addWatching(release, context);
};

async function listReleases(house: House, by: Actor): Promise<void> {
  const all = await new ReleaseViews(house.db).list(by.organisation);
  if (all.length === 0) return say.line('No releases yet. Import one: dateline release import FILE --as …');
  say.table(
    ['number', 'state', 'languages', 'recipients', 'headline'],
    all.map((one) => [
      one.number,
      one.state,
      one.languages.join(' '),
      one.recipients === null ? '' : String(one.recipients),
      one.title,
    ]),
  );
}

function addWriting(release: Command, context: CommandContext): void {
  release
    .command('import <files...>')
    .description('make a release from files (txt, md, docx, html), one per language; says which line became what')
    .option('--pictures <folder>', 'folder with pictures.json and the pictures')
    .option('--dry-run', 'only show what would become of every line')
    .option('--revise <number>', 'a new version of this release; an approval that stood falls')
    .option('--unknown <policy>', 'what happens to a message whose answer was lost: hold or resend', 'hold')
    .option(...AS)
    .action((files: string[], options: ImportOptions) => importFiles(context, files, options));
  release
    .command('audience <number>')
    .description('choose who gets it: one or more media lists by name')
    .requiredOption('--list <names...>', 'media lists')
    .option(...AS)
    .action((number: string, options: { as?: string; list: string[] }) =>
      onRelease(context, async (house, by, one) => chooseAudience(house, by, one, options.list))(number, options),
    );
  release
    .command('check <number>')
    .description('everything that would stop it or should worry you; exit code 1 when something stops it')
    .option(...AS)
    .action(onRelease(context, async (house, _by, one) => check(house, one, context)));
}

interface ImportOptions {
  readonly as?: string;
  readonly pictures?: string;
  readonly dryRun?: boolean;
  readonly revise?: string;
  readonly unknown: string;
}

async function importFiles(context: CommandContext, files: string[], options: ImportOptions): Promise<void> {
  const read = await readReleaseFiles(files);
  for (const one of read) printReport(one);
  if (options.dryRun) return say.note('Dry run: nothing was saved.');
  await asOfficer(context, options.as, async (house, by) => {
    const editions = read.map((one) => one.imported.document);
    const release = await house.db.transaction(async (tx) => {
      const content = await contentOf(tx, house, by.organisation, editions, options.pictures);
      if (!options.revise) return house.desk.write(tx, by, content, policyOf(options.unknown));
      const before = await house.releases.byNumber(tx, by.organisation, options.revise);
      return house.desk.revise(tx, by, before.id, content);
    });
    say.good(
      `${release.number} version ${release.versionSeq}, ${release.languages.join(' + ')}, ${release.state}: ${release.title}`,
    );
  });
}

function printReport(one: ReadRelease): void {
  say.heading(`${one.file} (${one.imported.document.attrs.language})`);
  printMapping(one.imported.report);
}

function policyOf(text: string): 'hold' | 'resend' {
  if (text === 'hold' || text === 'resend') return text;
  throw new Problem({
    code: 'cli.unknown',
    field: '--unknown',
    message: `"${text}" is neither hold nor resend.`,
    remedy: 'Write one of them.',
  });
}

async function chooseAudience(house: House, by: Actor, release: Release, names: readonly string[]): Promise<void> {
  const report = await house.db.transaction(async (tx) => {
    const lists = await Promise.all(names.map((name) => listNamed(house.contacts, tx, by, name)));
    const chosen = await house.releases.chooseAudience(tx, by, release.id, { lists });
    return house.desk.check(tx, chosen);
  });
  const split = Object.entries(report.recipients).map(([language, n]) => `${language} ${n}`);
  say.good(`${release.number} goes to ${split.join(', ') || 'nobody'}; ${report.suppressed} suppressed`);
}

async function check(house: House, release: Release, context: CommandContext): Promise<void> {
  const report = await house.db.transaction((tx) => house.desk.check(tx, release));
  for (const problem of report.blocks) say.bad(`${problem.message} [${problem.field ?? ''}] ${problem.remedy}`);
  for (const problem of report.warnings) say.note(`${problem.message} ${problem.remedy}`);
  if (report.blocks.length > 0) context.state.exitCode = 1;
  else say.good(`${release.number} can be ${release.state === 'draft' ? 'submitted' : 'approved'}`);
}

function addTime(release: Command, context: CommandContext): void {
  release
    .command('embargo <number>')
    .description('set or move T; an approval that stood falls')
    .requiredOption('--at <when>', '"2026-12-02 09:00", or "in 20m"')
    .option('--zone <zone>', 'IANA zone of that wall time (default: the organisation’s)')
    .option('--offset <offset>', 'only where a wall time happens twice: +01:00')
    .option(...AS)
    .action((number: string, options: { as?: string; at: string; zone?: string; offset?: string }) =>
      onRelease(context, async (house, by, one) => {
        const organisation = await house.accounts.organisation(house.db, by.organisation);
        const zone = options.zone ?? organisation.zone;
        const now = await house.db.first<{ ms: string }>(`select extract(epoch from clock_timestamp()) * 1000 as ms`);
        const when = options.offset ? `${options.at.replace(' ', 'T')}${options.offset}` : options.at;
        const instant = parseWhen(when, { zone, nowMs: Number(now?.ms) });
        await house.db.transaction((tx) => house.desk.setEmbargo(tx, by, one.id, instant));
        printTime(one.number, instant.utcMs, zone);
      })(number, options),
    );
}

function addDecisions(release: Command, context: CommandContext): void {
  release
    .command('submit <number>')
    .description('freeze the audience and ask for approval')
    .option(...AS)
    .action(
      onRelease(context, async (house, by, one) => {
        const submitted = await house.db.transaction((tx) => house.desk.submit(tx, by, one.id));
        say.good(`${one.number} waits for approval; audience of ${submitted.audienceCount} frozen`);
      }),
    );
  release
    .command('approve <number>')
    .description('approve exactly this text, audience and T; the author may not')
    .option(...AS)
    .action(
      onRelease(context, async (house, by, one) => {
        await house.db.transaction((tx) => house.desk.approve(tx, by, one.id));
        say.good(`${one.number} approved: version ${one.versionSha256.toString('hex').slice(0, 12)}`);
      }),
    );
  release
    .command('schedule <number>')
    .description('let it leave at T by itself')
    .option(...AS)
    .action(
      onRelease(context, async (house, by, one) => {
        await house.db.transaction((tx) => house.desk.schedule(tx, by, one.id));
        const embargo = await house.embargoes.of(house.db, by.organisation, one.id);
        if (embargo) printTime(one.number, embargo.liftsAt.getTime(), embargo.zone);
      }),
    );
  release
    .command('cancel <number>')
    .description('take back everything that has not left; says exactly how many had')
    .requiredOption('--reason <text>', 'kept in the audit chain')
    .option(...AS)
    .action((number: string, options: { as?: string; reason: string }) =>
      onRelease(context, async (house, by, one) => {
        const { recalled, alreadyGone } = await house.db.transaction((tx) =>
          house.desk.cancel(tx, by, one.id, options.reason),
        );
        say.good(`${one.number} cancelled: ${recalled} taken back, ${alreadyGone} had already gone`);
      })(number, options),
    );
}
