/**
 * Imports 100,000 journalists from CSV and XLSX into an empty organisation, each in a process of its own, and prints how
 * long it took and how much memory the process had at most. Promise: 60 s and 400 MB. Run: npm run bench:import
 */
import { Database, Secrets, newId, type Actor, type OfficerId, type OrganisationId } from '#libs/kernel';
import { Contacts, readTable, settleMapping, type ImportReport } from '#libs/contacts';
import iconv from 'iconv-lite';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROWS = 100_000;
const LIMIT = { seconds: 60, megabytes: 400 };

const HEADINGS = ['電郵', '姓名', '媒體', '線口', '語言', '時區', '來源', '同意日期', '名單', '備註'];
const FAMILY = [...'陳黃李張王林吳蔡劉周鄭梁郭許謝葉鍾鄧楊何麥方薛衛馮彭桂賴孫戴盧魏區譚龔龐鄔佘'];
const GIVEN = [...'大文志強嘉欣偉小明淑芬宗憲依杰倫秀朝德華富城祖兒霆鋒天樂卓妍安紫棋千韻詩奕迅浚龍力申凱琪'];

function row(n: number): string[] {
  const name = `${FAMILY[n % FAMILY.length]}${GIVEN[(n * 7) % GIVEN.length]}${GIVEN[(n * 13 + 5) % GIVEN.length]}`;
  return [
    `Reporter.${n}@desk${n % 977}.example.com`,
    name,
    `第${n % 1_200}報館`,
    `線口${n % 40}、要聞`,
    n % 3 === 0 ? '简体中文' : '繁體中文',
    'Asia/Hong_Kong',
    `記者會簽到 ${n % 300}`,
    `2025-${String((n % 12) + 1).padStart(2, '0')}-${String((n % 28) + 1).padStart(2, '0')}`,
    `名單${n % 25}`,
    n % 10 === 0 ? `分機 ${n}，下午四時後截稿` : '',
  ];
}

function csv(): string {
  const lines = [HEADINGS.join(',')];
  for (let n = 0; n < ROWS; n += 1) lines.push(row(n).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

async function workbook(file: string): Promise<void> {
  const { default: exceljs } = await import('exceljs');
  const book = new exceljs.stream.xlsx.WorkbookWriter({ filename: file, useStyles: true, useSharedStrings: true });
  const sheet = book.addWorksheet('記者');
  sheet.addRow(HEADINGS).commit();
  for (let n = 0; n < ROWS; n += 1) sheet.addRow(row(n)).commit();
  await book.commit();
}

/** One case, in a process of its own: figures on standard output as JSON. */
async function importOnce(file: string, url: string, slug: string, mode: string): Promise<void> {
  const db = await Database.open({ url, role: 'dateline_app' });
  const contacts = new Contacts(new Secrets(Buffer.alloc(32, 1)));
  const known = await db.first<{ id: OrganisationId }>(`select id from organisation where slug = $1`, [slug]);
  if (!known) throw new Error(`no organisation ${slug}`);
  const by: Actor = {
    kind: 'officer',
    organisation: known.id,
    officer: newId<OfficerId>(),
    name: 'bench',
    roles: ['author'],
  };
  const started = performance.now();
  if (mode === 'undo') {
    const batch = (await contacts.imports.batches(db, known.id)).at(-1);
    if (!batch) throw new Error('nothing to undo');
    const report = await db.transaction((tx) => contacts.imports.undo(tx, by, batch.id));
    return finish(db, started, `${report.removed} removed, ${report.restored} restored, ${report.kept.length} kept`);
  }
  const bytes = readFileSync(file);
  const table = await readTable(bytes, { fileName: basename(file) });
  const request = {
    bytes,
    table,
    mapping: settleMapping(table.columns),
    defaults: { zone: 'Asia/Hong_Kong', consentSource: 'bench' },
  };
  const report: ImportReport = await db.transaction((tx) =>
    mode === 'dry' ? contacts.imports.plan(tx, by.organisation, request) : contacts.imports.run(tx, by, request),
  );
  const { rowsIn, created, merged, unchanged, rejected } = report;
  await finish(
    db,
    started,
    `${rowsIn} in = ${created} created + ${merged} merged + ${unchanged} unchanged + ${rejected} rejected`,
  );
}

async function finish(db: Database, started: number, says: string): Promise<void> {
  const seconds = (performance.now() - started) / 1_000;
  await db.close();
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpu = (userCPUTime + systemCPUTime) / 1_000_000;
  console.log(JSON.stringify({ seconds, cpu, megabytes: maxRSS / 1_024, says }));
}

async function main(): Promise<void> {
  // not at the top: the processes that are measured load only what an import needs
  const { startEmbeddedPostgres } = await import('../../apps/standalone/src/embedded-postgres.js');
  const { migrate } = await import('#libs/ops');
  const folder = mkdtempSync(join(tmpdir(), 'dateline-bench-'));
  const server = await startEmbeddedPostgres({ folder });
  let held = true;
  try {
    await migrate(server.url);
    const text = csv();
    const files = { utf8: join(folder, 'utf8.csv'), big5: join(folder, 'big5.csv'), xlsx: join(folder, 'list.xlsx') };
    writeFileSync(files.utf8, text);
    writeFileSync(files.big5, iconv.encode(text.replaceAll('简体中文', '簡體中文'), 'big5hkscs'));
    await workbook(files.xlsx);
    await organisations(server.url, Object.keys(files));
    for (const [slug, file] of Object.entries(files)) {
      for (const mode of ['dry', 'run', 'again', 'undo']) held = measure(server.url, slug, file, mode) && held;
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = held ? 0 : 1;
}

async function organisations(url: string, slugs: readonly string[]): Promise<void> {
  const db = await Database.open({ url });
  for (const slug of slugs) {
    await db.rows(
      `insert into organisation (slug, names, desk_address, postal_address, zone)
       values ($1, '{}', 'desk@example.com', '{}', 'Asia/Hong_Kong')`,
      [slug],
    );
  }
  await db.close();
}

interface Figures {
  readonly seconds: number;
  /** Seconds of processor this process used; the rest is PostgreSQL and other people's work on the machine. */
  readonly cpu: number;
  readonly megabytes: number;
  readonly says: string;
}

function measure(url: string, slug: string, file: string, mode: string): boolean {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'once', file, url, slug, mode], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  const { seconds, cpu, megabytes, says } = JSON.parse(child.stdout) as Figures;
  const held = seconds <= LIMIT.seconds && megabytes <= LIMIT.megabytes;
  const size = `${(statSync(file).size / 1_048_576).toFixed(1)} MB`;
  console.log(
    `${held ? '✓' : '✗'} ${slug.padEnd(5)} ${mode.padEnd(5)} ${seconds.toFixed(1).padStart(5)} s (${cpu.toFixed(1).padStart(4)} s CPU) ${megabytes.toFixed(0).padStart(4)} MB  ${says} (${size})`,
  );
  return held;
}

const [, , word, ...rest] = process.argv;
if (word === 'once') await importOnce(...(rest as [string, string, string, string]));
else await main();
