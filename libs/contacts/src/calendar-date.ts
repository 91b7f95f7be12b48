const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Year 1 of the Republic of China calendar, used in Taiwan, is 1912. */
const ROC_OFFSET = 1911;

/**
 * A day as people write it in our three languages, as an ISO date. `ambiguous`: 03/04/2026, where the order of day and
 * month cannot be known. Undefined: no day that exists.
 */
export function readCalendarDate(text: string): string | 'ambiguous' | undefined {
  const plain = text
    .normalize('NFKC')
    .replace(/[T ]\d{1,2}:\d{2}.*$/, '')
    .trim();
  const roc = /^(?:民國|民国|中華民國)\s*(\d{2,3})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?$/.exec(plain);
  if (roc) return iso(Number(roc[1]) + ROC_OFFSET, Number(roc[2]), Number(roc[3]));
  const yearFirst =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日號号]?$/.exec(plain) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  if (yearFirst) return iso(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]));
  const yearLast = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(plain);
  if (yearLast) return dayAndMonth(Number(yearLast[1]), Number(yearLast[2]), Number(yearLast[3]));
  return inWords(plain);
}

function dayAndMonth(first: number, second: number, year: number): string | 'ambiguous' | undefined {
  if (first <= 12 && second <= 12 && first !== second) return 'ambiguous';
  return first > 12 ? iso(year, second, first) : iso(year, first, second);
}

/** 23 Nov 2026, 23-Nov-2026, November 23, 2026. */
function inWords(text: string): string | undefined {
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([a-z]{3,9})\.?,?[\s.-]+(\d{4})$/i.exec(text);
  const monthFirst = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/i.exec(text);
  const [day, word, year] = dayFirst
    ? [dayFirst[1], dayFirst[2], dayFirst[3]]
    : [monthFirst?.[2], monthFirst?.[1], monthFirst?.[3]];
  const month = MONTHS.indexOf(word?.slice(0, 3).toLowerCase() ?? '') + 1;
  return month === 0 ? undefined : iso(Number(year), month, Number(day));
}

function iso(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year >= 1900 && year <= 2200 ? date.toISOString().slice(0, 10) : undefined;
}
