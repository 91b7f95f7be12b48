import { join } from 'node:path';
import { describeRejection } from '#libs/contacts';
import { DeliveryViews, LedgerVerify, type Progress } from '#libs/delivery';
import { contentOf, readReleaseFiles } from '#libs/desk';
import { describeReport } from '#libs/documents';
import { instantAt } from '#libs/embargo';
import type { Clock, JournalistId } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { printTime } from './commands/print-time.js';
import { printProgress, watch } from './commands/watch.js';
import { DEMO_FOLDER, demoCast, demoJournalists, demoList, type DemoCast } from './demo.cast.js';
import type { House } from './house.js';
import { FILE_CLOCK_MS, mailsInMailbox, type ReceivedMail } from './mailbox.mails.js';
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
    const held = await prove(house, cast, release, progress, kept);
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
    if (own) say.line(describeReport(one.imported.report, 'en'));
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

/** Each promise against what the ledger and, apart from it, the mailbox say. */
async function prove(
  house: House,
  cast: DemoCast,
  release: Release,
  progress: Progress,
  kept: readonly ReceivedMail[] | undefined,
): Promise<boolean> {
  const { id } = cast.organisation;
  const { counts, planned, liftsAt } = progress;
  printProgress(progress);
  const accepted = counts.accepted ?? 0;
  const promises: [string, boolean][] = [];
  const early = await new DeliveryViews(house.db).early(id, release.id);
  promises.push([`never early: ${early} before T by the ledger`, early === 0]);
  const late = progress.lastAccepted ? progress.lastAccepted.getTime() - liftsAt.getTime() : Infinity;
  promises.push([
    `on time: the last of ${accepted} was accepted ${Math.round(late)} ms after T`,
    accepted > 0 && late < 60_000,
  ]);
  if (kept) {
    const mine = await messageIds(house, cast, release);
    const here = kept.filter((mail) => mine.has(mail.id));
    const before = here.filter((mail) => mail.at < liftsAt.getTime() - FILE_CLOCK_MS).length;
    promises.push([`never early: ${before} before T by the files of the mailbox`, before === 0]);
    promises.push([
      `never twice: ${here.length} mails in the mailbox, ${new Set(here.map((mail) => mail.id)).size} different, ${accepted} accepted`,
      here.length === accepted && new Set(here.map((mail) => mail.id)).size === accepted,
    ]);
  }
  const ended = (['accepted', 'refused', 'suppressed', 'held', 'expired', 'cancelled'] as const).reduce(
    (sum, state) => sum + (counts[state] ?? 0),
    0,
  );
  promises.push([`nobody forgotten: ${ended} of ${planned} planned recipients have an end state`, ended === planned]);
  await sealed(house, cast);
  const ledger = await new LedgerVerify(house.db).run(id);
  for (const fault of ledger.faults) say.bad(`${fault.where}: ${fault.what}`);
  promises.push([
    `provable: ${ledger.events} ledger events, ${ledger.sealed} sealed in ${ledger.auditLines} chained audit lines, ${ledger.faults.length} faults`,
    ledger.faults.length === 0 && ledger.events === ledger.sealed,
  ]);
  for (const [text, good] of promises) (good ? say.good : say.bad)(text);
  return promises.every(([, good]) => good);
}

async function messageIds(house: House, cast: DemoCast, release: Release): Promise<Set<string>> {
  const rows = await house.db.rows<{ id: string }>(
    `select d.id from delivery d where d.organisation_id = $1 and d.release_id = $2`,
    [cast.organisation.id, release.id],
  );
  return new Set(rows.map((row) => row.id));
}

/** The sealer runs a moment behind; a proof waits for it. */
async function sealed(house: House, cast: DemoCast): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const row = await house.db.first<{ open: number }>(
      `select count(*)::int as open from delivery_event e
        where e.organisation_id = $1 and e.id > coalesce((select max(last_id) from ledger_seal where organisation_id = $1), 0)`,
      [cast.organisation.id],
    );
    if (row?.open === 0) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function where(product: Product, cast: DemoCast, release: Release): void {
  const as = `--as ${cast.organisation.slug}/${cast.releaserAddress}`;
  say.heading('Where to look');
  say.line('  npm start                     keeps everything up; then:');
  if (product.mailboxUrl) say.line(`  ${product.mailboxUrl}         the mails, as each journalist got them`);
  say.line(`  npm run dateline -- release show ${release.number} ${as}`);
  say.line(`  npm run dateline -- ledger verify ${as}`);
}
