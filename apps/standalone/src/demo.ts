import { join } from 'node:path';
import { describeRejection } from '#libs/contacts';
import { contentOf, readReleaseFiles } from '#libs/desk';
import { instantAt } from '#libs/embargo';
import type { Clock, JournalistId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { printMapping } from './commands/print-mapping.js';
import { printTime } from './commands/print-time.js';
import { watch } from './commands/watch.js';
import { DEMO_FOLDER, demoCast, demoJournalists, demoList, type DemoCast } from './demo.cast.js';
import type { House } from './house.js';
import { prove } from './demo.proof.js';
import { mailsInMailbox } from './mailbox.mails.js';
import { Product } from './product.js';
import { say } from './terminal.js';

export interface DemoOptions {
  readonly seconds: number;
  readonly workers: number;
  readonly clock: Clock;
  /** Files of a release of one's own, one per language. */
  readonly files?: readonly string[];
  readonly pictures?: string;
}

/** Runs the main job from import to proof, as officers and workers would. Returns whether every promise held. */
export async function runDemo(house: House, options: DemoOptions): Promise<boolean> {
  const product = await Product.start(house.settings, { workers: options.workers, clock: options.clock });
  try {
    say.heading('1. Who');
    const cast = await house.db.transaction((tx) => demoCast(house, tx));
    await importJournalists(house, cast);
    say.heading('2. What');
    const draft = await writeRelease(house, cast, options);
    say.heading('3. When');
    const release = await approveAndSchedule(house, cast, draft, options);
    say.heading('4. Live');
    const progress = await watch(house, cast.releaser, release);
    if (!progress) throw new Error('the release was cancelled');
    say.heading('5. Proof');
    const kept = product.mailboxFolder ? await mailsInMailbox(product.mailboxFolder) : undefined;
    const held = await prove(house, { release, progress, kept, clock: options.clock });
    (held ? say.good : say.bad)(held ? 'Every promise held.' : 'A promise was broken; the lines above say which.');
    where(product, cast, release);
    return held;
  } finally {
    await product.stop();
  }
}

async function importJournalists(house: House, cast: DemoCast): Promise<void> {
  const report = await house.db.transaction((tx) => demoJournalists(house, tx, cast));
  const { rowsIn, created, merged, unchanged, rejected, suppressed } = report;
  say.line(
    `${cast.organisation.names['zh-Hant'] ?? cast.organisation.slug}: ${rowsIn} rows of a Big5 file = ${created} created + ${merged} merged + ${unchanged} unchanged + ${rejected} rejected; ${suppressed} of them are suppressed and stay so`,
  );
  for (const rejection of report.rejections) say.note(describeRejection(rejection, 'en'));
}

async function writeRelease(house: House, cast: DemoCast, options: DemoOptions): Promise<Release> {
  const own = options.files !== undefined;
  const files =
    options.files ??
    ['release.zh-Hant.txt', 'release.zh-Hans.txt', 'release.en.md'].map((name) => join(DEMO_FOLDER, name));
  const pictures = own ? options.pictures : join(DEMO_FOLDER, 'pictures');
  const read = await readReleaseFiles(files);
  for (const one of read) {
    say.line(`${one.file} (${one.imported.document.attrs.language})`);
    if (own) printMapping(one.imported.report);
  }
  return house.db.transaction(async (tx) => {
    const editions = read.map((one) => one.imported.document);
    const release = await house.desk.write(
      tx,
      cast.author,
      await contentOf(tx, house, cast.organisation.id, editions, pictures),
    );
    say.good(`${release.number}: ${release.title} (${release.languages.join(', ')})`);
    return release;
  });
}

async function approveAndSchedule(
  house: House,
  cast: DemoCast,
  draft: Release,
  options: DemoOptions,
): Promise<Release> {
  const { author, approver, releaser } = cast;
  const release = await house.db.transaction(async (tx) => {
    const list = await demoList(house, tx, cast);
    const everybody = await house.contacts.resolveAudience(tx, cast.organisation.id, { lists: [list] });
    // a release of one's own may be in fewer languages than the demo's journalists read
    const others: JournalistId[] = everybody
      .filter((one) => !draft.languages.includes(one.language))
      .map((one) => one.journalist);
    await house.releases.chooseAudience(tx, author, draft.id, { lists: [list], exclude: others });
    const now = await tx.first<{ ms: string }>(`select extract(epoch from clock_timestamp()) * 1000 as ms`);
    const instant = instantAt(Number(now?.ms) + options.seconds * 1000, cast.organisation.zone);
    await house.desk.setEmbargo(tx, author, draft.id, instant);
    const submitted = await house.desk.submit(tx, author, draft.id);
    say.good(`submitted by ${author.name}: audience of ${submitted.audienceCount} frozen`);
    return submitted;
  });
  await house.db.transaction((tx) => house.desk.approve(tx, approver, release.id));
  say.good(
    `approved by ${approver.name}: text ${release.versionSha256.toString('hex').slice(0, 12)}, audience ${release.audienceSha256?.toString('hex').slice(0, 12)}, T`,
  );
  await house.db.transaction((tx) => house.desk.schedule(tx, releaser, release.id));
  const embargo = await house.embargoes.of(house.db, cast.organisation.id, release.id);
  if (embargo) printTime(`scheduled by ${releaser.name}: ${release.number}`, embargo.liftsAt.getTime(), embargo.zone);
  return release;
}

function where(product: Product, cast: DemoCast, release: Release): void {
  const as = `--as ${cast.organisation.slug}/${cast.releaserAddress}`;
  say.heading('Where to look');
  say.line('  npm start                     keeps everything up; then:');
  if (product.mailboxUrl) say.line(`  ${product.mailboxUrl}         the mails, as each journalist got them`);
  say.line(`  npm run dateline -- release show ${release.number} ${as}`);
  say.line(`  npm run dateline -- ledger verify ${as}`);
}
