/** Decimal megabytes as file managers show them, with a no-break space: `6.1 MB`, `840 KB`. */
export function fileSize(bytes: number): string {
  const megabytes = bytes / 1e6;
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))}\u00a0KB`;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)}\u00a0MB`;
}

/** `4800 × 3200` with no-break spaces. */
export function pixels(width: number, height: number): string {
  return `${width}\u00a0×\u00a0${height}`;
}

const DIGITS = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'] as const;

/** 1 to 99 in Han numerals, as pictures are numbered; larger ones in figures. */
export function hanNumber(number: number): string {
  if (number < 1 || number > 99) return String(number);
  const tens = Math.floor(number / 10);
  const ones = number % 10;
  return `${tens > 1 ? DIGITS[tens] : ''}${tens > 0 ? '十' : ''}${ones > 0 ? DIGITS[ones] : ''}`;
}

/** What a mail brings, as counted nouns joined by "and"; amounts of none are left out. */
export function chineseSum(
  two: '兩' | '两',
  and: string,
  parts: readonly (readonly [noun: string, count: number, measure: string])[],
): string {
  return parts
    .filter(([, count]) => count > 0)
    .map(([noun, count, measure]) => {
      const amount = `${count === 2 ? two : hanNumber(count)}${measure}`;
      return measure === '位' ? amount + noun : noun + amount;
    })
    .join(and);
}
