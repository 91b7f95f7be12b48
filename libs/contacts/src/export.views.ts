import type { JournalistId, Language, OrganisationId, Tx } from '#libs/kernel';
import { guardCell } from './formula-guard.js';
import { FIELD_NAMES, type ImportField } from './import-field.js';
import type { Journalist } from './journalist.js';
import { listJournalists, type JournalistFilter } from './journalists.views.js';

const PAGE = 2_000;

const COLUMNS: readonly (readonly [ImportField, (journalist: Journalist) => string])[] = [
  ['address', (journalist) => journalist.address],
  ['name', (journalist) => journalist.name],
  ['outlet', (journalist) => journalist.outlets.join('; ')],
  ['beat', (journalist) => journalist.beats.join('; ')],
  ['language', (journalist) => journalist.language],
  ['zone', (journalist) => journalist.zone],
  ['consentSource', (journalist) => journalist.consentSource],
  ['consentDate', (journalist) => journalist.consentDate ?? ''],
  ['lists', (journalist) => journalist.lists.join('; ')],
  ['note', (journalist) => journalist.note],
];

/** Whoever uses the file elsewhere must see who wants no mail; an import leaves this column out. */
const SUPPRESSED: Readonly<Record<Language, string>> = {
  'zh-Hant': '停止發送',
  'zh-Hans': '停止发送',
  en: 'Suppressed',
};

/**
 * Journalists as CSV (RFC 4180), piece by piece: UTF-8 with a byte order mark, without which Excel garbles Chinese;
 * every cell quoted, and none that a spreadsheet program would run. Comes back unchanged through an import.
 * @param headings the language of the first line
 */
export async function* exportJournalists(
  tx: Pick<Tx, 'rows' | 'first'>,
  organisation: OrganisationId,
  headings: Language,
  filter: JournalistFilter = {},
): AsyncGenerator<string> {
  yield `\ufeff${csvLine([...COLUMNS.map(([field]) => FIELD_NAMES[field][headings]), SUPPRESSED[headings]])}`;
  let after: JournalistId | null | undefined;
  do {
    const page = await listJournalists(tx, organisation, filter, { limit: PAGE, ...(after ? { after } : {}) });
    yield page.journalists
      .map((journalist) => csvLine([...COLUMNS.map(([, cell]) => cell(journalist)), journalist.suppressed ?? '']))
      .join('');
    after = page.next;
  } while (after);
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${guardCell(cell).replaceAll('"', '""')}"`).join(',')}\r\n`;
}
