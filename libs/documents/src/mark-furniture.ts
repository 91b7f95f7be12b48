import { fold } from './fold.js';
import { readHanNumber } from './han-number.js';
import { gapBetween, textRows, type Row, type Sheet } from './sheet.js';

/** Settles what belongs to the page and not to the release: lines kept apart, page numbers and breaks, running heads, drawn rules. */
export function markFurniture(sheet: Sheet): void {
  for (const row of sheet.rows) {
    if (row.hint.kind === 'apart') settleApart(sheet, row);
    else if (isFormFeed(sheet, row)) settle(sheet, row, 'break', 'page-break', 'form-feed');
    else if (row.state === 'text' && (isDrawnRule(row) || (row.hint.kind === 'rule' && !/^[*\s]+$/.test(row.text))))
      settle(sheet, row, 'settled', 'leftover', 'rule-line');
    else if (row.state === 'text' && isTurnOver(row)) settle(sheet, row, 'break', 'page-break', 'turn-over');
  }
  markPageNumbers(sheet);
  markRunningHeads(sheet);
}

function settleApart(sheet: Sheet, row: Row): void {
  row.state = 'settled';
  sheet.claims.takeLine(row.index, { became: 'leftover', confidence: 'sure', why: row.hint.apart ?? 'markup' });
}

function settle(
  sheet: Sheet,
  row: Row,
  state: Row['state'],
  became: 'page-break' | 'page-number' | 'leftover',
  why: string,
): void {
  row.state = state;
  sheet.claims.takeLine(row.index, { became, confidence: 'sure', why });
}

function isFormFeed(sheet: Sheet, row: Row): boolean {
  const line = sheet.manuscript.lines[row.index]!;
  return row.state === 'blank' && sheet.manuscript.text.slice(line.from, line.to).includes('\f');
}

/** Five or more of one drawing character; three asterisks or hashes are an end mark's business. */
function isDrawnRule(row: Row): boolean {
  const squeezed = row.text.replace(/\s+/g, '');
  return squeezed.length >= 4 && /^([-–—_=*~─━═＊·.…•－＝＿#])\1+$/u.test(squeezed) && !/^#{3,5}$/.test(squeezed);
}

function isTurnOver(row: Row): boolean {
  return /^[\s\-–—(（[]*(?:more|more follows|mf|續下頁|下頁續|未完待續|待續|续下页|未完待续|to be continued)[\s\-–—)）\].…]*$/i.test(
    row.text,
  );
}

const NUMBER_FORMS: readonly RegExp[] = [
  /^[-–—•\s[(|]*(?<number>\d{1,3})[-–—•\s\])|]*$/,
  /^[-–—\s[(|]*(?:page|pg\.?|p\.?|頁|页)\s*(?<number>\d{1,3})(?:\s*(?:of|\/)\s*\d{1,3})?[-–—\s\])|]*$/i,
  /^(?<number>\d{1,3})\s*(?:of|\/)\s*\d{1,3}$/i,
  /^[-–—\s(]*第\s*(?<number>\d{1,3}|[一二三四五六七八九十]{1,3})\s*[頁页](?:\s*[,、/(]?\s*共\s*[\d一二三四五六七八九十]{1,3}\s*[頁页]\)?)?[-–—\s)]*$/,
  /^.{3,60}(?:\s{2,}|\s[|–-]\s|\t)(?:page|頁|页|第)\s*(?<number>\d{1,3})(?:\s*(?:of|\/|頁共|[頁页])\s*\d{0,3}[頁页]?)?$/i,
];

interface NumberedRow {
  readonly row: Row;
  readonly number: number;
  /** More than a bare number: the word page, or a count of pages. */
  readonly worded: boolean;
}

/** A number alone is a page number only as a member of the series 1, 2, 3 … (or 2, 3 …), in page order. */
function markPageNumbers(sheet: Sheet): void {
  const series: NumberedRow[] = [];
  for (const row of textRows(sheet)) {
    const found = numberOf(row);
    if (!found) continue;
    const last = series.at(-1)?.number;
    if (last === undefined ? found.number <= 2 : found.number === last + 1) series.push(found);
  }
  for (const { row, worded } of series) {
    const around = roomAround(sheet, row);
    if (!worded && around === 0 && series.length < 2) continue;
    row.state = 'break';
    const confidence = worded || around >= 2 || series.length > 2 ? 'sure' : 'likely';
    sheet.claims.takeLine(row.index, { became: 'page-number', confidence, why: 'page-number' });
  }
}

function numberOf(row: Row): NumberedRow | null {
  if (row.width > 80 || row.hint.kind === 'cell' || row.hint.kind === 'item') return null;
  const folded = fold(row.text);
  if (/^[-–—]+\s*30\s*[-–—]+$/.test(folded)) return null;
  for (const [form, pattern] of NUMBER_FORMS.entries()) {
    const number = pattern.exec(folded)?.groups?.['number'];
    if (number !== undefined) return { row, number: readHanNumber(number) ?? 0, worded: form > 0 };
  }
  return null;
}

/** Blank lines next to a row, a page break counting three. */
function roomAround(sheet: Sheet, row: Row): number {
  let most = 0;
  for (const step of [-1, 1]) {
    let at = row.index + step;
    let blanks = 0;
    while (sheet.rows[at] && sheet.rows[at]!.state !== 'text') {
      blanks += sheet.rows[at]!.state === 'break' ? 3 : 1;
      at += step;
    }
    most = Math.max(most, blanks);
  }
  return most;
}

/** The same short line at two page breaks or more, whatever its page number, is a running head or foot. */
function markRunningHeads(sheet: Sheet): void {
  const rows = textRows(sheet);
  const seen = new Map<string, Row[]>();
  for (const [at, row] of rows.entries()) {
    if (row.width > 80 || !standsAtBreak(sheet, rows, at)) continue;
    const key = row.text.replace(/[\d\s]+/g, '');
    if (key.length >= 3) seen.set(key, [...(seen.get(key) ?? []), row]);
  }
  for (const [key, candidates] of seen) {
    const again = rows.filter((row) => row.text.replace(/[\d\s]+/g, '') === key);
    // the first one may be the label or the letterhead itself
    if (again.length < 2) continue;
    for (const row of candidates.filter((candidate) => candidate !== again[0])) {
      settle(sheet, row, 'break', 'leftover', 'running-head');
    }
  }
}

function standsAtBreak(sheet: Sheet, rows: readonly Row[], at: number): boolean {
  const row = rows[at]!;
  const before = at > 0 && gapBetween(sheet, rows[at - 1]!.index, row.index).pageBreak;
  const next = rows[at + 1];
  return before || (next !== undefined && gapBetween(sheet, row.index, next.index).pageBreak);
}
