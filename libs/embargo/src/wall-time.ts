import { Problem } from '#libs/kernel';
import { Temporal } from 'temporal-polyfill';

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/;
const IN_WORDS = /midnight|noon|午夜|子夜|零時|零时|正午|中午|上午|下午|[ap]\.?m\b/i;
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/**
 * Reads what a clock on the wall shows: `2026-12-02T09:00` or `2026-12-02 09:00`, seconds optional, 24-hour, no zone.
 * @throws Problem `embargo.time.midnight` for 24:00, `embargo.time.words` for “midnight”, “noon” and am/pm,
 *   `embargo.time.calendar` for a day or hour that no calendar has, `embargo.time.malformed`; field `time`
 */
export function wallTime(text: string): Temporal.PlainDateTime {
  const typed = text.trim();
  const parts = SHAPE.exec(typed);
  if (!parts) throw IN_WORDS.test(typed) ? inWords(typed) : malformed(typed);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (hour === 24) throw twentyFour(year, month, day);
  checkDate(year, month, day);
  if (hour > 24 || minute > 59 || second > 59) throw offTheClock(typed.slice(11));
  return new Temporal.PlainDateTime(year, month, day, hour, minute, second);
}

/** `2026-12-02T09:00`, with seconds only when there are any: the form in which wall times are stored and shown. */
export function wallText(wall: Temporal.PlainDateTime): string {
  return wall.toString({ smallestUnit: wall.second === 0 ? 'minute' : 'second' });
}

function checkDate(year: number, month: number, day: number): void {
  const name = MONTHS[month - 1];
  const days = name === undefined ? 0 : Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
  if (day >= 1 && day <= days) return;
  throw new Problem({
    code: 'embargo.time.calendar',
    field: 'time',
    message: name === undefined ? `There is no month ${month}.` : `There is no ${day} ${name} ${year}.`,
    remedy:
      name === undefined
        ? 'Write the date as year-month-day: 2026-12-02.'
        : `${name} ${year} has ${days} days; correct the date.`,
  });
}

function twentyFour(year: number, month: number, day: number): Problem {
  checkDate(year, month, day);
  const next = new Temporal.PlainDate(year, month, day).add({ days: 1 }).toString();
  return new Problem({
    code: 'embargo.time.midnight',
    field: 'time',
    message: '24:00 is read as the end of one day by some and as the start of another by others.',
    remedy: `If the end of that day is meant, write ${next}T00:01 (or ${next}T00:00).`,
  });
}

function inWords(typed: string): Problem {
  return new Problem({
    code: 'embargo.time.words',
    field: 'time',
    message: `“${typed}” gives the hour in words; midnight and 12 o’clock are read in two ways.`,
    remedy:
      'Write the hour in digits on the 24-hour clock: 2026-12-02T09:00; for midnight 00:01 of the day that begins.',
  });
}

function offTheClock(time: string): Problem {
  return new Problem({
    code: 'embargo.time.calendar',
    field: 'time',
    message: `No clock shows ${time}.`,
    remedy: 'Write hours from 00 to 23 and minutes from 00 to 59.',
  });
}

function malformed(typed: string): Problem {
  return new Problem({
    code: 'embargo.time.malformed',
    field: 'time',
    message: typed === '' ? 'The embargo has no time.' : `“${typed}” is not a date and a time.`,
    remedy: 'Write year-month-day and the hour on the 24-hour clock: 2026-12-02T09:00.',
  });
}
