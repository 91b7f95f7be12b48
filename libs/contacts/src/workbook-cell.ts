/** What a workbook says about its cells' formats. */
export interface CellStyles {
  /** By cell format: whether it shows a date. */
  readonly dates: readonly boolean[];
  /** Day 0 is 1904-01-01 (old Mac workbooks) instead of 1899-12-30. */
  readonly startsIn1904: boolean;
}

const DAY_MS = 86_400_000;
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);

/**
 * A cell as a person reads it.
 * @param type the cell's `t`: n, b, e, d, str, inlineStr (shared strings come resolved)
 */
export function cellText(raw: string, type: string, style: number, styles: CellStyles): string {
  if (type === 'b') return raw === '1' ? 'TRUE' : raw === '0' ? 'FALSE' : raw;
  if (type === 'd') return raw.slice(0, 10);
  if (type !== 'n') return unescapeText(raw);
  if (raw === '' || !styles.dates[style]) return raw;
  return isoDate(Number(raw), styles.startsIn1904) ?? raw;
}

/** Days since the workbook's day 0; the time of day is dropped. Undefined for what is no date (9999-12-31 is the last). */
function isoDate(serial: number, startsIn1904: boolean): string | undefined {
  if (!Number.isFinite(serial) || serial < 0 || serial > 2_958_465) return undefined;
  const ms = (startsIn1904 ? EPOCH_1904 : EPOCH_1900) + Math.floor(serial) * DAY_MS;
  return new Date(ms).toISOString().slice(0, 10);
}

/** XLSX writes control characters as _x000D_ (22.4.2.4). */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
